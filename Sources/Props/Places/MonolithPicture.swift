import Outline
import Raster
import Stage

/// A form with slanted or round outlines, seen from the front: two facets that meet in an edge, courses of stone,
/// a rim of far light on one side, and perhaps one line of light. Lengths are meters.
struct MonolithPicture: CardPicture {
  let form: MonolithForm
  let width: Float
  let height: Float
  /// Light of the line, linear; black for none.
  let line: Vector
  /// Light of the glow on edges that face it.
  let edge: Vector
  /// Where the glow lies in the unmirrored picture, −1…1.
  let side: Float
  let isMirrored: Bool
  /// Share of the glow that stands in the air before all of it.
  let mist: Float
  let seed: Seed

  var hasSurface: Bool { true }

  func paint(_ canvas: CardCanvas) {
    let sketch = Sketch(self, canvas)
    switch form {
    case .obelisk: sketch.obelisk()
    case .spire: sketch.spire()
    case .ring: sketch.ring()
    default: sketch.blades()
    }
  }
}

private struct Sketch {
  let picture: MonolithPicture
  let canvas: CardCanvas
  let drawing: CardDrawing
  let relief: StoneRelief
  let texel: SIMD2<Float>

  init(_ picture: MonolithPicture, _ canvas: CardCanvas) {
    self.picture = picture
    self.canvas = canvas
    drawing = CardDrawing(canvas, width: picture.width, height: picture.height)
    var relief = StoneRelief(seed: picture.seed.derived("relief").low)
    relief.course = max(0.4, picture.height / 16)
    relief.sign = relief.course * 0.33
    self.relief = relief
    texel = drawing.texel
  }

  /// A point in shares: x from the middle in widths, y up in heights.
  private func at(_ x: Double, _ y: Double) -> SIMD2<Double> {
    let across = picture.isMirrored ? -x : x
    return SIMD2((across + 0.5) * drawing.size.x, y * drawing.size.y)
  }

  /// A texel's place: x from the middle, unmirrored, and y, meters.
  private func place(_ x: Int, _ y: Int) -> SIMD2<Float> {
    var p = drawing.place(x, y)
    p.x -= picture.width / 2
    if picture.isMirrored { p.x = -p.x }
    return p
  }

  /// How stone looks that leans to the side by a slope and lies so far inside its outline.
  ///
  /// - Parameters:
  ///   - left, right: distances from the outline at either side, meters.
  ///   - slope: of the facet, as of a height map.
  private func stone(
    _ u: Float, _ v: Float, left: Float, right: Float, slope: SIMD2<Float>, tone extra: Float = 1
  ) -> CardPaint {
    let tone = relief.tone(u, v, footprint: texel) * extra
    let w = max(0.12, picture.width * 0.012)
    let side = picture.side
    let rim =
      edgeLight(left, width: w, footprint: texel.x) * max(0, 0.30 - 0.70 * side)
      + edgeLight(right, width: w, footprint: texel.x) * max(0, 0.30 + 0.70 * side)
    let broken = 0.35 + 0.85 * SurfaceNoise.value(v * 0.35, 3.5, relief.seed)
    // A slope to the right that falls away faces right.
    let facing = max(0, -slope.x * side)
    let light = picture.edge * ((rim * broken + picture.mist + 0.22 * facing) * tone)
    let across = picture.isMirrored ? -slope.x : slope.x
    return CardPaint(
      light: light, albedo: Vector(1, 0.96, 0.92) * (0.05 * tone), slope: SIMD2(across, slope.y), gloss: 0.05)
  }

