import CVector
import Outline
import Raster

/// A straight piece of a glowing tube, in picture pixels.
struct LightLine: Sendable {
  var from, to: Point
  /// Its light per length.
  var weight: Float
}

/// The light that tubes throw on the air and the wall around them.
///
/// Every piece of tube sends light that falls with the square of the distance; summed along a piece of length L
/// whose foot of the perpendicular lies t₀ from its start, that is (atan((L − t₀)/h) + atan(t₀/h)) / h with
/// h² = d² + r₀², which falls as 1/d beside a long tube. Unlike a function of the nearest distance it has no
/// creases midway between tubes, and letters that stand together light each other.
///
/// The sum is taken on grids that are tied to the sign and not to pixels. Each grid holds what the one before
/// it is too fine for: near a piece a fine grid, further away ones four times as coarse, with weights that add
/// up to one. A piece therefore costs a fixed number of grid points, however far its light reaches.
struct TubeLight: Sendable {
  /// Grid points in the core's radius: the error of interpolation stays below a hundredth of the peak. Light on a wall
  /// has a narrower peak.
  fileprivate static func density(_ target: Target) -> Double { target == .air ? 2 : 5 }
  /// The same where the grid is held up by the pixels: there is no room for ripples between them.
  fileprivate static let leastCore = 1.1

  /// What the light falls on.
  enum Target: Sendable {
    /// Air around the tubes, which scatters what passes through it.
    case air
    /// A wall behind them, whose distance is the core's radius: the cosine of the angle on the wall makes the light
    /// fall with the square of the distance, beside a long tube as r₀² / (d² + r₀²).
    case wall
  }

  private let plan: Plan
  private var grid: SampledGrid?

  /// Which grids there will be; nothing is summed yet.
  fileprivate struct Plan: Sendable {
    var lines: [LightLine] = []
    var core = 0.0
    var softness = 0.0
    var origin = Point.zero
    var visible = PixelRect(width: 0, height: 0)
    var target = Target.air
    /// From fine to coarse.
    var levels: [(step: Double, inner: Double, outer: Double)] = []
  }

  /// - Parameters:
  ///   - target: what the light falls on.
  ///   - core: r₀ in pixels, at which the glow has its full strength 1 beside an endless straight tube; on a wall it has
  ///     that right behind one.
  ///   - reach: where the light has faded to nothing, in pixels.
  ///   - origin: a point of the sign, to which the grids are tied.
  ///   - region: the pixels that are ever asked for.
  init(
    _ lines: [LightLine], on target: Target = .air, core: Double, reach: Double, origin: Point,
    region: PixelRect
  ) {
    plan = Plan(lines, on: target, core: core, reach: reach, origin: origin, region: region)
  }

  /// What ``withGrids(workers:)`` takes, and what stays.
  var memory: PainterMemory {
    guard grid == nil else { return .none }
    let sizes = plan.levels.map { level in
      let size = SampledGrid.size(step: level.step, region: plan.visible)
      return Plane.bytes(width: size.width, height: size.height)
    }
    // Each grid is made beside the coarser one.
    let peak = zip(sizes, sizes.dropFirst()).map { $0.adding($1) }.max() ?? sizes.first ?? 0
    return PainterMemory(held: sizes.first ?? 0, peak: peak)
  }

  /// This with the light summed up.
  func withGrids(workers: Workers) throws(OutOfMemory) -> TubeLight {
    guard grid == nil else { return self }
    var sum: SampledGrid?
    for level in plan.levels.reversed() {
      let next = try SampledGrid(step: level.step, origin: plan.origin, region: plan.visible)
      if let sum { next.add(sum, workers: workers) } else { next.clear(workers: workers) }
      next.add(
        plan.lines, on: plan.target, core: plan.core, softness: plan.softness, inner: level.inner,
        outer: level.outer, workers: workers)
      sum = next
    }
    var light = self
    light.grid = sum
    return light
  }

  /// Writes the light of the pixels from (`x`, `y`) on; 1 is the glow at the surface of a lone straight tube.
  func fill(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
    guard let grid else {
      out.update(repeating: 0, count: count)
      return
    }
    grid.fill(out, x: Double(x) + 0.5, step: 1, y: Double(y) + 0.5, count: count)
  }
}

