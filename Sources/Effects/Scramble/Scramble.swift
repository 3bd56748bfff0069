import CVector
import Catalog
import Raster

/// Pay television of the analog years, seen without a key.
///
/// Three systems, as they were on the air. `cut` (VideoCrypt, 1989): every line is cut in two at one of 256 places, and the
/// parts change places. `shuffle` (Nagravision, 1990): lines leave a memory of 32 of them in another order. `sync`
/// (gated sync of cable nets): the pulses that lines begin with are missing, so the set runs free; lines start anywhere,
/// the gap between them wanders through the picture, and at times brightness is inverted.
///
/// Color suffers most: its phase is counted from the beginning of a line, and a PAL set averages it over two lines, which
/// no longer belong together. What is wrong is wrong for groups of lines that a decoder failed at, new in every frame.
public struct Scramble: MixingEffect {
  public static let name = "scramble"
  public static let summary =
    "Pay television without a key: lines cut and turned about, shuffled, or without their sync."

  public enum System: String, CaseIterable, Sendable, Hashable { case cut, shuffle, sync }

  var amount: Float = 1
  var system = System.cut
  var lines = 288
  var color: Float = 0.6

  public static let parameters: [Parameter<Scramble>] = [
    .init(
      "scramble", \.amount, .number(0...1, suggested: 0.3...1),
      "How much of the picture is scrambled: with a weak decoder it comes and goes in groups of lines."),
    .init(
      "system", \.system, .choice,
      "cut turns each line about a place in it, shuffle changes the order of lines, sync takes away where they begin."
    ),
    .init(
      "lines", \.lines, .integer(48...2400),
      "Lines over the picture's height; 288 are those of one field, 576 of both."),
    .init(
      "color", \.color, .number(0...1), "How much of its color a scrambled line keeps; all of it is wrong."),
  ]

  public static let neutral: Scramble? = {
    var scramble = Scramble()
    scramble.amount = 0
    return scramble
  }()

  /// Lines that change places among each other.
  static let memory = 32
  /// Groups that a decoder fails at, over the height.
  static let groups = 22

  public init() {}

  private func pitch(_ geometry: Geometry) -> Double {
    Double(max(1, geometry.trimHeight)) / Double(max(1, lines))
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let away = system == .shuffle ? Int((Double(Scramble.memory) * pitch(geometry)).rounded(.up)) + 1 : 0
    return Reach(x: Reach.everything, y: away)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let copy = system == .shuffle ? Framebuffer.bytes(of: region) : 0
    return copy + context.workers.count * 4 * 22 * (region.width + 16)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let source = system == .shuffle ? try frame.copy(workers: context.workers) : frame
    let broadcast = Broadcast(self, region, context)
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let receiver = Receiver(width: region.width)
      let memory = RowMemory(width: region.width, for: mixer)
      for y in rows.lowerBound + region.minY..<rows.upperBound + region.minY {
        let lines = broadcast.lines(of: y)
        guard lines.contains(where: { $0.isWrong }) else { continue }
        memory.changing(frame.row(y), x: region.minX, y: y) { row in
          receiver.begin()
          for line in lines {
            let from = max(region.minY, min(region.maxY - 1, line.row))
            receiver.receive(source.row(from), number: from, line)
          }
          receiver.finish(row)
        }
      }
    }
  }
}