  /// A line of light within `x` shares of the width and `y` of the height, laid over what is there, and its halo.
  private func lineOfLight(x: ClosedRange<Double>, y: ClosedRange<Double>) {
    guard picture.line != Vector(0, 0, 0) else { return }
    let low = Float(y.lowerBound) * picture.height
    let high = Float(y.upperBound) * picture.height
    let middle = Float(x.lowerBound + x.upperBound) / 2 * picture.width
    let half = Float(x.upperBound - x.lowerBound) / 2 * picture.width
    let reach = max(half * 14, picture.width * 0.08)
    for row in 0..<canvas.height {
      let v = place(0, row).y
      let beyond = max(0, max(low - v, v - high))
      guard beyond < reach else { continue }
      let ends = SurfaceNoise.cover(low, high, v, texel.y)
      for column in 0..<canvas.width {
        let d = abs(place(column, row).x - middle)
        guard d < reach else { continue }
        let i = row * canvas.width + column
        // The stone about the line is lit by it; beyond the stone there is only air.
        let away = (d * d + beyond * beyond).squareRoot() / max(1e-4, half * 2.2)
        let fade = max(0, 1 - max(d, beyond) / reach)
        let halo = 0.22 / (1 + away * away) * fade * canvas.alpha[i]
        let core = SurfaceNoise.cover(-half, half, d, texel.x) * ends
        let light = picture.line * (halo * (1 - core) + core)
        canvas.red[i] += light.x
        canvas.green[i] += light.y
        canvas.blue[i] += light.z
      }
    }
  }

  // MARK: Forms

  /// Left and right outline at a height, in shares of the width, and where the two facets meet.
  private typealias Profile = (_ t: Double) -> (left: Double, right: Double, arris: Double)

  /// A body between two outlines, from the ground to `top`.
  private func body(
    from bottom: Double = 0, to top: Double, steps: Int = 40, cut: Double = 0, _ profile: Profile
  ) {
    var left: [SIMD2<Double>] = []
    var right: [SIMD2<Double>] = []
    var arris: [SIMD2<Double>] = []
    for i in 0...steps {
      let t = bottom + (top - bottom) * Double(i) / Double(steps)
      let p = profile(t)
      // The end is cut at a slant: the right side stops lower.
      let drop = i == steps ? cut : 0
      left.append(at(p.left, t))
      right.append(at(p.right, t - drop))
      arris.append(at(p.arris, t - drop * 0.4))
    }
    let all = drawing.polygon(left + right.reversed())
    let shaded = drawing.polygon(arris + right.reversed())
    let w = picture.width
    let h = picture.height
    func paint(_ x: Int, _ y: Int, _ slope: Float) -> CardPaint {
      let p = place(x, y)
      let profile = profile(max(0, min(1, Double(p.y / h))))
      return stone(
        p.x, p.y, left: p.x - Float(profile.left) * w, right: Float(profile.right) * w - p.x,
        slope: SIMD2(slope, 0), tone: slope > 0 ? 1.1 : 0.8)
    }
    canvas.cover(all) { paint($0, $1, 0.45) }
    canvas.cover(shaded) { paint($0, $1, -0.75) }
  }

  func obelisk() {
    let lean = 0.03 * (picture.seed.unit(1) - 0.5)
    let top = 0.11 + 0.07 * picture.seed.unit(2)
    let arris = 0.25 + 0.35 * picture.seed.unit(3)
    let profile: Profile = { t in
      // A foot that spreads, a shaft that narrows, and a cut end.
      let s = 1 - t
      let foot = 0.22 * s * s * s * s
      let shaft = (0.26 - top) * s + top
      let half = foot + shaft
      let middle = lean * t
      return (middle - half, middle + half, middle - half + 2 * half * arris)
    }
    body(to: 0.99, cut: 0.035, profile)
    lineOfLight(x: (lean - 0.010)...(lean + 0.010), y: 0.08...0.84)
  }

