import Catalog
import Outline
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Signals to measure picture chains with, exact in sRGB-coded values.
///
/// Frequencies are those of a video line: the active part of a line, 52.6 µs, spans the picture's width, so that
/// f MHz are 52.6 f cycles over it. Every pixel is the mean over its width: what is finer than pixels fades to gray.
public struct TestPattern: Layer {
  public static let name = "test-pattern"
  public static let summary =
    "Signals for measurements: color bars, bursts, a sweep, a zone plate, pulse and bar, a ramp."

  public enum Form: String, CaseIterable, Sendable, Hashable {
    /// White, yellow, cyan, green, magenta, red, blue, black.
    case bars
    /// Packets of waves, from `low` to `high` in equal steps.
    case burst
    /// Waves that get finer from left to right.
    case sweep
    /// Rings that get finer outwards, equally in all directions.
    case zonePlate = "zone-plate"
    /// A sine-squared pulse and a broad bar.
    case pulse
    /// From black to white.
    case ramp
  }

  /// What of the signal carries waves.
  public enum Channel: String, CaseIterable, Sendable, Hashable {
    case luma
    case inPhase = "i"
    case quadrature = "q"
  }

  var form = Form.burst
  var channel = Channel.luma
  /// Shares of the picture's height; nil for the whole picture.
  var width: Double?
  var height: Double?
  /// MHz.
  var low = 0.5
  var high = 5.0
  var count = 10
  var level = 0.5
  var amplitude = 0.5

  public static let parameters: [Parameter<TestPattern>] = [
    .init("test-pattern", \.form, .choice, "What is shown."),
    .init(
      "channel", \.channel, .choice,
      "What carries bursts, sweep and zone plate: luma, or color (i, q) on gray."),
    .init(
      "width", \.width, Codec<Double>.width(0...100).optional,
      "Width of the pattern; the whole picture without it."),
    .init(
      "height", \.height, Codec<Double>.length(0...100, suggested: 0.05...1).optional,
      "Height of the pattern; the whole picture without it."),
    .init(
      "low", \.low, .number(0...1000, suggested: 0.1...5),
      "The lowest frequency, MHz: of the first packet, at the sweep's left end."),
    .init(
      "high", \.high, .number(0...1000, suggested: 0.5...10),
      "The highest frequency, MHz: of the last packet, at the sweep's right end, at the zone plate's left and right; a pulse's is one over its width."
    ),
    .init("count", \.count, .integer(1...64), "Packets of a burst."),
    .init(
      "level", \.level, .number(0...1), "Halfway between the darkest and the brightest, in coded values."),
    .init(
      "amplitude", \.amplitude, .number(0...0.5),
      "Half the way from the darkest to the brightest, in coded values; bars of 75 % have 0.375, and so has their level."
    ),
  ]

  public init() {}

  /// The active part of a line, µs.
  static let activeLine = 52.6

  public func prepare(in context: LayerContext) throws -> any Painter {
    let g = context.geometry
    let box = Rect(
      minX: 0, minY: 0, maxX: width.map { g.pixels($0) } ?? Double(g.trimWidth),
      maxY: height.map { g.pixels($0) } ?? Double(g.trimHeight))
    let transform = context.transform(of: LayerBox(box))
    guard let inverse = transform.inverse else { return PainterStack([]) }
    let source = Source(
      inverse: inverse, pattern: self, box: box,
      cyclesPerPixel: TestPattern.activeLine / Double(max(1, g.trimWidth)))
    return PaintedCoverage(
      CoverageMask(
        path: Path.rectangle(box).transformed(by: transform), clip: g.bounds, workers: context.workers),
      source: source)
  }

  /// Paints the signal, beyond its box too.
  private struct Source: PixelSource {
    let inverse: Affine
    let pattern: TestPattern
    let box: Rect
    /// Cycles of 1 MHz to a pixel of the unmoved picture.
    let cyclesPerPixel: Double

    func fill(_ row: Row, x: Int, y: Int) {
      let start = inverse.apply(Point(0.5, Double(y) + 0.5))
      for i in 0..<row.count {
        let k = Double(x + i)
        let coded = signal(start.x + inverse.a * k, start.y + inverse.b * k)
        row.red[i] = Float(SRGB.decode(max(0, coded.x)))
        row.green[i] = Float(SRGB.decode(max(0, coded.y)))
        row.blue[i] = Float(SRGB.decode(max(0, coded.z)))
        row.alpha[i] = 1
      }
    }

