import CVector
import Catalog
import Raster

/// The film does not lie still in the gate: the picture wanders slowly, and shakes a little from frame to frame.
public struct GateWeave: Effect {
  public static let name = "gate-weave"
  public static let summary = "The picture wanders and shakes, as film does in a worn gate."

  var amount: Float = 0.4
  /// Hertz.
  var rate: Float = 0.8
  var shake: Float = 0.35
  var turn: Float = 0.3
  var sideways: Float = 0.7

  public static let parameters: [Parameter<GateWeave>] = [
    .init(
      "gate-weave", \.amount, .number(0...4, suggested: 0.1...1),
      "Strength; at 1 the picture strays by 0.4 % of its height."),
    .init("rate", \.rate, .number(0.02...10, suggested: 0.3...2, unit: .hertz), "How fast it wanders."),
    .init("shake", \.shake, .number(0...1), "How much of it is new in every frame of film, 24 a second."),
    .init("turn", \.turn, .number(0...4, suggested: 0...1), "How much it turns; 1 is a tenth of a degree."),
    .init(
      "sideways", \.sideways, .number(0...4, suggested: 0.3...1.5),
      "Width of the wandering beside its height."),
  ]

  public static let neutral: GateWeave? = {
    var weave = GateWeave()
    weave.amount = 0
    return weave
  }()

  /// Deviation of the height at amount 1, shares of the picture's height.
  private static let deviation = 0.0022
  /// What the wandering never exceeds, in deviations: reach must be known without the moment.
  private static let farthest = 2.5
  private static let filmRate = 24.0

  public init() {}

  /// Where the picture lies at a moment, or the farthest it may ever lie.
  private func motion(_ geometry: Geometry, _ place: (x: Double, y: Double, turn: Double)) -> SmallMotion {
    let span = geometry.pixels(Double(amount) * GateWeave.deviation)
    return SmallMotion(
      x: span * Double(sideways) * place.x, y: span * place.y,
      turn: Double(amount) * Double(turn) * 0.1 * .pi / 180 * place.turn / 2,
      center: geometry.point(0.5, 0.5))
  }

  private func motion(in context: EffectContext) -> SmallMotion {
    let gate = Unsteadiness("gate-weave", in: context)
    let (frame, _) = gate.step(rate: GateWeave.filmRate)
    func course(_ name: String) -> Double {
      let slow = gate.drift(name, rate: Double(rate))
      let quick = 2 * gate.seed.derived(name).derived("shake").unit(frame) - 1
      let k = Double(shake)
      return max(-GateWeave.farthest, min(GateWeave.farthest, slow * (1 - k) + quick * 1.7 * k))
    }
    return motion(context.geometry, (course("x"), course("y"), course("turn")))
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let most = GateWeave.farthest
    let pixels = motion(geometry, (most, most, most)).reach(in: geometry.bounds)
    return Reach(x: pixels, y: pixels)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    return Plane.bytes(width: region.width, height: region.height)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let motion = motion(in: context)
    guard !motion.isNone else { return }
    let (width, height) = (frame.width, frame.height)
    let copy = try Plane(width: width, height: height)
    for plane in frame.planes {
      context.workers.bands(rows: height, width: width) { rows in
        for i in rows { copy.row(i).update(from: plane.row(i), count: width) }
      }
      let shifted = ShiftedPlane(source: copy, region: frame.region, motion: motion)
      context.workers.bands(rows: height, width: width) { rows in
        for i in rows { shifted.draw(row: frame.region.minY + i, into: plane.row(i)) }
      }
    }
  }
}
