import CVector
import Catalog
import Raster

/// The color planes of the picture moved apart: red one way, blue the other, as when they arrive at different times.
///
/// `rows` lets groups of lines go their own ways, sideways, each for a while.
public struct ChannelShift: Effect {
  public static let name = "channel-shift"
  public static let summary = "Red and blue move apart, evenly or by rows."

  var amount: Float = 0.3
  var angle: Double = 0
  var rows: Double = 0.35
  var rowSize: Double = 0.03
  var rate: Double = 6

  public static let parameters: [Parameter<ChannelShift>] = [
    .init(
      "channel-shift", \.amount, .number(0...1, suggested: 0.05...0.6),
      "Strength; at 1 red and blue each lie 3 % of the picture's height beside green."),
    .init("angle", \.angle, .angle(), "Where red moves; blue moves the other way."),
    .init(
      "rows", \.rows, .number(0...1),
      "How unequally rows move: 0 all alike, 1 each group of rows by its own length, sideways."),
    .init("row-size", \.rowSize, .length(0.002...0.5, suggested: 0.005...0.1), "Height of such a group."),
    .init("rate", \.rate, .number(0...60, suggested: 1...12, unit: .hertz), "How often a group moves anew."),
  ]

  public static let neutral: ChannelShift? = {
    var shift = ChannelShift()
    shift.amount = 0
    return shift
  }()

  /// Displacement at amount 1, shares of the height.
  static let displacement = 0.03
  /// The farthest that a group of rows goes, times that.
  private static let farthest = 2.5

  public init() {}

  /// Displacement of red, shares of the height.
  private var way: Point {
    let turns = angle / 360
    let (x, y) = (ChannelShift.cosine(turns), ChannelShift.cosine(turns - 0.25))
    let length = Double(amount) * ChannelShift.displacement
    return Point(length * x, length * y)
  }

  /// cos(2π t), exact at quarters of a turn.
  private static func cosine(_ turns: Double) -> Double {
    let d = abs(turns - (turns + 0.5).rounded(.down))
    let x = (0.25 - d) * 2 * Double.pi
    let z = x * x
    let series = 1 - z / 72 * (1 - z / 110 * (1 - z / 156))
    return x * (1 - z / 6 * (1 - z / 20 * (1 - z / 42 * series)))
  }

  private func margins(_ geometry: Geometry) -> (x: Int, y: Int) {
    let height = Double(geometry.trimHeight)
    let row = Double(amount) * ChannelShift.displacement * rows * ChannelShift.farthest
    return (
      Int(((abs(way.x) + row) * height).rounded(.up)) + 3, Int((abs(way.y) * height).rounded(.up)) + 2
    )
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let margins = margins(geometry)
    return Reach(x: margins.x, y: margins.y)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let line = ShiftedLine.bytes(width: region.width, margin: margins(context.geometry).x)
    return Plane.bytes(width: region.width, height: region.height) + context.workers.count * 2 * line
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let geometry = context.geometry
    let (margin, _) = margins(geometry)
    let before = try Plane(width: region.width, height: region.height)
    let shifts = plan(region, context)
    let scale = Double(geometry.trimHeight)
    let way = way
    for (plane, sign) in [(frame.red, 1.0), (frame.blue, -1.0)] {
      context.workers.bands(rows: region.height, width: region.width) { rows in
        for i in rows { before.row(i).update(from: plane.row(i), count: region.width) }
      }
      // Upright by parts of a pixel between two rows; sideways line by line.
      let down = sign * way.y * scale
      let whole = (-down).rounded(.down)
      let part = Float(-down - whole)
      context.workers.bands(rows: region.height, width: region.width) { rows in
        let line = ShiftedLine(width: region.width, margin: margin, beyond: .mirrored)
        let mixed = UnsafeMutablePointer<Float>.allocate(capacity: region.width)
        defer { mixed.deallocate() }
        func row(_ y: Int) -> UnsafeMutablePointer<Float> {
          before.row(max(0, min(region.height - 1, y)))
        }
        for i in rows {
          let (a, b) = (row(i + Int(whole)), row(i + Int(whole) + 1))
          if part < 1e-3 {
            line.load(a)
          } else {
            for x in 0..<region.width {
              let (u, v) = (max(-1e30, min(1e30, a[x])), max(-1e30, min(1e30, b[x])))
              mixed[x] = u + (v - u) * part
            }
            line.load(mixed)
          }
          var pieces = shifts.pieces(row: region.minY + i)
          if pieces.isEmpty { pieces = [RowShifts.Piece(shift: .zero, weight: 1)] }
          for (index, piece) in pieces.enumerated() {
            line.read(
              shift: sign * (way.x + piece.shift.x) * scale, weight: Float(piece.weight), adding: index > 0,
              into: plane.row(i), count: region.width)
          }
        }
      }
    }
  }

  /// What groups of rows add sideways.
  private func plan(_ region: PixelRect, _ context: EffectContext) -> RowShifts {
    var shifts = RowShifts(region, context.geometry)
    guard rows > 0 else { return shifts }
    let time = SlowTime(context.moment)
    let height = max(1, rowSize * Double(RowShifts.lines))
    let length = Double(amount) * ChannelShift.displacement * rows
    let seed = context.seed.derived("rows")
    // Groups of three sizes lie over each other, so that their edges do not stand in line.
    for (layer, factor) in [0.35, 1.0, 2.7].enumerated() {
      let own = seed.derived(layer)
      let size = max(1, height * factor)
      let offset = own.unit(-1) * size
      for line in shifts.range {
        let group = Int(((Double(line) + offset) / size).rounded(.down))
        let member = own.derived(group)
        let (step, _) = time.step(rate: rate * (0.5 + member.unit(0)), phase: member.unit(1))
        let state = member.derived(step)
        // Half of the groups stay, and few go far.
        let u = state.unit(2)
        guard u > 0.5 else { continue }
        let far = (u - 0.5) * 2
        let x = length * ChannelShift.farthest / 3 * far * far * (state.unit(3) < 0.3 ? -1 : 1)
        shifts[line] += SIMD3(x, 0, -x)
      }
    }
    return shifts
  }
}
