import Catalog
import Raster
import Stage

/// Steam that rises out of the road, and the cover that it comes from.
public struct Steam: Prop {
  public enum Cover: String, CaseIterable, Sendable { case manhole, grate, none }

  public static let name = "steam"
  public static let summary =
    "Steam out of a manhole or a grate: wisps that turn, rise, lean in the wind and dissolve, in the light of the set."

  var amount: Float = 0.7
  var at = SIMD3<Float>(0.8, 0, 8)
  var height: Float = 2.6
  var width: Float = 1.5
  var cover = Cover.manhole
  var coverSize: Float = 0.66
  var drift: Float = 0.35
  var speed: Double = 0.7
  var brightness: Float = 1.3
  var color = LinearColor(0, 0, 0)

  public static let parameters: [Parameter<Steam>] = [
    .init("steam", \.amount, .number(0...1), "How much of it there is: 0.2 is a breath, 1 a broken pipe."),
    .init("at", \.at, .place, "Where it leaves the ground."),
    .init("height", \.height, .meters(0.05...200, suggested: 1...6), "Where the last of it dissolves."),
    .init("width", \.width, .meters(0.02...200, suggested: 0.5...4), "Width near its top."),
    .init("cover", \.cover, .choice, "What it comes out of: a manhole cover, a grate, or nothing."),
    .init(
      "cover-size", \.coverSize, .meters(0.02...50, suggested: 0.4...1.2),
      "Width of the cover, and of the steam at the ground."),
    .init(
      "drift", \.drift, .meters(-200...200, suggested: -2...2),
      "How far the wind has carried its top to the right."),
    .init(
      "speed", \.speed, .number(0...100, suggested: 0...2),
      "Meters a second that it rises halfway up; in a loop as near as closes it. 0 stands still."),
    .init(
      "brightness", \.brightness, .number(0...3, suggested: 0.3...2),
      "How much of the light that falls on it it sends to the camera; steam before a light is bright."),
    .init("color", \.color, .color, "Light of its own, strongest at the ground; black for none."),
  ]

  public init() {}

  /// Layers one behind the other: what lies between them is what moves when the camera does.
  private static let layers = 3
  /// What each of them covers at most.
  private static let densest: Float = 0.32

  public func build(in set: inout SetBuilder) throws {
    addCover(to: &set)
    guard amount > 0 else { return }
    // It is as round as it is wide: the layers face whoever looks.
    let eye = set.scene.camera.eye
    let way = SIMD2(at.x - eye.x, at.z - eye.z)
    let distance = (way * way).sum().squareRoot()
    let along = distance > 1e-3 ? way / distance : SIMD2(0, 1)
    let right = Vector(along.y, 0, -along.x)
    let back = Vector(along.x, 0, along.y)
    let plume = Plume(
      height: height, top: width * 0.5, foot: coverSize * 0.36, drift: drift * right.x, amount: amount)
    for layer in 0..<Steam.layers {
      let seed = set.seed.derived("layer").derived(layer)
      let place = Float(layer) / Float(Steam.layers - 1) - 0.5
      let picture = SteamPicture(
        plume: plume,
        motion: SteamMotion(
          speed: speed * (1 - 0.2 * Double(place)), cell: Double(plume.cell), moment: set.moment, seed: seed),
        densest: Steam.densest, brightness: brightness, light: color.light,
        ambient: pointwiseMax(set.scene.air.ambient, Vector()),
        lean: SIMD2(-4.4 * place, layer == 1 ? -3 : -1.6))
      let box = picture.plume.extent
      // Layers at the foot of the plume touch: there it is thin.
      let foot = at + back * (place * min(width, height) * 0.4)
      set.add(
        Card(
          origin: foot + right * box.lowerBound, right: right * (box.upperBound - box.lowerBound),
          up: Vector(0, height, 0), picture: picture))
    }
  }

  private func addCover(to set: inout SetBuilder) {
    guard cover != .none else { return }
    let size = SIMD2(coverSize, cover == .grate ? coverSize * 0.7 : coverSize)
    set.add(
      Card(
        origin: at + Vector(-size.x / 2, 0.004, -size.y / 2), right: Vector(size.x, 0, 0),
        up: Vector(0, 0, size.y), picture: CoverPicture(isGrate: cover == .grate, size: size)))
  }
}
