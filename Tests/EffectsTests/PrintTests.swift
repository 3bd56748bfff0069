import CVector
import Catalog
import Raster
import Testing

@testable import Effects

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Halftone, misregistration, paper: what a press and the years do.
@Suite struct PrintTests {
  private func mean(_ frame: Framebuffer, _ part: PixelRect? = nil) -> SIMD3<Double> {
    let part = part ?? frame.region
    var sum = SIMD3<Double>()
    for y in part.rows {
      let row = frame.row(y)
      for x in part.columns {
        sum += SIMD3(Double(row.red[x]), Double(row.green[x]), Double(row.blue[x]))
      }
    }
    return sum / Double(part.width * part.height)
  }

  private func flat(_ color: SIMD3<Double>) -> NeonPicture.Scene { { _, _ in SIMD4(color, 1) } }

  // MARK: Halftone

  /// Counted over many cells, the inked part is the area that was asked for, at every size of dots.
  @Test(arguments: ScreenDot.allCases) func dotsCoverTheirArea(_ dot: ScreenDot) {
    for pitch in [37.3, 12.1, 5.7, 2.4, 1.1] {
      let screen = Screen(dot, pitch: pitch, degrees: 22, originX: 3, originY: 4)
      for area in [0, 0.02, 0.1, 0.3, 0.5, 0.77, 0.95, 1] as [Float] {
        var sum = 0.0
        for y in 0..<256 {
          for x in stride(from: 0, to: 256, by: 8) {
            let inked = screen.cover(v8f(repeating: area), x: x, y: y)
            for lane in 0..<8 { sum += Double(inked[lane]) }
          }
        }
        let error = abs(sum / 65536 - Double(area))
        #expect(error < (area == 0 || area == 1 ? 2e-5 : 0.012), "\(dot) \(pitch) \(area): \(error)")
      }
    }
  }

  /// What inks with those areas look like, against the color that was asked for.
  @Test func inksMixToTheColorsTheyCanMix() {
    let inks = [
      LinearColor(0, 0.3, 0.72), LinearColor(0.72, 0.01, 0.22), LinearColor(1, 0.84, 0.01),
      LinearColor(0.01, 0.01, 0.01),
    ]
    for black in [false, true] {
      let separation = InkSeparation(inks: inks, stock: .white, black: black)
      let n = InkSeparation.count
      // Mixtures of the inks themselves are colors that they can give.
      for areas in [
        [0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0.5, 1, 0], [0.3, 0.2, 0.1, 0], [0, 0, 0, 1],
        [0.2, 0.2, 0.2, 0.6],
      ] as [[Float]] {
        var color = SIMD3<Float>(1, 1, 1)
        for (ink, area) in zip(separation.inks, areas) { color *= 1 - area * (1 - ink) }
        // The nearest entry of the table, and its own color.
        let index = (0..<3).map { Int((Float(color[$0]).squareRoot() * Float(n - 1)).rounded()) }
        let entry = 4 * ((index[2] * n + index[1]) * n + index[0])
        var mixed = SIMD3<Float>(1, 1, 1)
        for (i, ink) in separation.inks.enumerated() { mixed *= 1 - separation.areas[entry + i] * (1 - ink) }
        for k in 0..<3 {
          let due = Float(index[k]) / Float(n - 1)
          // Of roots, as large as they look; saturated corners lie outside of what inks can do by a step of the table.
          #expect(abs(mixed[k].squareRoot() - due) < 0.11, "\(areas) black \(black): \(mixed) for \(color)")
        }
      }
    }
  }