    /// Coded red, green and blue at a place in the box, pixels of the unmoved picture.
    private func signal(_ x: Double, _ y: Double) -> SIMD3<Double> {
      let share = x / max(1e-9, box.width)
      // A pixel of the picture is so wide here.
      let pixel = max(abs(inverse.a), abs(inverse.c))
      switch pattern.form {
      case .bars:
        let bar = min(7, max(0, Int(max(-1, min(9, share * 8)))))
        let bits = 7 - bar
        // Falling luma: green counts most, then red, then blue.
        return SIMD3(level(bits & 2 == 0 ? 0 : 1), level(bits & 4 == 0 ? 0 : 1), level(bits & 1 == 0 ? 0 : 1))
      case .ramp: return SIMD3(repeating: level(max(0, min(1, share))))
      case .burst:
        let place = share * Double(pattern.count)
        let packet = max(0, min(Double(pattern.count - 1), max(-1, min(1e3, place)).rounded(.down)))
        let step = pattern.count > 1 ? (pattern.high - pattern.low) / Double(pattern.count - 1) : 0
        // Packets swell and fade over a tenth of their width; between them lies the mean.
        let inside = min(place - packet, packet + 1 - place)
        let swell = smooth((inside - 0.04) / 0.1)
        return wave(
          (pattern.low + step * packet) * x * cyclesPerPixel, (pattern.low + step * packet) * pixel, swell)
      case .sweep:
        let f = pattern.low + (pattern.high - pattern.low) * share
        return wave((pattern.low + f) / 2 * x * cyclesPerPixel, f * pixel, 1)
      case .zonePlate:
        let (dx, dy) = (x - box.width / 2, y - box.height / 2)
        let slope = pattern.high / max(1e-9, box.width / 2)
        let f = slope * (dx * dx + dy * dy).squareRoot()
        return wave(slope * (dx * dx + dy * dy) / 2 * cyclesPerPixel, f * pixel, 1)
      case .pulse:
        // A pulse at a quarter, a bar from a half to nine tenths; both with the same slopes.
        let slope = 1 / max(1e-3, pattern.high) / cyclesPerPixel
        let pulse = lobe((x - 0.25 * box.width) / slope)
        let bar = rise((x - 0.5 * box.width) / slope) * (1 - rise((x - 0.9 * box.width) / slope))
        return SIMD3(repeating: level(max(pulse, bar)))
      }
    }

    /// A wave at phase `turns`, of `megahertz` to a pixel of the unmoved picture; cosine, so that it begins bright.
    private func wave(_ turns: Double, _ megahertz: Double, _ swell: Double) -> SIMD3<Double> {
      let turns = turns.isFinite ? turns - turns.rounded(.down) : 0
      let width = Double.pi * megahertz * cyclesPerPixel
      let mean = abs(width) < 1e-6 ? 1 : sin(width) / width
      // Beyond the first zero the mean is another pattern: moiré.
      let size = abs(width) < .pi ? pattern.amplitude * mean * swell : 0
      let value = size * cos(2 * .pi * turns)
      // NTSC's I and Q as red, green and blue.
      switch pattern.channel {
      case .luma: return SIMD3(repeating: pattern.level + value)
      case .inPhase:
        return SIMD3(repeating: pattern.level) + SIMD3(0.956, -0.272, -1.106) * value
      case .quadrature:
        return SIMD3(repeating: pattern.level) + SIMD3(0.619, -0.647, 1.703) * value
      }
    }

    /// From trough (0) to crest (1).
    private func level(_ x: Double) -> Double { pattern.level + pattern.amplitude * (2 * x - 1) }

    private func smooth(_ x: Double) -> Double {
      let t = max(0, min(1, x))
      return 0.5 - 0.5 * cos(.pi * t)
    }

    /// A sine-squared pulse of half-amplitude width 1.
    private func lobe(_ x: Double) -> Double { abs(x) < 1 ? 0.5 + 0.5 * cos(.pi * x) : 0 }

    /// The step whose slope is that pulse.
    private func rise(_ x: Double) -> Double {
      x <= -1 ? 0 : x >= 1 ? 1 : 0.5 + 0.5 * x + sin(.pi * x) / (2 * .pi)
    }
  }
}