  func spire() {
    let lean = 0.02 * (picture.seed.unit(1) - 0.5)
    let tip = 0.016
    let profile: Profile = { t in
      let s = 1 - t
      let half = 0.40 * s * s * s + 0.07 * s * s + tip * (0.4 + 0.6 * s)
      let middle = lean * t
      return (middle - half, middle + half, middle - half * 0.2)
    }
    body(to: 0.84, steps: 60, profile)
    // The tip hovers above a gap, and three collars hold nothing.
    body(from: 0.852, to: 0.99, steps: 12) { t in
      let half = tip * (0.99 - t) / 0.138 + 0.002
      return (lean * t - half, lean * t + half, lean * t)
    }
    for (k, t) in [0.34, 0.52, 0.68].enumerated() {
      let p = profile(t)
      let grow = 1.5 + 0.25 * Double(k)
      let middle = (p.left + p.right) / 2
      let half = (p.right - p.left) / 2 * grow
      body(from: t, to: t + 0.012, steps: 1) { _ in (middle - half, middle + half, middle - half * 0.2) }
    }
    lineOfLight(x: (lean - 0.006)...(lean + 0.006), y: 0.70...0.83)
  }

  func ring() {
    let w = drawing.size.x
    let h = drawing.size.y
    // As round as the card allows, on a stem or standing on the ground.
    let outer = min(w * 0.48, h * 0.42)
    let stands = picture.seed.unit(1) < 0.3
    let thick = outer * (0.12 + 0.10 * picture.seed.unit(2))
    let middle = SIMD2(w / 2, stands ? outer * 0.96 : h - outer - h * 0.01)
    let stem = w * 0.028
    let base = outer * 0.16
    let center = place(for: middle)
    if !stands {
      // The stem widens where it enters the ground.
      let foot = middle.y - outer + thick * 0.4
      let left = [
        at(-base / w, 0), at(-stem / w, 0.10), at(-stem * 0.75 / w, foot / h),
      ]
      let right = [
        at(stem * 0.75 / w, foot / h), at(stem / w, 0.10), at(base / w, 0),
      ]
      canvas.cover(drawing.polygon(left + right)) { x, y in
        let p = place(x, y)
        return stone(
          p.x, p.y, left: p.x + Float(stem), right: Float(stem) - p.x,
          slope: SIMD2(-1.2 * p.x / max(0.01, Float(stem)), 0), tone: 0.9)
      }
    }
    // The wall of the hole, seen past the front face: it is turned to the glow.
    let shift = thick * 0.22 * (picture.side < 0 ? -1 : 1) * (picture.isMirrored ? -1 : 1)
    let inner = outer - thick
    var wall = drawing.ellipse(middle.x, middle.y, outer, outer)
    wall.append(hole(middle.x + shift, middle.y + thick * 0.05, inner - thick * 0.12, inner - thick * 0.12))
    canvas.cover(wall, rule: .evenOdd) { x, y in
      let p = place(x, y) - center
      let radius = max(0.01, (p * p).sum().squareRoot())
      let facing = max(0, -(p.x / radius) * (picture.side < 0 ? -1 : 1))
      let tone = relief.tone(p.y * 0.7, radius, footprint: texel)
      let light =
        picture.edge * ((0.05 + picture.mist + 0.55 * facing) * tone)
        + inside(radius, inner: Float(inner - thick * 0.12))
      return CardPaint(
        light: light, albedo: Vector(1, 0.96, 0.92) * 0.05, slope: SIMD2(0, 0), gloss: 0.05)
    }
    var face = drawing.ellipse(middle.x, middle.y, outer, outer)
    face.append(hole(middle.x, middle.y, inner, inner))
    canvas.cover(face, rule: .evenOdd) { x, y in
      let p = place(x, y) - center
      let radius = max(0.01, (p * p).sum().squareRoot())
      let direction = p / radius
      // Wedge-shaped stones: their joints point at the middle.
      let turn = Sketch.turn(direction)
      let stones: Float = 28
      let along = turn * stones
      let joint = StoneRelief.lines(
        along, period: 1, width: 0.022, footprint: stones * texel.x / (2 * .pi * radius))
      let depth = Float(outer) - radius
      let lip = edgeLight(depth, width: Float(thick) * 0.05, footprint: texel.x)
      let facing = max(0, 0.25 + direction.x * picture.side + 0.35 * direction.y)
      let groove = StoneRelief.lines(
        depth - Float(thick) * 0.3, period: Float(thick) * 2, width: Float(thick) * 0.05, footprint: texel.x)
      let stain = 0.75 + 0.5 * SurfaceNoise.value(along * 0.9, depth * 0.4, relief.seed)
      let tone = stain * (1 - 0.55 * joint) * (1 - 0.5 * groove)
      return CardPaint(
        light: picture.edge * ((0.01 + picture.mist + lip * facing) * tone),
        albedo: Vector(1, 0.96, 0.92) * (0.05 * tone),
        slope: SIMD2(0, 0), gloss: 0.05)
    }
  }