  @Test(arguments: [Halftone.Process.cmyk, .black, .duotone, .tritone])
  func aPrintHasTheMeanOfItsDraft(_ process: Halftone.Process) throws {
    var halftone = Halftone()
    halftone.process = process
    halftone.frequency = .perHeight(24)
    for color in [SIMD3(0.2, 0.2, 0.2), SIMD3(0.7, 0.3, 0.2), SIMD3(0.1, 0.2, 0.4), SIMD3(0.9, 0.85, 0.8)] {
      // Sixty-four rows to a dot, six, and less than one.
      let large = mean(
        try NeonPicture.applied(halftone, Geometry(trimWidth: 480, trimHeight: 480), flat(color)))
      let small = mean(
        try NeonPicture.applied(halftone, Geometry(trimWidth: 144, trimHeight: 144), flat(color)))
      let least = mean(
        try NeonPicture.applied(halftone, Geometry(trimWidth: 24, trimHeight: 24), flat(color)))
      for k in 0..<3 {
        #expect(abs(large[k] - least[k]) < 0.03 && abs(small[k] - least[k]) < 0.03, "\(process) \(color)")
      }
      if process == .cmyk, color.x < 0.85 {
        for k in 0..<3 {
          #expect(abs(least[k].squareRoot() - color[k].squareRoot()) < 0.07, "\(least) for \(color)")
        }
      }
    }
  }

  @Test func paperStaysBareWhereThePictureIsPaper() throws {
    var halftone = Halftone()
    let paper = SIMD3(halftone.stock.red, halftone.stock.green, halftone.stock.blue)
    halftone.frequency = .perInch(20)
    let sheet = Geometry(trimWidth: 90, trimHeight: 90, dpi: 200)
    let frame = try NeonPicture.applied(halftone, sheet, flat(paper))
    #expect(try NeonPicture.difference(frame, NeonPicture.frame(sheet, flat(paper))) < 1e-4)
    #expect(ScreenRuling.perInch(20).pitch(Geometry(trimWidth: 90, trimHeight: 90, dpi: 200)) == 10)
    #expect(ScreenRuling.perHeight(30).pitch(Geometry(trimWidth: 90, trimHeight: 90)) == 3)
    for (text, legal) in [("65lpi", true), ("80", true), ("0lpi", false), ("1", false), ("lpi", false)] {
      let set = Halftone().setting("frequency", to: text, geometry: Geometry(trimWidth: 9, trimHeight: 9))
      #expect((set != nil) == legal, "\(text)")
    }
  }

