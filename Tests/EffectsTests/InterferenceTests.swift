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

/// A disturbed reception.
@Suite struct InterferenceTests {
  /// All parts off; what a test is about is turned on again.
  private static func quiet(_ change: (inout Interference) -> Void = { _ in }) -> Interference {
    var quiet = Interference()
    quiet.amount = 1
    (quiet.bands, quiet.station, quiet.carrier, quiet.ghost) = (0, 0, 0, 0)
    (quiet.ignition, quiet.snow, quiet.waveform) = (0, 0, 0)
    change(&quiet)
    return quiet
  }

  /// What is added to even light in coded values, which are square roots, row by row.
  private static func added(_ effect: Interference, _ level: Double, _ geometry: Geometry) throws
    -> [[Double]]
  {
    let frame = try NeonPicture.applied(effect, geometry, NeonPicture.gray(level))
    return (0..<geometry.trimHeight).map { y in
      (0..<geometry.trimWidth).map { Double(frame.green.row(y)[$0]).squareRoot() - level.squareRoot() }
    }
  }

  @Test func withoutItsPartsNothingIsLeft() throws {
    let geometry = Geometry(trimWidth: 160, trimHeight: 120)
    let plain = try NeonPicture.frame(geometry, NeonPicture.neon)
    let drawn = try NeonPicture.applied(Self.quiet(), geometry, NeonPicture.neon)
    #expect(NeonPicture.difference(plain, drawn) == 0)
  }

  /// What comes by the aerial is added to the signal: as plain over dark gray as over light gray.
  @Test func disturbancesAreAddedToTheSignal() throws {
    let geometry = Geometry(trimWidth: 320, trimHeight: 240)
    let effect = Self.quiet {
      $0.carrier = 1
      $0.station = 0
    }
    let (dark, light) = (try Self.added(effect, 0.06, geometry), try Self.added(effect, 0.4, geometry))
    func deviation(_ rows: [[Double]]) -> Double { TestDeck.deviation(rows.flatMap { $0 }) }
    #expect(deviation(dark) > 0.03, "\(deviation(dark))")
    #expect(abs(deviation(dark) / deviation(light) - 1) < 0.1, "\(deviation(dark)) \(deviation(light))")
  }

  /// Two carriers beat in a dozen bars down the picture, which hardly lean.
  @Test func stationsBeatInBars() throws {
    let geometry = Geometry(trimWidth: 320, trimHeight: 480)
    let rows = try Self.added(Self.quiet { $0.station = 1 }, 0.3, geometry).map { $0.reduce(0, +) / 320 }
    // Bars: the strongest frequency of the rows' means between 4 and 40.
    func strength(_ cycles: Int) -> Double {
      var (re, im) = (0.0, 0.0)
      for (y, value) in rows.enumerated() {
        let turn = 2 * Double.pi * Double(cycles) * Double(y) / 480
        re += value * cos(turn)
        im += value * sin(turn)
      }
      return re * re + im * im
    }
    let best = (4...40).max { strength($0) < strength($1) } ?? 0
    #expect(abs(best - 11) <= 1, "\(best)")
  }

  /// The level of a transmitter: white is weak, and where there is no picture it is strong.
  @Test func carriersAreStrongestInBlanking() {
    #expect(CoChannel.carrier(1.07, 0.5) == 1 && CoChannel.carrier(1.19, 0.5) == 0.75)
    #expect(CoChannel.carrier(0.5, 1.035) == 1 && CoChannel.carrier(0.5, 1.06) == 0.75)
    var levels: [Float] = []
    for v in 0..<100 {
      for u in 0..<100 { levels.append(CoChannel.carrier(Double(u) / 100, Double(v) / 100)) }
    }
    #expect(levels.allSatisfy { $0 >= 0.1 - 1e-6 && $0 <= 0.75 })
    #expect((levels.min() ?? 1) < 0.2 && (levels.max() ?? 0) > 0.7)
  }

