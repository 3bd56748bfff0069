import Catalog
import Raster
import Stage

/// A railing of round bars between two points.
public struct Railing: Prop {
  /// What stands between the posts.
  public enum Filling: String, CaseIterable, Sendable { case rails, pickets, cables }

  public static let name = "railing"
  public static let summary = "A railing of round bars from one point to another."
  public static let sampleValues = ["to": "[7.2, 0, 40]"]

  /// Posts and pickets of one railing; the distance between them grows where a railing is longer.
  static let maximumBars = 2000

  var filling = Filling.rails
  var from = SIMD3<Float>(7.2, 0.2, 2)
  var to = SIMD3<Float>(7.2, 0.2, 70)
  var height: Float = 1.05
  var spacing: Float = 1.6
  var thickness: Float = 0.05
  var rails = 2
  var sheen = LinearColor(0.25, 0.10, 0.10)
  var sheenLight: Float = 0.02

  public static let parameters: [Parameter<Railing>] = [
    .init(
      "railing", \.filling, .choice, "What stands between the posts: rails, upright pickets or thin cables."),
    .init("from", \.from, .place, "The foot of the first post."),
    .init("to", \.to, .place, "The foot of the last post."),
    .init("height", \.height, .meters(0.05...20, suggested: 0.8...1.4), "Of the hand rail."),
    .init("spacing", \.spacing, .meters(0.05...100, suggested: 1...3), "From post to post, about."),
    .init(
      "thickness", \.thickness, .meters(0.002...1, suggested: 0.03...0.08), "Of posts and of the hand rail."),
    .init("rails", \.rails, .integer(1...12), "How many run along it, the hand rail included."),
    .init("sheen", \.sheen, .color, "Color of the wet metal's own faint light."),
    .init("sheen-light", \.sheenLight, .number(0...100, suggested: 0...0.2), "Strength of that light."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) {
    let along = to - from
    let length = (along * along).sum().squareRoot()
    guard length > 1e-3, length.isFinite else { return }
    let light = sheen.light * sheenLight
    func bar(_ points: [Vector], _ thickness: Float, _ light: Vector) {
      var strand = Strand(points: points, radius: thickness / 2)
      strand.light = light
      set.add(strand)
    }
    let limit = Float(Railing.maximumBars)
    let posts = Int(max(1, min(limit / 4, (length / max(spacing, 0.01)).rounded())))
    let up = Vector(0, height, 0)
    // What runs along is cut at the posts: short pieces are found faster than one that spans all of the place.
    func rail(_ at: Float) -> [Vector] {
      (0...posts).map { from + along * (Float($0) / Float(posts)) + up * at }
    }
    for i in 0...posts {
      let foot = from + along * (Float(i) / Float(posts))
      bar([foot, foot + up], thickness, light * 0.6)
    }
    bar(rail(1), thickness, light)
    let others = max(0, rails - 1)
    switch filling {
    case .rails, .cables:
      for i in 0..<others {
        bar(
          rail(0.12 + 0.76 * (Float(i) + 0.6) / Float(max(1, others))),
          thickness * (filling == .cables ? 0.22 : 0.62), light * 0.8)
      }
    case .pickets:
      bar(rail(0.10), thickness * 0.62, light * 0.8)
      let count = Int(max(1, min(limit, length / 0.12)))
      for i in 0..<count {
        let foot = from + along * ((Float(i) + 0.5) / Float(count))
        bar([foot + up * 0.10, foot + up], thickness * 0.34, light * 0.5)
      }
    }
  }
}