extension TubeLight.Plan {
  fileprivate init(
    _ lines: [LightLine], on target: TubeLight.Target, core: Double, reach: Double, origin: Point,
    region: PixelRect
  ) {
    self.init()
    self.target = target
    var box = Rect.null
    for line in lines where line.weight > 0 {
      box.extend(to: line.from)
      box.extend(to: line.to)
    }
    guard !box.isNull, core > 0, reach > 0, reach.isFinite else { return }
    // Grids finer than the pixels would show nothing more; the core is never too narrow for its grid.
    let step = max(1, core / TubeLight.density(target))
    let softness = max(core, step * TubeLight.leastCore)
    let lit = box.expanded(by: reach)
    let visible = PixelRect(covering: lit.minX, lit.minY, lit.maxX, lit.maxY).intersection(region)
    guard !visible.isEmpty else { return }
    var levels: [(step: Double, inner: Double, outer: Double)] = [(step, 0, min(reach, softness * 8))]
    while let last = levels.last, last.outer < reach, levels.count < 12 {
      // The grid's step beside the distance at which the lines begin to count is the same for all levels.
      levels.append(
        (
          last.outer / (3 * TubeLight.density(target)), last.outer,
          levels.count == 11 ? reach : min(reach, last.outer * 4)
        ))
    }
    (self.lines, self.core, self.softness) = (lines, core, softness)
    (self.origin, self.visible, self.levels) = (origin, visible, levels)
  }
}

extension SampledGrid {
  /// Adds the light of lines: all of it within `inner`… none; between, what fades in; beyond `outer`, nothing.
  fileprivate func add(
    _ lines: [LightLine], on target: TubeLight.Target, core: Double, softness: Double, inner: Double,
    outer: Double, workers: Workers
  ) {
    let width = plane.width
    let height = plane.height
    let perOuter = Float(1 / (outer * outer))
    let perInner = Float(inner > 0 ? 1 / (inner * inner) : 0)
    let soft = Float(softness * softness)
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7) * Float(step)
    workers.bands(rows: height, width: width) { rows in
      for line in lines where line.weight > 0 {
        let top = Int(
          max(0, min(Double(height), ((min(line.from.y, line.to.y) - outer - corner.y) / step).rounded(.up))))
        let bottom = Int(
          max(
            0,
            min(Double(height), ((max(line.from.y, line.to.y) + outer - corner.y) / step).rounded(.down) + 1))
        )
        let left = Int(
          max(0, min(Double(width), ((min(line.from.x, line.to.x) - outer - corner.x) / step).rounded(.up))))
        let right = Int(
          max(
            0,
            min(Double(width), ((max(line.from.x, line.to.x) + outer - corner.x) / step).rounded(.down) + 1)))
        let (first, last) = (max(top, rows.lowerBound), min(bottom, rows.upperBound))
        guard first < last, left < right else { continue }
        let d = line.to - line.from
        let length = (d.x * d.x + d.y * d.y).squareRoot()
        // A dot of glass shines as a short piece does.
        let shining = Float(max(length, core * 0.3))
        let (ux, uy) = length > 0 ? (Float(d.x / length), Float(d.y / length)) : (1, 0)
        let weight = line.weight * Float(target == .air ? core / .pi : core * core / 2)
        for row in first..<last {
          let out = plane.row(row)
          let py = Float(corner.y + Double(row) * step - line.from.y)
          var column = left & ~7
          while column < right {
            let px = lanes + v8_splat(Float(corner.x + Double(column) * step - line.from.x))
            let along = px * ux + v8_splat(py * uy)
            let across = px * uy - v8_splat(py * ux)
            let beside = along - v8_clamp(along, 0, shining)
            let square = across * across + beside * beside
            var share = SampledGrid.fade(square * perOuter)
            if perInner > 0 { share -= SampledGrid.fade(square * perInner) }
            let rest = v8_splat(shining) - along
            let hh = across * across + v8_splat(soft)
            let light: SIMD8<Float>
            switch target {
            case .air:
              let h = v8_sqrt(hh)
              light = SampledGrid.angle(h * shining, hh - along * rest) / h
            case .wall:
              light = (rest / v8_sqrt(hh + rest * rest) + along / v8_sqrt(hh + along * along)) / hh
            }
            v8_store(out + column, v8_load(out + column) + share * light * weight)
            column += 8
          }
        }
      }
    }
  }

  /// 1 at 0, 0 from 1 on; of the squared distance, so that it is smooth at a line's ends too.
  @inline(__always)
  private static func fade(_ square: SIMD8<Float>) -> SIMD8<Float> {
    let u = v8_min(square, v8_splat(1))
    return v8_splat(1) - u * u * (v8_splat(3) - u * 2)
  }

  /// The angle of the vector (x, y), y > 0, in 0…π; absolute error below 2e-5.
  /// Abramowitz and Stegun, Handbook of Mathematical Functions, 4.4.49.
  @inline(__always)
  private static func angle(_ y: SIMD8<Float>, _ x: SIMD8<Float>) -> SIMD8<Float> {
    let a = v8_abs(x)
    let t = v8_min(a, y) / v8_max(v8_max(a, y), v8_splat(1e-30))
    let s = t * t
    var p = s * 0.0208351 - v8_splat(0.0851330)
    p = p * s + v8_splat(0.1801410)
    p = p * s - v8_splat(0.3302995)
    p = (p * s + v8_splat(0.9998660)) * t
    let steep = v8_select(v8_less(a, y), v8_splat(.pi / 2) - p, p)
    return v8_select(v8_less(x, v8_splat(0)), v8_splat(.pi) - steep, steep)
  }
}
