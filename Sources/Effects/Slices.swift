import CVector
import Catalog
import Raster

/// Bands of the picture that tear sideways, as where a player loses the time base of its tape.
///
/// Tears are places with a life of their own: each holds for a while and then jumps elsewhere. At the upper edge of one a line
/// is thrown aside somewhere along its way, and the lines below it come back as a player does that finds its time again:
/// fast at first, then slowly. On that way it is thrown about some more. Right at the edges there is little signal:
/// static, and no color. What leaves on one side comes in on the other.
public struct Slices: MixingEffect {
  public static let name = "slices"
  public static let summary = "Bands of the picture tear sideways, swing back, and jump elsewhere."

  var amount: Float = 0.4
  var size: Double = 0.06
  var shift: Double = 0.12
  var split: Double = 0.15
  var noise: Double = 0.6
  var rate: Double = 5

  public static let parameters: [Parameter<Slices>] = [
    .init("slices", \.amount, .number(0...1, suggested: 0.2...0.8), "How much of the picture is torn."),
    .init("size", \.size, .length(0.004...0.5, suggested: 0.02...0.15), "Height of a usual tear."),
    .init("shift", \.shift, .length(0...1, suggested: 0.02...0.3), "How far the farthest tears slide."),
    .init(
      "split", \.split, .number(0...1), "How far red and blue slide apart in a tear, as a share of its way."),
    .init(
      "noise", \.noise, .number(0...1),
      "How ragged the edges of tears are: static and lost color, lines that tear midway."),
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
  /// Lines slide by at most so much of a tear's way.
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
        + 28 * region.width) + 40 * region.width
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, shift > 0, !region.isEmpty else { return }
    let (shifts, damage) = plan(region, context)
    let margin = margin(context.geometry, width: region.width)
    let scale = Double(context.geometry.trimHeight)
    let columns =
      damage.isEmpty
      ? nil
      : AreaTaps(
        region.columns, origin: Double(context.geometry.bleed),
        cell: max(1.0 / 64, context.geometry.pixels(RadioNoise.sample)))
    let station = RadioNoise(context.seed.derived("static").derived(context.moment.frame))
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let line = ShiftedLine(width: region.width, margin: margin, beyond: .wrapped)
      let memory = RowMemory(width: region.width, for: mixer)
      let burst = columns.map { Burst(columns: $0, width: region.width) }
      for y in rows.lowerBound + region.minY..<rows.upperBound + region.minY {
        let pieces = shifts.pieces(row: y)
        var bursts: [(line: Int, strength: Double)] = []
        var loss = 0.0
        if burst != nil {
          shifts.forEachLine(of: y) { line, weight in
            guard let own = damage[line] else { return }
            bursts.append((line, own.noise * weight))
            loss += own.loss * weight
          }
        }
        if pieces.isEmpty && bursts.isEmpty { continue }
        memory.changing(frame.row(y), x: region.minX, y: y) {
          if !pieces.isEmpty { $0.slide(pieces, scale: scale, through: line, wholePixels: true) }
          if !bursts.isEmpty { burst?.draw(over: $0, bursts, station, loss: Float(loss)) }
        }
      }
    }
  }

  /// What a tear does to a line beside moving it.
  struct Damage: Sendable {
    /// Strength of static, and the share of its color that the line loses.
    var noise, loss: Double
  }

  /// Where the lines of the picture lie, and what they lack.
  func plan(_ region: PixelRect, _ context: EffectContext) -> (RowShifts, [Int: Damage]) {
    var shifts = RowShifts(region, context.geometry)
    var damage: [Int: Damage] = [:]
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
      let parted = split * (state.unit(7) - 0.5)
      let (low, high) = (Int(top.rounded(.down)), Int((top + height).rounded(.up)))
      guard low < shifts.range.upperBound, high > shifts.range.lowerBound else { continue }
      // The time base as a spring: it is thrown aside, and comes back.
      let settling = 1 / max(1, height * (0.2 + 0.3 * state.unit(6)))
      var (swing, rough, gray) = (0.0, 0.0, 0.0)
      var next = low
      var number = 0
      for line in low..<min(high, shifts.range.upperBound) {
        let share = (Double(line) + 0.5 - top) / height
        let isKick = line == next
        let before = swing
        if isKick {
          let kick = state.derived("kick").derived(number)
          // The first throws lines all the way, others to and fro.
          swing = number == 0 ? 1 : swing + (kick.unit(0) - 0.45) * 0.9 * (1 - 0.6 * share)
          swing = max(-1, min(1, swing))
          let hit = number == 0 ? 1 : 0.35 + 0.5 * kick.unit(1)
          (rough, gray) = (max(rough, hit), max(gray, hit))
          next = line + max(2, Int((height * (0.06 + 0.5 * kick.unit(2) * kick.unit(2))).rounded()))
          number += 1
          if noise > 0, kick.unit(3) < 0.4 + 0.6 * noise {
            shifts.turns[line] = RowShifts.Turn(place: kick.unit(4), before: displaced(before, line))
          }
        }
        func displaced(_ swing: Double, _ line: Int) -> SIMD3<Double> {
          // What is left of it runs out towards the lower edge.
          let s = max(0, min(1, share))
          let unsteady = 1 + noise * 0.12 * (2 * state.derived("line").unit(line) - 1)
          let x = amplitude * max(-1.4, min(1.4, swing * unsteady)) * (1 - s * s * s)
          return SIMD3(x * (1 + parted), x, x * (1 - parted))
        }
        shifts[line] = displaced(swing, line)
        if noise > 0, rough > 0.02 || gray > 0.02 {
          var own = damage[line] ?? Damage(noise: 0, loss: 0)
          own.noise = max(own.noise, noise * rough * (0.6 + 0.8 * state.derived("rough").unit(line)))
          own.loss = max(own.loss, min(1, noise * 1.4 * gray))
          damage[line] = own
        }
        swing -= swing * settling
        rough *= 0.55
        gray -= gray * min(1, 2 * settling)
      }
    }
    return (shifts, damage)
  }
}

