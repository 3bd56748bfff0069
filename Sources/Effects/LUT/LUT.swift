import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Colors by a table from a `.cube` file: film stocks and looks as graders exchange them.
///
/// Light is brought into the table's codes, looked up, and brought back. Light above the table's domain is brought down
/// to the domain's edge in its own color, looked up, and made as much brighter again: neon keeps its color and its
/// strength, and nothing jumps at the edge.
public struct LUT: PointEffect {
  public static let name = "lut"
  public static let summary = "Colors by a lookup table from a .cube file: film stocks and looks."

  /// How light is written as a number from 0 to 1.
  public enum Coding: String, CaseIterable, Sendable, Hashable {
    case srgb, rec709, linear, cineon
  }

  var table = CubeTable.identity
  var input = Coding.srgb
  var output = Coding.srgb

  public static let parameters: [Parameter<LUT>] = [
    .init(
      "lut", \.table, .cube, required: true,
      "A .cube file, with curves (1D), a cube of at most 129 colors a side (3D), or both."),
    .init(
      "input", \.input, .choice,
      "The codes that the table is made for: srgb, rec709 (a gamma of 2.4), linear, or cineon, as films are scanned."
    ),
    .init("output", \.output, .choice, "The codes that the table gives."),
  ]

  public static let sampleValues = ["lut": "look.cube"]

  public static let neutral: LUT? = LUT()

  public init() {}

  /// The colors of a file, both coded as sRGB; nil if it cannot be read.
  package init?(path: String) {
    guard case .success(let table) = CubeReader.read(path: path, name: path) else { return nil }
    self.table = table
  }

  public func prepare(in context: EffectContext) -> any RowProcessor { Grader(self) }

  private struct Grader: RowProcessor {
    private let table: CubeTable
    private let input, output: Coding
    /// The light at the upper end of the domain.
    private let top: (Float, Float, Float)
    private static let chunk = 1024

    init(_ lut: LUT) {
      table = lut.table
      input = lut.input
      output = lut.output
      func light(_ code: Double) -> Float { Float(max(1e-6, min(1e9, lut.input.light(code)))) }
      let high = lut.table.domain.high
      top = (light(high.x), light(high.y), light(high.z))
    }

    func process(_ row: Row, x: Int, y: Int) {
      guard !table.isIdentity else { return }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Grader.chunk + 8) { scratch in
        guard let scale = scratch.baseAddress else { return }
        var start = 0
        while start < row.count {
          let part = row.dropping(start, count: min(Grader.chunk, row.count - start))
          encode(part, scale)
          table.look(up: part)
          decode(part, scale)
          start += Grader.chunk
        }
      }
    }

    /// Divides bodies by their alpha, and light by what it exceeds the domain by, and writes it as codes; `scale` is
    /// what makes up for it.
    private func encode(_ row: Row, _ scale: UnsafeMutablePointer<Float>) {
      let inverse = (1 / top.0, 1 / top.1, 1 / top.2)
      let limit: Float = 1e12
      let opaque = row.isOpaque()
      @inline(__always)
      func each(_ code: (v8f) -> v8f) {
        row.mapVectors { r, g, b, a, i in
          r = v8_clamp(r, -limit, limit)
          g = v8_clamp(g, -limit, limit)
          b = v8_clamp(b, -limit, limit)
          let divisor = opaque ? v8_splat(1) : bodyDivisor(r, g, b, a)
          let peak = v8_greater(r * inverse.0, v8_greater(g * inverse.1, b * inverse.2))
          let k = v8_greater(divisor, peak)
          let share = 1 / k
          r = code(r * share)
          g = code(g * share)
          b = code(b * share)
          v8_store(scale + i, k)
        }
      }
      switch input {
      case .srgb: each { v8_srgb_encode($0) }
      case .rec709: each { LUT.Coding.root($0) }
      case .linear: each { $0 }
      case .cineon:
        let density = LUT.Coding.Density()
        each { density.code($0) }
      }
    }

    /// Makes light of codes.
    private func decode(_ row: Row, _ scale: UnsafeMutablePointer<Float>) {
      @inline(__always)
      func each(_ light: (v8f) -> v8f) {
        row.mapVectors { r, g, b, _, i in
          let k = v8_load(scale + i)
          r = v8_clamp(light(r) * k, 0, 1e12)
          g = v8_clamp(light(g) * k, 0, 1e12)
          b = v8_clamp(light(b) * k, 0, 1e12)
        }
      }
      switch output {
      case .srgb: each { v8_srgb_decode($0) }
      case .rec709: each { LUT.Coding.power($0) }
      case .linear: each { $0 }
      case .cineon:
        let density = LUT.Coding.Density()
        each { density.light($0) }
      }
    }
  }
}

extension LUT.Coding {
  // Cineon: density of a negative in steps of 0.002, black at code 95 and white at 685 of 1023, gamma 0.6 (Kodak,
  // "Conversion of 10-bit log film data to 8-bit linear or video data", 1995).
  private static let cineonSlope = 300.0 / 1023
  private static let cineonWhite = 685.0 / 1023
  private static let cineonBlack = pow(10, (95.0 - 685) / 300)

  /// The light that a code stands for.
  func light(_ code: Double) -> Double {
    switch self {
    case .srgb: SRGB.decode(code)
    case .rec709: code <= 0 ? 0 : pow(code, 2.4)
    case .linear: code
    case .cineon:
      (pow(10, (min(8, code) - Self.cineonWhite) / Self.cineonSlope) - Self.cineonBlack)
        / (1 - Self.cineonBlack)
    }
  }

  /// Light to codes of rec709.
  @inline(__always)
  fileprivate static func root(_ light: v8f) -> v8f {
    v8_select(v8_less(v8_splat(0), light), v8_power_5_12(v8_max(light, v8_splat(1e-37))), v8_splat(0))
  }

  /// Codes of rec709 to light.
  @inline(__always)
  fileprivate static func power(_ code: v8f) -> v8f {
    v8_select(v8_less(v8_splat(0), code), v8_power_12_5(v8_clamp(code, 1e-15, 1e15)), v8_splat(0))
  }

  /// The curve of cineon for rows.
  fileprivate struct Density {
    private let black = Float(cineonBlack)
    private let white = Float(cineonWhite)
    /// What a doubling of light adds to the code.
    private let slope = Float(cineonSlope * log10(2))

    @inline(__always)
    func code(_ light: v8f) -> v8f {
      v8_log2(v8_max(light * (1 - black) + black, v8_splat(1e-6))) * slope + white
    }

    @inline(__always)
    func light(_ code: v8f) -> v8f {
      (v8_exp2((v8_min(code, v8_splat(8)) - white) * (1 / slope)) - black) * (1 / (1 - black))
    }
  }
}