  @Test func lightIsPrintedAndMadeBrightAgain() throws {
    let halftone = Halftone()
    let one = mean(
      try NeonPicture.applied(halftone, Geometry(trimWidth: 200, trimHeight: 200), flat([1, 0.2, 0.4])))
    let eight = mean(
      try NeonPicture.applied(halftone, Geometry(trimWidth: 200, trimHeight: 200), flat([8, 1.6, 3.2])))
    for k in 0..<3 { #expect(abs(eight[k] / one[k] - 8) < 1e-3) }
  }

  @Test func halftoneLaws() throws {
    for dot in ScreenDot.allCases {
      var halftone = Halftone()
      halftone.dot = dot
      halftone.frequency = .perHeight(9)
      try NeonPicture.checkLaws(halftone)
    }
  }

  // MARK: Misregistration

  private func plates(_ change: (inout Misregistration) -> Void = { _ in }) -> Misregistration {
    var plates = Misregistration()
    plates.amount = 2
    change(&plates)
    return plates
  }

  /// Where the darkest of a channel lies in the middle row.
  private func center(_ plane: Plane, dark: Bool) -> Double {
    var (sum, weight) = (0.0, 0.0)
    for x in 0..<plane.width {
      let v = Double(plane.row(plane.height / 2)[x])
      let k = dark ? max(0, 1 - v) : v
      sum += k * Double(x)
      weight += k
    }
    return sum / weight
  }

  @Test func platesPartAndBlackStays() throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 300)
    // A dark bar on paper.
    let bar: NeonPicture.Scene = { x, _ in
      abs(x - 0.5) < 0.05 ? SIMD4(0.02, 0.02, 0.02, 1) : SIMD4(1, 1, 1, 1)
    }
    let apart = try NeonPicture.applied(plates { $0.black = 0 }, geometry, bar)
    let places = apart.colorPlanes.map { center($0, dark: true) }
    #expect((places.max() ?? 0) - (places.min() ?? 0) > 0.8, "\(places)")
    let together = try NeonPicture.applied(plates { $0.black = 1 }, geometry, bar)
    #expect(NeonPicture.difference(together, try NeonPicture.frame(geometry, bar)) < 1e-5)
    // And a light bar on the dark.
    let tube: NeonPicture.Scene = { x, _ in abs(x - 0.5) < 0.05 ? SIMD4(5, 4, 3, 1) : SIMD4(0, 0, 0, 1) }
    let light = try NeonPicture.applied(plates { $0.model = .light }, geometry, tube)
    let lit = light.colorPlanes.map { center($0, dark: false) }
    #expect((lit.max() ?? 0) - (lit.min() ?? 0) > 0.8, "\(lit)")
    #expect(light.red.row(150)[200] == 5)
    // No ink is lost or gained by moving a plate: away from the edges means stay.
    for (k, plane) in light.colorPlanes.enumerated() {
      var sum = 0.0
      for x in 0..<400 { sum += Double(plane.row(150)[x]) }
      #expect(abs(sum / (40 * [5, 4, 3][k]) - 1) < 0.02)
    }
  }

  @Test func flatColorsStay() throws {
    for model in Misregistration.Model.allCases {
      for color in [SIMD3(0.3, 0.2, 0.7), SIMD3(0, 0, 0), SIMD3(9, 0.5, 2)] {
        let geometry = Geometry(trimWidth: 60, trimHeight: 50)
        let frame = try NeonPicture.applied(plates { $0.model = model }, geometry, flat(color))
        #expect(try NeonPicture.difference(frame, NeonPicture.frame(geometry, flat(color))) < 1e-4)
      }
    }
  }

  @Test func aLayerKeepsItsBodyWhereAnyPlateIs() throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 200)
    let disc: NeonPicture.Scene = { x, y in
      (x - 0.5) * (x - 0.5) * 2.25 + (y - 0.5) * (y - 0.5) < 0.09 ? SIMD4(0.4, 0.1, 0.3, 1) : SIMD4()
    }
    let before = try NeonPicture.frame(geometry, disc)
    for model in Misregistration.Model.allCases {
      let after = try NeonPicture.applied(plates { $0.model = model }, geometry, disc)
      var grown = 0
      for y in 0..<200 {
        for x in 0..<300 {
          let row = after.row(y)
          #expect(row.alpha[x] >= before.alpha.row(y)[x] && row.alpha[x] <= 1)
          #expect(max(row.red[x], max(row.green[x], row.blue[x])) <= row.alpha[x] + 1e-5)
          if row.alpha[x] > before.alpha.row(y)[x] + 0.5 { grown += 1 }
        }
      }
      #expect(grown > 20)
    }
  }

  @Test func misregistrationLaws() throws {
    let geometry = Geometry(trimWidth: 183, trimHeight: 161, bleed: 3)
    try NeonPicture.checkLaws(plates(), geometry)
    try NeonPicture.checkLaws(plates { $0.model = .light }, geometry)
    try NeonPicture.checkLaws(plates { $0.black = 1 }, geometry)
  }

  // MARK: Paper

  @Test func paperKeepsTonesAndFoldsWhereItIsFolded() throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 400)
    var paper = Paper()
    paper.yellowing = 0
    paper.wear = 0
    paper.folds = 0
    let plain = try NeonPicture.applied(paper, geometry, NeonPicture.gray(0.3))
    let statistics = NeonPicture.statistics(plain.green)
    #expect(abs(statistics.mean - 0.3) < 0.03 && statistics.deviation > 0.002 && statistics.deviation < 0.05)
    paper.folds = 1
    paper.texture = 0
    let folded = try NeonPicture.applied(paper, geometry, NeonPicture.gray(0.1))
    func ink(_ part: PixelRect) -> Double { mean(folded, part).y }
    let crease = ink(PixelRect(minX: 20, minY: 99, maxX: 280, maxY: 101))
    let panel = ink(PixelRect(minX: 20, minY: 30, maxX: 130, maxY: 70))
    #expect(crease > panel + 0.03, "\(crease) \(panel)")
    #expect(abs(panel - 0.1) < 0.01)
  }

  /// Wear gathers at creases and corners, most where folds cross, and the ridge of a fold is broken.
  @Test func wearGathersAtCreases() throws {
    let geometry = Geometry(trimWidth: 900, trimHeight: 1200)
    var paper = Paper()
    paper.yellowing = 0
    paper.wear = 1
    paper.folds = 1
    paper.texture = 0
    let frame = try NeonPicture.applied(paper, geometry, NeonPicture.gray(0.05))
    func bare(_ part: PixelRect) -> Double { mean(frame, part).y - 0.05 }
    let crease = bare(PixelRect(minX: 60, minY: 294, maxX: 400, maxY: 306))
    let beside = bare(PixelRect(minX: 60, minY: 306, maxX: 400, maxY: 312))
    let panel = bare(PixelRect(minX: 100, minY: 100, maxX: 380, maxY: 230))
    let crossing = bare(PixelRect(minX: 440, minY: 290, maxX: 460, maxY: 310))
    let corner = bare(PixelRect(minX: 0, minY: 0, maxX: 20, maxY: 20))
    #expect(crease > 4 * panel, "\(crease) \(panel)")
    #expect(beside > 1.5 * panel, "\(beside)")
    #expect(beside < 0.7 * crease, "\(beside)")
    #expect(crossing > 1.1 * crease, "\(crossing)")
    #expect(corner > 2 * panel, "\(corner)")
    // Along the ridge more of it is gone here than there.
    var columns: [Double] = []
    for x in 60..<420 { columns.append(bare(PixelRect(minX: x, minY: 297, maxX: x + 1, maxY: 303))) }
    let spread = TestDeck.deviation(columns)
    #expect(spread > 0.06, "\(spread)")
  }

  @Test func yellowedPaperLosesBlueFirst() throws {
    var paper = Paper()
    paper.texture = 0
    paper.folds = 0
    paper.wear = 0
    paper.yellowing = 1
    let c = mean(
      try NeonPicture.applied(paper, Geometry(trimWidth: 90, trimHeight: 120), NeonPicture.gray(0.8)))
    #expect(c.x > c.y && c.y > c.z && c.z > 0.3 && c.x > 0.7)
  }

  /// A sheet made small is a small sheet.
  @Test func aDraftShowsTheSameSheet() throws {
    let large = try Pictures.reduced(
      try NeonPicture.applied(Paper(), Geometry(trimWidth: 900, trimHeight: 1200), NeonPicture.gray(0.1)),
      by: 6)
    let small = try NeonPicture.applied(
      Paper(), Geometry(trimWidth: 150, trimHeight: 200), NeonPicture.gray(0.1))
    var (both, a2, b2) = (0.0, 0.0, 0.0)
    let (ma, mb) = (NeonPicture.statistics(large.green).mean, NeonPicture.statistics(small.green).mean)
    for y in 0..<200 {
      for x in 0..<150 {
        let (a, b) = (Double(large.green.row(y)[x]) - ma, Double(small.green.row(y)[x]) - mb)
        both += a * b
        a2 += a * a
        b2 += b * b
      }
    }
    #expect(abs(ma / mb - 1) < 0.05, "\(ma) \(mb)")
    #expect(both / (a2 * b2).squareRoot() > 0.8, "\(both / (a2 * b2).squareRoot())")
  }

  @Test func paperLaws() throws {
    try NeonPicture.checkLaws(Paper())
    var flat = Paper()
    flat.foldColumns = 1
    flat.foldRows = 1
    try NeonPicture.checkLaws(flat)
  }
}
