import Catalog
import Foundation
import Markup
import Raster
import Testing

@testable import Effects

@Suite struct LUTTests {
  private func read(_ text: String) -> Result<CubeTable, Diagnostic> {
    CubeReader.read(Array(text.utf8), name: "look.cube")
  }

  private func table(_ text: String) throws -> CubeTable { try read(text).get() }

  /// A cube of a smooth and of an uneven function, as a file.
  private static func cube(
    _ n: Int, domain: String = "", _ f: (Double, Double, Double) -> (Double, Double, Double)
  ) -> String {
    var text = "TITLE \"a # in the title\"\n# a comment\nLUT_3D_SIZE \(n)\n\(domain)\n"
    for b in 0..<n {
      for g in 0..<n {
        for r in 0..<n {
          let k = 1 / Double(n - 1)
          let c = f(Double(r) * k, Double(g) * k, Double(b) * k)
          text += "\(c.0) \(c.1)\t\(c.2)\r\n"
        }
      }
    }
    return text
  }

  private static func uneven(_ r: Double, _ g: Double, _ b: Double) -> (Double, Double, Double) {
    let hash = latticeHash(Int32(r * 1000), Int32(g * 1000), UInt32(b * 1000))
    let noise = Double(hash % 1000) / 1000
    return (0.8 * r + 0.2 * noise, noise * g, 0.5 + 0.4 * sin(5 * b) - 0.1 * noise)
  }

  private func applied(
    _ table: CubeTable, coding: LUT.Coding = .linear, _ colors: [SIMD3<Double>]
  ) throws -> [SIMD3<Double>] {
    var lut = LUT()
    lut.table = table
    lut.input = coding
    lut.output = coding
    let geometry = Geometry(trimWidth: colors.count, trimHeight: 1)
    let frame = try Pictures.frame(geometry.bounds) { x, _ in SIMD4(SIMD3<Float>(colors[x]), 1) }
    try lut.apply(to: frame, in: Pictures.context(geometry))
    return colors.indices.map {
      SIMD3(Double(frame.red.base[$0]), Double(frame.green.base[$0]), Double(frame.blue.base[$0]))
    }
  }

  private static let colors: [SIMD3<Double>] =
    (0..<400).map { i in
      SIMD3(
        Double(Pictures.noise(0, i, 1)), Double(Pictures.noise(1, i, 1)), Double(Pictures.noise(2, i, 1)))
    } + [SIMD3(0, 0, 0), SIMD3(1, 1, 1), SIMD3(0.5, 0.5, 0.5), SIMD3(1, 0, 1), SIMD3(0.25, 0.25, 0.9)]

  /// The mean of the corners of the tetrahedron around a place, weighted by barycentric coordinates that are found by
  /// solving for them: an algorithm of its own.
  private static func tetrahedral(
    _ n: Int, _ p: SIMD3<Double>, _ f: (Double, Double, Double) -> (Double, Double, Double)
  ) -> SIMD3<Double> {
    let place = p * Double(n - 1)
    var cell = SIMD3<Double>()
    for k in 0..<3 { cell[k] = min(Double(n - 2), place[k].rounded(.down)) }
    let t = place - cell
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    for order in orders {
      // Corners of the way from the first to the last one, axis after axis.
      var corners = [SIMD3<Double>()]
      for axis in order {
        var next = corners[corners.count - 1]
        next[axis] = 1
        corners.append(next)
      }
      let weights = [
        1 - t[order[0]], t[order[0]] - t[order[1]], t[order[1]] - t[order[2]], t[order[2]],
      ]
      guard weights.allSatisfy({ $0 >= -1e-12 }) else { continue }
      var sum = SIMD3<Double>()
      for (corner, weight) in zip(corners, weights) {
        let q = (cell + corner) / Double(n - 1)
        let c = f(q.x, q.y, q.z)
        sum += SIMD3(c.0, c.1, c.2) * weight
      }
      return sum
    }
    return SIMD3(repeating: .nan)
  }

