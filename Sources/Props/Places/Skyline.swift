import Raster
import Stage

/// Towers over the water, given as a rhythm: clusters with a peak, gaps, three depths, and crowns of a few families.
///
/// Everything is laid out by the angle at which it is seen from the shore, so that the rhythm holds for any number of
/// towers; the towers themselves stand where they stand.
struct Skyline {
  /// How a tower ends, and where it narrows.
  enum Family: Int, CaseIterable {
    case steps, slab, spire, twins, stairs, lantern, needle
  }

  /// Distance of the nearest quay and of the farthest towers, meters.
  var near: Float
  var far: Float
  /// x / z of the two ends.
  var span: ClosedRange<Float>
  /// Height of the highest towers, meters.
  var height: Float
  var count: Int
  var windows: Int
  var stone: Int
  var beacon: Vector
  var seed: Seed

  static let maximumTowers = 160

  func build(in set: inout SetBuilder) {
    let count = max(0, min(Skyline.maximumTowers, count))
    let width = max(0.01, span.upperBound - span.lowerBound)
    let layers: [(z: Float, share: Double, high: Float)] = [
      (0.10, 0.26, 0.55), (0.42, 0.36, 0.82), (0.85, 0.38, 1.05),
    ]
    var number = 0
    for (layer, plan) in layers.enumerated() {
      let s = seed.derived("layer").derived(layer)
      let here = Int((Double(count) * plan.share).rounded())
      for i in 0..<here {
        let t = s.derived(i)
        // Evenly strewn with a stray of less than half a step, so that neighbors overlap only now and then.
        let along = (Float(i) + 0.5 + 0.85 * (Float(t.unit(0)) - 0.5)) / Float(max(1, here))
        let u = span.lowerBound + width * along
        let crowd = envelope(along)
        // Gaps are left out but for a low house here and there.
        if Float(t.unit(1)) > 0.22 + 0.95 * crowd { continue }
        let z = near + (far - near) * (plan.z + 0.16 * (Float(t.unit(2)) - 0.5))
        let bell = 0.5 + 0.5 * Float(t.unit(3)) * Float(t.unit(4)) * 1.6
        let high = height * plan.high * (0.20 + 0.80 * crowd) * min(1.15, bell)
        let wide = max(9, min(30, high * (0.20 + 0.20 * Float(t.unit(5)))))
        tower(in: &set, x: u * z, z: z, width: wide, height: max(12, high), number: number, t)
        number += 1
      }
    }
    low(in: &set)
  }

  /// How crowded and high the city is along the bay, 0…1: three clusters of different reach over a low base.
  private func envelope(_ t: Float) -> Float {
    let s = seed.derived("clusters")
    var sum: Float = 0.24
    let places: [Float] = [0.15, 0.52, 0.80]
    let reaches: [Float] = [0.09, 0.13, 0.10]
    for k in 0..<3 {
      let middle = places[k] + 0.09 * (Float(s.unit(k * 3)) - 0.5)
      let reach = reaches[k] * (0.8 + 0.5 * Float(s.unit(k * 3 + 1)))
      let d = (t - middle) / reach
      let strength = 0.65 + 0.35 * Float(s.unit(k * 3 + 2))
      sum = max(sum, strength / (1 + d * d))
    }
    return min(1, sum)
  }

  /// Houses along the quay, and the quay with its lamps: what ties the towers to the water.
  private func low(in set: inout SetBuilder) {
    let s = seed.derived("low")
    let from = span.lowerBound * near
    let to = span.upperBound * near
    let pitch: Float = max(7, (to - from) / 90)
    let count = Int(max(0, min(120, (to - from) / pitch)))
    for i in 0..<count {
      let t = s.derived(i)
      if t.unit(0) < 0.18 { continue }
      let x = from + (Float(i) + Float(t.unit(1)) * 0.5) * pitch
      let w = pitch * (0.65 + 0.6 * Float(t.unit(2)))
      let h = 3.5 + 10 * Float(t.unit(3)) * Float(t.unit(3))
      let z = near + 6 + 14 * Float(t.unit(4))
      let own = t.low
      set.box(Vector(x, -0.5, z), Vector(x + w, h, z + 12), material: windows, seed: own)
      if t.unit(5) < 0.5 {
        set.box(
          Vector(x + w * 0.2, h, z + 2), Vector(x + w * 0.55, h + 1.6, z + 6), material: stone, seed: own)
      }
    }
  }

