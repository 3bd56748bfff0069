import Catalog
import Raster

/// Bands of the picture that tear sideways, as when a picture's memory is read at the wrong address.
///
/// Tears are places with a life of their own: each holds for a while and then jumps elsewhere. Inside of one, finer bands
/// slide with it by unequal lengths, and the colors part a little. What leaves on one side comes in on the other.
public struct Slices: MixingEffect {
  public static let name = "slices"
  public static let summary = "Bands of the picture tear sideways, hold, and jump elsewhere."

  var amount: Float = 0.4
  var size: Double = 0.06
  var shift: Double = 0.12
  var split: Double = 0.15
  var rate: Double = 5

  public static let parameters: [Parameter<Slices>] = [
    .init("slices", \.amount, .number(0...1, suggested: 0.2...0.8), "How much of the picture is torn."),
    .init("size", \.size, .length(0.004...0.5, suggested: 0.02...0.15), "Height of a usual tear."),
    .init("shift", \.shift, .length(0...1, suggested: 0.02...0.3), "How far the farthest tears slide."),
    .init(
      "split", \.split, .number(0...1), "How far red and blue slide apart in a tear, as a share of its way."),
    .init(
      "rate", \.rate, .number(0...60, suggested: 1...12, unit: .hertz),
      "How often a tear jumps elsewhere; 0 holds all of them."),
  ]

  public static let neutral: Slices? = {
    var slices = Slices()
    slices.amount = 0
    return slices
  }()

  /// Tears that the picture may have at once.
  private static let tears = 16
  /// Finer bands slide by at most so much of a tear's way.
  private static let excess = 1.5

  public init() {}

  /// The farthest displacement, shares of the height.
  private var farthest: Double { shift * Slices.excess * (1 + 0.5 * split) }

  public func reach(in geometry: Geometry) -> Reach {
    amount > 0 && shift > 0 ? Reach(x: Reach.everything, y: 0) : .none
  }

  /// Pixels that rows are continued by.
  private func margin(_ geometry: Geometry, width: Int) -> Int {
    Int(min(4096 + 2 * Double(width), geometry.pixels(farthest)).rounded(.up)) + 1
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, shift > 0, !region.isEmpty else { return 0 }
    return context.workers.count
      * (ShiftedLine.bytes(width: region.width, margin: margin(context.geometry, width: region.width))
        + 16 * region.width)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, shift > 0, !region.isEmpty else { return }
    let shifts = plan(region, context)
    let margin = margin(context.geometry, width: region.width)
    let scale = Double(context.geometry.trimHeight)
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let line = ShiftedLine(width: region.width, margin: margin, beyond: .wrapped)
      let memory = RowMemory(width: region.width, for: mixer)
      for y in rows.lowerBound + region.minY..<rows.upperBound + region.minY {
        let pieces = shifts.pieces(row: y)
        if pieces.isEmpty { continue }
        memory.changing(frame.row(y), x: region.minX, y: y) {
          $0.slide(pieces, scale: scale, through: line, wholePixels: true)
        }
      }
    }
  }

  /// Where the lines of the picture lie.
  func plan(_ region: PixelRect, _ context: EffectContext) -> RowShifts {
    var shifts = RowShifts(region, context.geometry)
    let time = SlowTime(context.moment)
    let lines = Double(RowShifts.lines)
    for slot in 0..<Slices.tears {
      let own = context.seed.derived("tear").derived(slot)
      let (step, progress) = time.step(rate: rate * (0.55 + own.unit(0)), phase: own.unit(1))
      let state = own.derived(step)
      guard state.unit(0) < Double(amount) else { continue }
      let u = state.unit(1)
      let height = max(1, (size * (0.15 + 2.4 * u * u)) * lines)
      let top = state.unit(2) * (lines + height) - height
      let way = state.unit(3)
      // Most slide a little, few far; now and then one creeps on while it holds.
      let creep = state.unit(5) < 0.3 ? 0.25 * progress : 0
      let amplitude = shift * (0.1 + 0.9 * way * way) * (state.unit(4) < 0.5 ? -1 : 1) * (1 - creep)
      let thickness = max(1, (1 + 9 * state.unit(6)).rounded())
      let parted = split * (state.unit(7) - 0.5)
      let (low, high) = (Int(top.rounded(.down)), Int((top + height).rounded(.up)))
      let first = max(low, shifts.range.lowerBound)
      let end = min(high, shifts.range.upperBound)
      guard first < end else { continue }
      for line in first..<end {
        let band = Int((Double(line - low) / thickness).rounded(.down))
        let fine = state.derived("band").unit(band)
        // Some bands stay where they were.
        let share = fine < 0.18 ? 0 : fine < 0.7 ? 1 : 1 + (Slices.excess - 1) * (2 * (fine - 0.7) / 0.3 - 1)
        let x = amplitude * share
        shifts[line] = SIMD3(x * (1 + parted), x, x * (1 - parted))
      }
    }
    return shifts
  }
}