  /// An echo stands 0.055 heights to the right of what is bright, weaker.
  @Test func echoesStandToTheRight() throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 200)
    let frame = try NeonPicture.applied(Self.quiet { $0.ghost = 1 }, geometry) { x, _ in
      let light = abs(x * 400 - 100) < 2 ? 0.8 : 0.0
      return SIMD4(light, light, light, 1)
    }
    let row = frame.green.row(100)
    #expect(row[111] > 0.002 && row[111] < 0.5 * row[100], "\(row[111])")
    #expect((130..<400).allSatisfy { row[$0] < 1e-4 } && (0..<97).allSatisfy { row[$0] < 1e-4 })
  }

  /// Engines spark in few lines, far above the noise, and leave black tails.
  @Test func sparksComeInBunches() throws {
    let geometry = Geometry(trimWidth: 640, trimHeight: 480)
    let rows = try Self.added(Self.quiet { $0.ignition = 1 }, 0.2, geometry)
    let struck = rows.filter { row in row.contains { $0 > 0.25 } }
    #expect(struck.count > 4 && struck.count < 80, "\(struck.count)")
    #expect(rows.filter { $0.allSatisfy { abs($0) < 1e-4 } }.count > 240)
    #expect(struck.filter { row in row.contains { $0 < -0.1 } }.count > struck.count / 3)
  }

  /// The mains make broad soft bars: from row to row nothing changes much, over the picture it does.
  @Test func humIsBroad() throws {
    let geometry = Geometry(trimWidth: 40, trimHeight: 240)
    let rows = try Self.added(Self.quiet { $0.bands = 1 }, 0.3, geometry).map { $0.reduce(0, +) / 40 }
    #expect((rows.max() ?? 0) - (rows.min() ?? 0) > 0.12)
    #expect(zip(rows, rows.dropFirst()).allSatisfy { abs($0 - $1) < 0.01 })
  }

  // MARK: The beam

  private static func beam(_ geometry: Geometry, _ level: Double = 0.01) throws -> Framebuffer {
    try NeonPicture.applied(quiet { $0.waveform = 1 }, geometry, NeonPicture.gray(level))
  }

  /// The waveform is drawn within the stated height, and adds the same light whatever is behind it.
  @Test func theBeamDrawsALine() throws {
    let geometry = Geometry(trimWidth: 320, trimHeight: 240)
    let (dim, bright) = (try Self.beam(geometry), try Self.beam(geometry, 0.3))
    let reach = Int((0.11 * 1.25 + 4 * 0.009) * 240) + 4
    let middle = Int(0.46 * 240)
    for y in 0..<240 where abs(y - middle) > reach {
      #expect((0..<320).allSatisfy { abs(bright.green.row(y)[$0] - 0.3) < 1e-6 })
    }
    for x in 0..<320 {
      let peak = (middle - reach..<middle + reach).max { dim.green.row($0)[x] < dim.green.row($1)[x] } ?? 0
      #expect(dim.green.row(peak)[x] > 0.15, "\(x)")
      #expect(abs(bright.green.row(peak)[x] - dim.green.row(peak)[x] - 0.29) < 1e-3)
    }
  }

  /// A stretch that the beam covers quickly is fainter by as much: the same light over more glass.
  @Test func lightGathersWhereTheBeamRests() {
    func sum(_ a: Float, _ b: Float) -> Float {
      (-400...400).reduce(Float(0)) { $0 + BeamTrace.light(a - Float($1) / 40, b - Float($1) / 40, 1) }
    }
    let resting = sum(0, 0)
    for run in [Float(0.02), 0.04, 0.06, 0.5, 2, 5] {
      #expect(abs(sum(-run / 2, run / 2) / resting - 1) < 2e-3, "\(run)")
    }
    #expect(abs(BeamTrace.light(0, 0, 1) - 1) < 1e-6)
    #expect(BeamTrace.light(-4, 4, 1) < 0.35)
  }

  @Test func loopsSeedsAndStrangePictures() throws {
    var all = Interference()
    all.waveform = 0.5
    try GlitchLaws.check(all)
  }

  @Test func laws() throws {
    for amount in [Float(0.3), 1] {
      var interference = Interference()
      interference.amount = amount
      interference.waveform = 0.5
      try NeonPicture.checkLaws(interference)
      try NeonPicture.checkLaws(interference, Geometry(trimWidth: 90, trimHeight: 600, bleed: 2))
    }
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    var interference = Interference()
    interference.snow = 0
    interference.waveform = 0.5
    #expect(try GlitchLaws.distance(interference) < 0.25)
  }
}