  private func tower(
    in set: inout SetBuilder, x: Float, z: Float, width w: Float, height h: Float, number: Int, _ s: Seed
  ) {
    let own = s.derived("windows").low
    let deep = w * (0.7 + 0.5 * Float(s.unit(6)))
    let families = Family.allCases
    let family = families[min(families.count - 1, Int(s.unit(7) * Double(families.count)))]
    /// A block about the tower's middle: half width, from, to, shift.
    func tier(
      _ half: Float, _ from: Float, _ to: Float, shift: Float = 0, material: Int? = nil, depth: Float = 1
    ) {
      guard to > from, half > 0 else { return }
      let d = deep * 0.5 * min(1, half / (w * 0.5)) * depth
      set.box(
        Vector(x + shift - half, from <= 0 ? -0.5 : from, z + deep / 2 - d),
        Vector(x + shift + half, to, z + deep / 2 + d), material: material ?? windows, seed: own)
    }
    func mast(_ from: Float, _ to: Float, shift: Float = 0, thick: Float = 0.35) {
      tier(thick, from, to, shift: shift, material: stone, depth: thick / max(0.1, deep) * 2)
    }
    let half = w / 2
    var top = h
    switch family {
    case .steps:
      // Setbacks as the law of light asked for them, each narrower and shorter.
      var y: Float = 0
      var k = half
      for i in 0..<4 {
        let next = y + (h - y) * (i == 3 ? 1 : 0.52 + 0.12 * Float(s.unit(20 + i)))
        tier(k, y, next, shift: (Float(s.unit(30 + i)) - 0.5) * half * 0.12)
        if i < 3 { tier(k + 0.4, next - 0.5, next + 0.4, material: stone) }
        y = next
        k *= 0.70 + 0.08 * Float(s.unit(40 + i))
      }
      mast(h, h * 1.10)
      top = h * 1.10
    case .slab:
      tier(half, 0, h)
      tier(half * 0.9, h, h + 2.2, material: stone)
      // Machines on the roof, a comb of aerials.
      tier(half * 0.25, h + 2.2, h + 5.5, shift: -half * 0.4, material: stone)
      for i in 0..<3 {
        mast(h, h + 5 + 9 * Float(s.unit(50 + i)), shift: half * (0.1 + 0.3 * Float(i)), thick: 0.14)
      }
      top = h + 6
    case .spire:
      tier(half, 0, h * 0.70)
      for i in 0..<6 {
        let t = Float(i) / 6
        tier(half * 0.86 * (1 - t), h * (0.70 + 0.20 * t), h * (0.70 + 0.20 * (t + 1 / 6.0)))
      }
      mast(h * 0.86, h * 1.12, thick: 0.28)
      top = h * 1.12
    case .twins:
      let gap = half * 0.14
      let thin = (half - gap) / 2
      tier(thin, 0, h, shift: -(gap + thin))
      tier(thin, 0, h * 0.93, shift: gap + thin)
      tier(gap * 1.1, h * 0.56, h * 0.61, material: stone)
      tier(thin * 0.6, h, h + 3, shift: -(gap + thin), material: stone)
      mast(h, h * 1.14, shift: -(gap + thin), thick: 0.22)
      top = h * 1.14
    case .stairs:
      // One side goes up in steps; the other is a sheer wall.
      let hand: Float = s.unit(8) < 0.5 ? -1 : 1
      let flights = 5
      for i in 0..<flights {
        let t = Float(i) / Float(flights)
        let part = half * (1 - 0.8 * t)
        tier(
          part, i == 0 ? 0 : h * (0.62 + 0.38 * t), h * (0.62 + 0.38 * (t + 0.2)), shift: hand * (half - part)
        )
      }
      top = h
    case .lantern:
      tier(half, 0, h * 0.86)
      tier(half * 1.06, h * 0.86, h * 0.875, material: stone)
      tier(half * 0.62, h * 0.875, h * 0.95)
      tier(half * 0.75, h * 0.95, h * 0.96, material: stone)
      tier(half * 0.20, h * 0.96, h)
      mast(h, h * 1.16, thick: 0.2)
      top = h * 1.16
    case .needle:
      tier(half * 0.9, 0, h * 0.5)
      tier(half * 0.62, h * 0.5, h * 0.8)
      tier(half * 0.36, h * 0.8, h * 1.02)
      mast(h * 1.02, h * 1.34, thick: 0.42)
      mast(h * 1.02, h * 1.20, shift: half * 0.2, thick: 0.16)
      top = h * 1.34
    }
    // Only what stands out bears a beacon.
    if h > height * 0.62, s.unit(9) < 0.7 { light(in: &set, at: Vector(x, top, z + deep / 2)) }
  }

  private func light(in set: inout SetBuilder, at place: Vector) {
    guard beacon != Vector(0, 0, 0) else { return }
    var strand = Strand(points: [place, place + Vector(0, 0.6, 0)], radius: 0.32)
    strand.light = beacon
    strand.halo = 0.12
    set.add(strand)
  }
}