/// Static over single rows. For one thread.
private final class Burst {
  private let columns: AreaTaps
  private let start, count, width: Int
  private let cells, sum: UnsafeMutablePointer<Float>

  init(columns: AreaTaps, width: Int) {
    self.columns = columns
    self.width = width
    start = columns.pixels > 0 ? Int(columns.first[0]) : 0
    count = (columns.pixels > 0 ? Int(columns.first[columns.pixels - 1]) - start : 0) + columns.count
    cells = .allocate(capacity: 2 * (count + 8))
    cells.initialize(repeating: 0, count: 2 * (count + 8))
    sum = .allocate(capacity: width + 8)
    sum.initialize(repeating: 0, count: width + 8)
  }

  deinit {
    cells.deallocate()
    sum.deallocate()
  }

  /// Takes the share `loss` of the row's color and lays static over it, that of each line with its strength.
  func draw(over row: Row, _ lines: [(line: Int, strength: Double)], _ noise: RadioNoise, loss: Float) {
    cells.update(repeating: 0, count: count)
    let one = cells + count + 8
    for own in lines {
      noise.fill(own.line, from: start, count: count, into: one)
      let strength = Float(own.strength)
      for k in 0..<count { cells[k] += one[k] * strength }
    }
    let taps = columns.count
    var weights = columns.weights
    for x in 0..<min(width, columns.pixels) {
      let source = cells + (Int(columns.first[x]) - start)
      var v = source[0] * weights[0]
      for tap in 1..<taps { v += source[tap] * weights[tap] }
      sum[x] = v
      weights += taps
    }
    let kept = 1 - loss
    row.mapVectors { r, g, b, a, i in
      let n = v8_load(sum + i)
      let (u, v, w) = (
        v8_clamp(r, -Burst.brightest, Burst.brightest), v8_clamp(g, -Burst.brightest, Burst.brightest),
        v8_clamp(b, -Burst.brightest, Burst.brightest)
      )
      let gray = u * 0.2126 + v * 0.7152 + w * 0.0722
      let gain = v8_clamp(n * 0.45 + 1, 0, 4)
      // Dark too has its static: what is added is light, as much as the receiver's gain makes of it.
      let spark = v8_max(n, v8_splat(0)) * 0.05 + v8_max(n - 1.2, v8_splat(0)) * 0.2
      let add = v8_min(spark, v8_splat(0.9)) * v8_clamp(a, 0, 1)
      r = (gray + (u - gray) * kept) * gain + add
      g = (gray + (v - gray) * kept) * gain + add
      b = (gray + (w - gray) * kept) * gain + add
    }
  }

  private static let brightest: Float = 1e30
}