  @Test(arguments: [2, 3, 9, 33]) func cubesAreReadByTetrahedra(_ n: Int) throws {
    let result = try applied(try table(Self.cube(n, Self.uneven)), Self.colors)
    for (color, out) in zip(Self.colors, result) {
      let due = Self.tetrahedral(n, color, Self.uneven)
      for k in 0..<3 { #expect(abs(out[k] - max(0, due[k])) < 2e-5, "\(n) \(color)") }
    }
  }

  @Test func graysStayGrayBetweenGrays() throws {
    let text = Self.cube(4) { r, g, b in r == g && g == b ? (r, r, r) : (1, 0, 0.3) }
    let grays = (0...50).map { SIMD3(repeating: Double($0) / 50) }
    for (gray, out) in zip(grays, try applied(try table(text), grays)) {
      for k in 0..<3 { #expect(abs(out[k] - gray[k]) < 1e-6) }
    }
  }

  @Test func curvesAndDomains() throws {
    let curve = try table(
      "LUT_1D_SIZE 3\nDOMAIN_MIN -1 0 0\nDOMAIN_MAX 1 2 4\n0 0 0\n0.25 0.5 0.1\n1 0.6 3\n")
    #expect(curve.title == "" && curve.cube == nil)
    let out = try applied(curve, [SIMD3(0, 1, 2), SIMD3(0.5, 0.5, 3), SIMD3(-0.5, 2, 0), SIMD3(-5, -5, -5)])
    let due: [SIMD3<Double>] = [[0.25, 0.5, 0.1], [0.625, 0.25, 1.55], [0.125, 0.6, 0], [0, 0, 0]]
    for (a, b) in zip(out, due) { for k in 0..<3 { #expect(abs(a[k] - b[k]) < 1e-6) } }
    // Curves before a cube, as grading programs write them.
    let shaped = try table(
      "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 2\nLUT_3D_SIZE 2\n0 0 0\n1 1 1\n"
        + "0 0 0\n0.5 0 0\n0 1 0\n0.5 1 0\n0 0 1\n0.5 0 1\n0 1 1\n0.5 1 1\n")
    let both = try applied(shaped, [SIMD3(2, 1, 0.5)])[0]
    #expect(abs(both.x - 0.5) < 1e-6 && abs(both.y - 0.5) < 1e-6 && abs(both.z - 0.25) < 1e-6)
  }

  @Test func codesAreTheirCurves() throws {
    let identity = Self.cube(17) { ($0, $1, $2) }
    for coding in LUT.Coding.allCases {
      let out = try applied(try table(identity), coding: coding, Self.colors)
      for (a, b) in zip(Self.colors, out) {
        // Between entries codes run straight, so that identity is one in every coding.
        for k in 0..<3 { #expect(abs(a[k] - b[k]) < 3e-6, "\(coding) \(a) \(b)") }
      }
    }
    // Halving codes is another thing in each.
    let half = Self.cube(2) { ($0 / 2, $1 / 2, $2 / 2) }
    #expect(try abs(applied(try table(half), coding: .srgb, [SIMD3(1, 1, 1)])[0].x - SRGB.decode(0.5)) < 1e-6)
    #expect(try abs(applied(try table(half), coding: .rec709, [SIMD3(1, 1, 1)])[0].x - pow(0.5, 2.4)) < 1e-6)
    // 18 % gray lies at code 470 of a scanned negative, 90 % white at about 672.
    #expect(abs(LUT.Coding.cineon.light(470.0 / 1023) - 0.18) < 0.005)
    #expect(abs(LUT.Coding.cineon.light(95.0 / 1023)) < 1e-12)
  }

  @Test func lightAboveTheDomainKeepsColorAndStrength() throws {
    let warm = Self.cube(9) { r, g, b in (r, g * 0.9, b * 0.7) }
    let colors = (0..<60).map { SIMD3(0.9, 0.5, 0.2) * (0.9 + Double($0) * 0.05) }
    let out = try applied(try table(warm), coding: .srgb, colors)
    for (a, b) in zip(out, out.dropFirst()) {
      #expect(b.x > a.x && b.y > a.y && b.x - a.x < 0.09, "no jump, no end")
    }
    let (first, last) = (out[10], out[59])
    #expect(abs(first.y / first.x - last.y / last.x) < 2e-3)
    #expect(try applied(try table(warm), coding: .srgb, [SIMD3(9, 0.2, 3)])[0].x > 8.9)
  }

  @Test(
    arguments: [
      ("", 1, 1, "neither"), ("LUT_3D_SIZE 2\n0 0 0\n", 1, 1, "too short for 8"),
      ("LUT_1D_SIZE 2\n0.00000 0 0\n", 1, 1, "ends after 1 of 2"),
      ("LUT_3D_SIZE 300\n", 1, 13, "from 2 to 129"), ("LUT_3D_SIZE 1e99\n", 1, 13, "too large"),
      ("LUT_1D_SIZE 2.5\n", 1, 13, "from 2 to 65536"),
      ("LUT_1D_SIZE 9223372036854775807\n", 1, 13, "too large"),
      ("# x\nLUT_1D_SIZ 2\n", 2, 1, "no keyword"), ("0 0 0\n", 1, 1, "before the first color"),
      ("LUT_1D_SIZE 2\n0 0 0\n0 zero 0\n", 3, 3, "'zero' is not a number"),
      ("LUT_1D_SIZE 2\n0 0 0\n0 nan 0\n", 3, 3, "not a number"),
      ("LUT_1D_SIZE 2\n0 0 0\n  1 1 1 1\n", 3, 9, "three numbers, not 4"),
      ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n2 2 2\n", 4, 1, "one color more"),
      ("LUT_1D_SIZE 2\nDOMAIN_MIN 0 0 1\nDOMAIN_MAX 1 1 1\n", 3, 1, "above DOMAIN_MIN"),
      ("DOMAIN_MIN 0 0\n", 1, 1, "takes 3 numbers, not 2"),
      ("LUT_1D_SIZE 65536\n0 0 0\n", 1, 1, "too short for 65536"),
      ("LUT_1D_SIZE 2\n0 0 0\n1 1 1e300\n", 3, 5, "too large for a color"),
      ("LUT_1D_SIZE 2\n0 0 0\nTITLE \"é\"\nLUT_3D_SIZE 2\n", 4, 1, "before the colors"),
      ("\u{FEFF}LUT_1D_SIZE 2\nLUT_1D_SIZE 2\n", 2, 1, "given twice"), ("LUT\0", 1, 4, "not a text"),
      ("LUT_1D_INPUT_RANGE 1 0\n", 1, 20, "end above its beginning"),
    ] as [(String, Int, Int, String)])
  func mistakesAreTold(_ text: String, _ line: Int, _ column: Int, _ message: String) {
    guard case .failure(let diagnostic) = read(text) else {
      Issue.record("\(text) was read")
      return
    }
    #expect(diagnostic.message.contains(message), "\(diagnostic.message)")
    #expect(diagnostic.place?.line == line && diagnostic.place?.column == column, "\(diagnostic.rendered)")
  }

  @Test func diagnosticsPointIntoTheFile() throws {
    guard case .failure(let diagnostic) = read("LUT_3D_SIZ 2\n0 0 0\n") else {
      Issue.record("read")
      return
    }
    #expect(
      diagnostic.rendered == """
        look.cube:1:1: error: 'LUT_3D_SIZ' is no keyword of .cube files
        LUT_3D_SIZ 2
        ^~~~~~~~~~
        hint: did you mean 'LUT_3D_SIZE'?
        """)
  }

  /// Every cut of a file, and every byte of it changed, is read or complained of.
  @Test func damagedFilesAreAnswered() throws {
    let whole =
      Array("LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n".utf8)
      + Array(repeating: Array("0 1 0.5\n".utf8), count: 10).joined()
    #expect(throws: Never.self) { try CubeReader.read(whole, name: "x").get() }
    for end in 0..<whole.count - 5 {
      guard case .failure = CubeReader.read(Array(whole[..<end]), name: "x") else {
        Issue.record("cut at \(end)")
        continue
      }
    }
    for i in whole.indices {
      for byte in [0, 10, 13, 32, 35, 45, 57, 255] as [UInt8] {
        var bytes = whole
        bytes[i] = byte
        if case .failure(let diagnostic) = CubeReader.read(bytes, name: "x") {
          #expect(!diagnostic.rendered.isEmpty)
        }
      }
    }
  }

  /// The file is read under the rules that hold for all files of a preset.
  @Test func onlyAllowedFoldersAreRead() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lut-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.cube(2) { ($0, $1, $2) }.write(
      to: folder.appendingPathComponent("a.cube"), atomically: true, encoding: .utf8)
    let source = Source(name: "p.yaml", text: "lut: a.cube\nlut: nowhere.cube\n", folder: folder.path)
    func settings(_ file: String, roots: [String]) -> [Diagnostic] {
      var reader = Reader(
        geometry: Geometry(trimWidth: 10, trimHeight: 10), names: NameTable(),
        files: FileAccess(roots: roots),
        seed: Seed(0))
      let place = Place(source: source, line: 1, column: 1)
      _ = Settings<LUT>(
        [
          Node.Pair(
            key: Node(scalar: "lut", quoted: false, place: place),
            value: Node(scalar: file, quoted: false, place: place))
        ], at: place, commonKeys: [], reader: &reader)
      return reader.diagnostics
    }
    #expect(settings("a.cube", roots: [folder.path]).isEmpty)
    #expect(settings("a.cube", roots: ["/usr"])[0].message.contains("outside the folders"))
    #expect(settings("../../etc/hostname", roots: [folder.path]).count == 1)
    #expect(settings("nowhere.cube", roots: [folder.path])[0].message.contains("there is no file"))
  }

  @Test func laws() throws {
    var lut = LUT()
    lut.table = try table(Self.cube(5, Self.uneven))
    try NeonPicture.checkLaws(lut)
    for coding in LUT.Coding.allCases {
      lut.input = coding
      lut.output = coding
      #expect(
        try NeonPicture.isFinite(
          NeonPicture.applied(lut, Geometry(trimWidth: 40, trimHeight: 30), NeonPicture.hostile)))
    }
  }
}
