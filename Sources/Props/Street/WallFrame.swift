import Raster
import Stage

/// The line of a street's wall on one side: places are told by how far they stand out from it.
struct WallFrame: Sendable {
  /// −1 left, 1 right.
  var side: Float
  /// From the middle of the street, meters.
  var distance: Float

  /// The wall's face that looks at the street.
  var face: SurfacePoint.Face { side < 0 ? .right : .left }

  func point(_ out: Float, _ y: Float, _ z: Float) -> Vector {
    Vector(side * (distance - out), y, z)
  }
}

/// A stretch of something, meters.
struct Span: Sendable, Hashable {
  var low: Float
  var high: Float

  init(_ low: Float, _ high: Float) {
    self.low = low
    self.high = high
  }

  static func about(_ middle: Float, _ width: Float) -> Span { Span(middle - width / 2, middle + width / 2) }

  var length: Float { high - low }
}

extension SetBuilder {
  /// A block that stands out from a wall by `out` (negative behind it). Nothing if it is thinner than paper.
  mutating func block(
    _ frame: WallFrame, out: Span, y: Span, z: Span, material: Int, seed: UInt32
  ) {
    guard out.length > 1e-3, y.length > 1e-3, z.length > 1e-3 else { return }
    box(
      frame.point(out.high, y.low, z.low), frame.point(out.low, y.high, z.high), material: material,
      seed: seed)
  }

  /// A dark line: a cable, a rail.
  mutating func line(_ points: [Vector], radius: Float) {
    guard points.count > 1 else { return }
    add(Strand(points: points, radius: radius))
  }
}

/// Draws by name: each depends on the seed and on its name alone.
struct Draws: Sendable {
  let seed: Seed

  init(_ seed: Seed) { self.seed = seed }

  /// Uniform in 0..<1.
  func unit(_ name: String, _ index: Int = 0) -> Float { Float(seed.derived(name).unit(index)) }

  func number(_ name: String, _ range: ClosedRange<Float>, _ index: Int = 0) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit(name, index)
  }

  func chance(_ name: String, _ share: Float, _ index: Int = 0) -> Bool { unit(name, index) < share }

  /// 0..<count.
  func pick(_ name: String, _ count: Int, _ index: Int = 0) -> Int {
    min(count - 1, Int(unit(name, index) * Float(count)))
  }

  func bits(_ name: String) -> UInt32 { seed.derived(name).low }
}
