import Catalog
import Layers
import Raster
import Stage

/// A light without a lamp: it is seen by what it lights, and by the fog about it.
public struct LightSource: Prop {
  public enum Form: String, CaseIterable, Sendable { case point, spot, line, glow }

  public static let name = "light"
  public static let summary =
    "A light without a lamp, seen by what it lights and by the fog about it: a point, a spot, a line, or the glow of something far."

  var form = Form.point
  var at = SIMD3<Float>(0, 3, 12)
  var to: SIMD3<Float>?
  var color = LinearColor(1, 0.44, 0.11) * 20
  var intensity: Float = 1
  var softness: Float = 0.6
  var halo: Float?
  var haze: Float = 1
  var cone: Float = 60
  var edge: Float = 0.5
  var shadows = false
  var shadowsFrom: SIMD3<Float>?

  public static let parameters: [Parameter<LightSource>] = [
    .init("light", \.form, .choice, "A point, the cone of a spot, a line such as a tube, or a far glow."),
    .init("at", \.at, .place, "Where it is; where a line begins."),
    .init(
      "to", \.to, Codec<SIMD3<Float>>.place.optional,
      "What a spot points at, straight down if left out; where a line ends, 2 m to the right if left out."),
    .init(
      "color", \.color, .color,
      "Light on a white wall at one meter: `$amber * 20`. Lamps have 25 to 200, shop windows about 1."),
    .init(
      "intensity", \.intensity, .number(0...1000, suggested: 0...2),
      "Factor on the color, for lights that move."),
    .init(
      "softness", \.softness, .meters(0.01...500, suggested: 0.1...3),
      "Size of what shines. Keeps near walls from burning out."),
    .init(
      "halo", \.halo, Codec<Float>.meters(0.001...5000, suggested: 0.05...4).optional,
      "Size of the bright heart in the fog: 0.1 for a lamp, 3 for a sun; 60 if left out for a glow."),
    .init(
      "haze", \.haze, .number(0...100, suggested: 0...2),
      "Factor on the light in the fog alone; 0 lights walls only."),
    .init("cone", \.cone, .number(1...170, suggested: 20...90, unit: .degrees), "Opening of a spot."),
    .init("edge", \.edge, .number(0...1), "How much of the cone's opening is its soft edge."),
    .init("shadows", \.shadows, .flag, "Whether things throw shadows in it, through the fog as well."),
    .init(
      "shadows-from", \.shadowsFrom, Codec<SIMD3<Float>>.place.optional,
      "Where shadows seem to be thrown from, so that they can lag behind the light."),
  ]

  public init() {}

  /// Lights that a line is made of, and the distance between them at which it is one.
  private static let mostParts = 24

  public func build(in set: inout SetBuilder) throws {
    let light = color.light * intensity
    guard light != .zero else { return }
    switch form {
    case .point: set.add(part(at: at, light))
    case .glow: set.add(part(at: at, light))
    case .spot:
      var spot = part(at: at, light)
      let aim = (to ?? at - SIMD3(0, 1, 0)) - at
      let length = (aim * aim).sum().squareRoot()
      guard length > 1e-4 else {
        throw LayerProblems("to", "a spot cannot point at where it is itself")
      }
      spot.beam = Light.Beam(axis: aim / length, outer: cone / 2, inner: cone / 2 * (1 - edge))
      set.add(spot)
    case .line:
      let end = to ?? at + SIMD3(2, 0, 0)
      let way = end - at
      let length = (way * way).sum().squareRoot()
      // Points whose softness overlaps look like one line.
      let count = Int(max(2, min(Float(LightSource.mostParts), (length / max(0.05, softness)).rounded(.up))))
      for i in 0..<count {
        let share = (Float(i) + 0.5) / Float(count)
        set.add(part(at: at + way * share, light / Float(count)))
      }
    }
  }

  private func part(at position: SIMD3<Float>, _ color: SIMD3<Float>) -> Light {
    var part = Light(position: position, color: color)
    part.softness = softness * softness
    part.halo = halo ?? (form == .glow ? 60 : 0.1)
    part.haze = haze
    part.castsShadow = shadows
    part.shadowOrigin = shadowsFrom
    return part
  }
}