  /// Light of a ring's line: along the inner edge of its wall.
  private func inside(_ radius: Float, inner: Float) -> Vector {
    guard picture.line != Vector(0, 0, 0) else { return Vector(0, 0, 0) }
    let w = max(0.05, picture.width * 0.004)
    return picture.line * edgeLight(radius - inner, width: w, footprint: texel.x)
  }

  /// Twin blades that lean towards each other, and the sphere that they do not touch.
  func blades() {
    let bow = 0.9 + 0.2 * picture.seed.unit(1)
    for hand in [-1.0, 1.0] {
      let tall = hand < 0 ? 0.985 : 0.95 + 0.03 * picture.seed.unit(2)
      body(to: tall, steps: 48, cut: hand < 0 ? 0.0 : 0.02) { t in
        let s = max(0, min(1, t / tall))
        // Outer edges bow in; the blades are thickest a third of the way up.
        let outer = 0.5 - 0.475 * s * (0.55 + 0.45 * s) * bow / (0.1 + 0.9 * bow)
        let thick = 0.17 * (1 - s) * (1 + 0.55 * s) + 0.006
        let inner = max(0.008, outer - thick)
        let edge = max(outer, inner + 0.004)
        return hand < 0
          ? (-edge, -inner, -edge + (edge - inner) * 0.62) : (inner, edge, inner + (edge - inner) * 0.38)
      }
    }
    let middle = SIMD2(drawing.size.x / 2, drawing.size.y * (0.40 + 0.14 * picture.seed.unit(3)))
    let r = drawing.size.x * 0.082
    let center = place(for: middle)
    canvas.cover(drawing.ellipse(middle.x, middle.y, r, r)) { x, y in
      let p = (place(x, y) - center) / Float(r)
      let d2 = min(0.97, (p * p).sum())
      let z = (1 - d2).squareRoot()
      let facing = max(0, p.x * picture.side * 0.8 + p.y * 0.45 + 0.15)
      let rim = (1 - z) * (1 - z)
      let seam = StoneRelief.lines(p.y * Float(r), period: Float(r) * 0.5, width: 0.05, footprint: texel.y)
      let light = picture.edge * (picture.mist + facing * (0.25 + 1.3 * rim)) + picture.line * (0.25 * rim)
      return CardPaint(
        light: light * (1 - 0.4 * seam), albedo: Vector(0.05, 0.05, 0.05),
        slope: SIMD2((picture.isMirrored ? 1 : -1) * p.x / z, -p.y / z), gloss: 0.3)
    }
  }

  /// A point of the drawing as ``place(_:_:)`` gives places.
  private func place(for p: SIMD2<Double>) -> SIMD2<Float> {
    let x = Float(p.x) - picture.width / 2
    return SIMD2(picture.isMirrored ? -x : x, Float(p.y))
  }

  private func hole(_ x: Double, _ y: Double, _ rx: Double, _ ry: Double) -> Path {
    drawing.ellipse(x, y, max(1e-3, rx), max(1e-3, ry))
  }

  /// Turns 0…1 of a unit vector about the middle, to 1e-3: uneven enough for stones.
  private static func turn(_ d: SIMD2<Float>) -> Float {
    let a = d.y / (abs(d.x) + abs(d.y) + 1e-6)
    return d.x >= 0 ? 0.25 + 0.25 * a : 0.75 - 0.25 * a
  }
}
