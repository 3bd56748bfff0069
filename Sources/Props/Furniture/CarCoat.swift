import Outline
import Raster
import Stage

/// What a car's panels show: paint, glass, lamps, wheels.
struct CarCoat: Sendable {
  static let red = Vector(1, 0.03, 0.02)
  static let amber = Vector(1, 0.38, 0.03)
  static let white = Vector(1, 0.86, 0.62)

  private static let black = Vector(repeating: 0.006)
  private static let chrome = Vector(repeating: 0.16)
  private static let trim = Vector(repeating: 0.014)

  var color: Vector
  /// 0…1.
  var wet: Float
  /// Light of the sky above, which wet paint mirrors.
  var sky: Vector
  var lights: Car.Lights
  var power: Float
  var seed: UInt32

  /// A strip across the car.
  struct Strip {
    var facet: CarShape.Facet
    var outline: [SIMD2<Double>]
    var size: SIMD2<Double>
    /// Half the width of its first and last edge.
    var low: Double
    var high: Double
    var isRear: Bool
    /// Slopes by which it leans towards its neighbors at both edges.
    var bends: SIMD2<Double>
    /// How much it faces the sky, 0…1.
    var upward: Float
  }

  // MARK: Paints

  /// Painted metal, its beads of water, and what it mirrors of the sky.
  private func metal(
    _ p: SIMD2<Float>, slope: SIMD2<Float>, upward: Float, albedo: Vector? = nil, gloss: Float = 1
  ) -> CardPaint {
    let stain = 0.75 + 0.5 * SurfaceNoise.fbm(p.x * 3, p.y * 3, seed, octaves: 3)
    // Water stands on what faces the sky; it runs off the sides.
    let beads =
      SIMD2(
        SurfaceNoise.value(p.x * 30, p.y * 24, seed &+ 9) - 0.5,
        SurfaceNoise.value(p.x * 30, p.y * 24, seed &+ 10) - 0.5) * (0.14 * wet * upward)
    // The more a place looks up, the more of the sky it mirrors.
    let up = max(0, min(1, upward - slope.y * 0.6))
    return CardPaint(
      light: sky * ((0.02 + 0.05 * wet) * up * up * (0.7 + 0.6 * stain)) * gloss,
      albedo: (albedo ?? color) * stain, slope: slope + beads,
      gloss: min(1, (0.2 + 0.4 * wet) * (0.5 + 0.5 * upward + min(1, abs(slope.y))) * gloss))
  }

  /// Glass with a streak of light running across it.
  private func glass(_ p: SIMD2<Float>, upward: Float, lean: Float) -> CardPaint {
    let along = p.x + lean * p.y
    let streak = SurfaceNoise.fbm(along * 2.1, p.y * 0.4, seed &+ 21, octaves: 2)
    let mirrored = (0.010 + 0.05 * upward) * (0.3 + 1.6 * SurfaceNoise.step(0.42, 0.7, streak))
    // Unevenly wet: highlights break into streaks.
    let film = SurfaceNoise.step(0.3, 0.8, SurfaceNoise.fbm(along * 3.3, p.y * 0.9, seed &+ 22, octaves: 3))
    return CardPaint(light: sky * mirrored, albedo: CarCoat.black, gloss: 0.06 + 0.34 * film)
  }

  private static func flat(_ albedo: Vector, gloss: Float = 0.3, light: Vector = .zero) -> CardPaint {
    CardPaint(light: light, albedo: albedo, gloss: gloss)
  }

  // MARK: Strips

  func panel(_ strip: Strip) -> CarPanel {
    var panel = CarPanel(size: strip.size)
    let (w, l) = (Float(strip.size.x), Float(strip.size.y))
    let middle = w / 2
    let (low, high) = (Float(strip.low), Float(strip.high))
    let bends = SIMD2<Float>(Float(strip.bends.x), Float(strip.bends.y))
    let upward = strip.upward
    let ends: Float = strip.facet == .roof ? l / 2 : min(l / 2, 0.07)
    @Sendable func slope(_ p: SIMD2<Float>) -> SIMD2<Float> {
      let half = max(0.1, low + (high - low) * p.y / max(1e-4, l))
      let x = (p.x - middle) / half
      // Crowned across, rolling over at both sides.
      let roll = max(0, (abs(x) - 0.9) * 10)
      let slopeX = -x * 0.14 - (x < 0 ? -1 : 1) * roll * roll * 0.9
      let first = max(0, 1 - p.y / max(1e-4, ends)) * bends.x
      let second = max(0, 1 - (l - p.y) / max(1e-4, ends)) * bends.y
      return SIMD2(slopeX, first - second)
    }
    let outline = Path.panel(strip.outline)
    let body: @Sendable (SIMD2<Float>) -> CardPaint = { metal($0, slope: slope($0), upward: upward) }
    switch strip.facet {
    case .under:
      panel.parts.append(.init(outline) { metal($0, slope: slope($0), upward: upward, gloss: 0.5) })
    case .trunk, .hood, .roof:
      panel.parts.append(.init(outline, paint: body))
      if strip.facet == .hood, l > 0.3 {
        // Two creases.
        for x in [-0.42, 0.42] {
          panel.parts.append(
            .init(.panel(strip.size.x / 2 + x - 0.012...strip.size.x / 2 + x + 0.012, 0...strip.size.y)) {
              metal($0, slope: SIMD2(x < 0 ? 0.5 : -0.5, 0), upward: upward)
            })
        }
      }
    case .rearGlass, .windshield:
      let inset = 0.075
      let c = strip.size.x / 2
      let (y0, y1) = (0.05, max(0.06, strip.size.y - 0.05))
      // The roof's side of the pane is the narrow one.
      let pane = Path.panel([
        SIMD2(c - strip.low + inset, y0), SIMD2(c + strip.low - inset, y0),
        SIMD2(c + strip.high - inset, y1), SIMD2(c - strip.high + inset, y1),
      ])
      panel.parts.append(.init(pane, opacity: 0.8) { glass($0, upward: 0.35 + 0.4 * upward, lean: 0.5) })
      var frame = outline
      frame.append(pane)
      panel.parts.append(.init(frame, rule: .evenOdd, paint: body))
      // Rubber about the pane.
      panel.parts.append(
        .init(
          pane.stroked(StrokeStyle(width: 0.02), tolerance: 0.001), CarCoat.flat(CarCoat.trim, gloss: 0.6)))
      if strip.facet == .windshield {
        for x in [c - 0.5, c + 0.05] {
          let wiper = Polyline(
            [Point(x, strip.size.y - 0.06), Point(x + 0.42, strip.size.y - 0.1)], isClosed: false)
          panel.parts.append(
            .init(
              Path(wiper).stroked(StrokeStyle(width: 0.016), tolerance: 0.001), CarCoat.flat(CarCoat.trim)))
        }
      }
    case .lamps:
      panel.parts.append(.init(outline, paint: body))
      addRear(strip, &panel)
    case .grille:
      panel.parts.append(.init(outline, paint: body))
      addFront(strip, &panel)
    }
    return panel
  }

  /// A lens of ribbed plastic; `on` is its light when lit.
  private func lens(_ area: Path, _ tint: Vector, on: Vector, rib: Float = 0.03) -> CarPanel.Part {
    let unlit = tint * 0.16
    return .init(area) { p in
      let ribs = 0.85 + 0.3 * SurfaceNoise.value(p.x / rib, p.y / rib, seed &+ 5)
      return CardPaint(light: on * ribs + sky * 0.006, albedo: unlit, slope: .zero, gloss: 0.3)
    }
  }

  private func addRear(_ strip: Strip, _ panel: inout CarPanel) {
    let c = strip.size.x / 2
    let h = strip.size.y
    let half = min(strip.low, strip.high) - 0.045
    // On high rears lamps stand upright above the bumper.
    let tall = h > 0.42
    let (y0, y1) = tall ? (0.06, 0.34) : (h * 0.3, h * 0.84)
    let inner = tall ? half - 0.3 : half - 0.52
    panel.parts.append(
      .init(
        .panel(c - half - 0.015...c + half + 0.015, y0 - 0.02...y1 + 0.02),
        CarCoat.flat(CarCoat.trim, gloss: 0.6)))
    let tail = lights == .tail || lights == .head ? CarCoat.red * (1.5 * power) : .zero
    let flash = lights == .hazard ? CarCoat.amber * (4.5 * power) : .zero
    for side in [-1.0, 1] {
      func area(_ a: Double, _ b: Double) -> Path {
        side < 0 ? .panel(c - b...c - a, y0...y1) : .panel(c + a...c + b, y0...y1)
      }
      let wide = half - inner
      panel.parts.append(lens(area(inner + wide * 0.72, half), CarCoat.amber, on: flash))
      panel.parts.append(lens(area(inner + wide * 0.24, inner + wide * 0.7), CarCoat.red, on: tail))
      panel.parts.append(
        lens(area(inner, inner + wide * 0.22), Vector(repeating: 0.3), on: .zero))
    }
    addPlate(c, tall ? 0.2 : (y0 + y1) / 2, lit: lights == .tail || lights == .head, &panel)
    if tall {
      // The seam of the tailgate and its handle.
      panel.parts.append(
        .init(.panel(c - half...c + half, h * 0.8...h * 0.8 + 0.01), CarCoat.flat(CarCoat.black)))
      panel.parts.append(
        .init(.panel(c - 0.12...c + 0.12, h * 0.68...h * 0.68 + 0.03), CarCoat.flat(CarCoat.trim, gloss: 0.7))
      )
    }
  }

  private func addFront(_ strip: Strip, _ panel: inout CarPanel) {
    let c = strip.size.x / 2
    let h = strip.size.y
    let half = min(strip.low, strip.high) - 0.04
    // From the hood downward.
    let (y0, y1) = (h * 0.12, min(h * 0.8, h * 0.12 + 0.2))
    panel.parts.append(
      .init(.panel(c - half...c + half, y0 - 0.015...y1 + 0.015), CarCoat.flat(CarCoat.trim, gloss: 0.6)))
    for k in 0..<5 {
      let y = y0 + (y1 - y0) * (Double(k) + 0.5) / 5
      panel.parts.append(
        .init(
          .panel(c - half + 0.46...c + half - 0.46, y - 0.008...y + 0.008),
          CarCoat.flat(CarCoat.chrome, gloss: 1)))
    }
    let head = lights == .head ? CarCoat.white * (14 * power) : .zero
    let flash = lights == .hazard ? CarCoat.amber * (4.5 * power) : .zero
    for side in [-1.0, 1] {
      func area(_ a: Double, _ b: Double) -> Path {
        side < 0 ? .panel(c - b...c - a, y0...y1) : .panel(c + a...c + b, y0...y1)
      }
      panel.parts.append(lens(area(half - 0.42, half - 0.12), Vector(repeating: 1.6), on: head, rib: 0.05))
      panel.parts.append(lens(area(half - 0.1, half - 0.01), CarCoat.amber, on: flash))
    }
  }

  private func addPlate(_ x: Double, _ y: Double, lit: Bool, _ panel: inout CarPanel) {
    let paper = Vector(0.32, 0.32, 0.29)
    panel.parts.append(
      .init(
        .panel(x - 0.17...x + 0.17, y - 0.075...y + 0.075),
        CarCoat.flat(paper, gloss: 0.4, light: lit ? CarCoat.white * (0.16 * power) : .zero)))
    let ink = CarCoat.flat(Vector(0.01, 0.03, 0.02), gloss: 0.4)
    // Figures of seven bars each, and a small line above.
    for k in 0..<4 {
      let left = x - 0.13 + Double(k) * 0.07 + (k > 1 ? 0.02 : 0)
      for bar in 0..<7 where SurfaceNoise.cell(k, bar, seed) < 0.72 {
        let row = Double(bar % 3)
        if bar < 3 {
          panel.parts.append(
            .init(.panel(left...left + 0.042, y - 0.055 + row * 0.035...y - 0.046 + row * 0.035), ink))
        } else {
          let (u, v) = (Double(bar % 2) * 0.033, Double((bar - 3) / 2) * 0.035)
          panel.parts.append(
            .init(.panel(left + u...left + u + 0.009, y - 0.055 + v...y - 0.011 + v), ink))
        }
      }
    }
    panel.parts.append(.init(.panel(x - 0.06...x + 0.06, y + 0.04...y + 0.056), ink))
  }

  // MARK: Sides

  /// The part of a side below the windows from one s to another.
  func side(_ shape: CarShape, from a: Double, to b: Double, top: Double) -> CarPanel {
    var panel = CarPanel(size: SIMD2(b - a, top))
    let sill = shape.sill
    let tall = Float(shape.belt - sill)
    let (length, start) = (Float(shape.length), Float(a))
    /// A contour in s and y, in the panel's measure.
    func moved(_ points: [SIMD2<Double>]) -> Path { .panel(points.map { SIMD2($0.x - a, $0.y) }) }
    let low = shape.corners.map { SIMD2($0.place.x, min(top, $0.place.y)) }
    var contour: [SIMD2<Double>] = low
    if let first = low.first, let last = low.last {
      contour.insert(SIMD2(first.x, sill), at: 0)
      contour.append(SIMD2(last.x, sill))
    }
    let upper = shape.corners.map(\.place)
    @Sendable func slope(_ p: SIMD2<Float>) -> SIMD2<Float> {
      let v = (p.y - Float(sill)) / tall
      let s = p.x + start
      // Tucked under at the sill, leaning in above the crease, rolling over at the shoulder.
      var y: Float = 0.2 - 0.34 * v - 0.16 * SurfaceNoise.step(0.6, 0.68, v)
      let edge = CarCoat.height(upper, Double(s))
      let below = max(0, 1 - (Float(edge) - p.y) / 0.05)
      y -= below * below * 1.3
      let turn = max(0, 1 - s / 0.3) - max(0, 1 - (length - s) / 0.35)
      return SIMD2(turn * 0.4, y)
    }
    panel.parts.append(.init(moved(contour)) { metal($0, slope: slope($0), upward: 0) })
    // A strip of rubber, the dark sill.
    func band(_ y: ClosedRange<Double>, _ s: ClosedRange<Double>, _ paint: CardPaint) {
      panel.parts.append(.init(.panel(s.lowerBound - a...s.upperBound - a, y), paint))
    }
    let rub = sill + 0.5 * (shape.belt - sill) - 0.03
    band(rub...rub + 0.045, 0.05...shape.length - 0.05, CarCoat.flat(CarCoat.trim, gloss: 0.7))
    band(rub + 0.018...rub + 0.027, 0.05...shape.length - 0.05, CarCoat.flat(CarCoat.chrome, gloss: 1))
    band(sill...sill + 0.07, 0.1...shape.length - 0.1, CarCoat.flat(CarCoat.trim, gloss: 0.4))
    for s in shape.seams {
      band(sill + 0.09...shape.belt, s - 0.005...s + 0.005, CarCoat.flat(CarCoat.black))
    }
    for s in shape.seams.dropLast() {
      band(
        shape.belt - 0.12...shape.belt - 0.085, s + 0.06...s + 0.24,
        CarCoat.flat(CarCoat.chrome * 0.4, gloss: 1))
    }
    // Side lamps of the corners.
    let tail = lights == .tail || lights == .head ? CarCoat.red * (1.2 * power) : .zero
    let flash = lights == .hazard ? CarCoat.amber * (3 * power) : .zero
    func square(_ s: ClosedRange<Double>, _ y: ClosedRange<Double>) -> Path {
      .panel(s.lowerBound - a...s.upperBound - a, y)
    }
    panel.parts.append(lens(square(0.04...0.14, 0.64...0.78), CarCoat.red, on: tail))
    panel.parts.append(
      lens(square(shape.length - 0.2...shape.length - 0.09, 0.6...0.68), CarCoat.amber, on: flash))
    for s in shape.wheels { addWheel(s - a, shape, &panel) }
    // Bumpers run around the corners.
    band(0.36...0.54, -0.02...0.5, CarCoat.flat(CarCoat.trim, gloss: 0.18))
    band(0.36...0.54, shape.length - 0.45...shape.length + 0.02, CarCoat.flat(CarCoat.trim, gloss: 0.18))
    return panel
  }

  /// The height of the middle line at s.
  private static func height(_ line: [SIMD2<Double>], _ s: Double) -> Double {
    var best = 0.0
    for (p, q) in zip(line, line.dropFirst()) where s >= min(p.x, q.x) && s <= max(p.x, q.x) {
      let t = abs(q.x - p.x) < 1e-9 ? 1 : (s - p.x) / (q.x - p.x)
      best = max(best, p.y + (q.y - p.y) * t)
    }
    return min(best, 0.94)
  }

  private func addWheel(_ s: Double, _ shape: CarShape, _ panel: inout CarPanel) {
    let r = shape.wheelRadius
    let arch = r + 0.045
    // The arch ends at the sill.
    func bow(_ radius: Double) -> Path {
      .panel(
        (0...48).map { k in
          let turn = sineAndCosine(degrees: Double(k) * 7.5)
          return SIMD2(s + turn.cosine * radius, max(shape.sill, r + turn.sine * radius))
        })
    }
    panel.parts.append(
      .init(bow(arch + 0.03)) { p in
        metal(p, slope: SIMD2((p.x - Float(s)) * -1.4, -0.5), upward: 0)
      })
    panel.parts.append(.init(bow(arch), CarCoat.flat(Vector(repeating: 0.002), gloss: 0)))
    func disc(_ radius: Double) -> Path { .circle(center: Point(s, r), radius: radius) }
    let center = SIMD2(Float(s), Float(r))
    panel.parts.append(
      .init(disc(r)) { p in
        let d = (p - center) / Float(r)
        return CardPaint(albedo: Vector(repeating: 0.011), slope: d * -0.5, gloss: 0.25 + 0.3 * wet)
      })
    panel.parts.append(
      .init(disc(r * 0.66)) { p in
        let d = (p - center) / Float(r * 0.66)
        let rim = max(0, (d * d).sum() - 0.7) * 3
        return CardPaint(albedo: Vector(repeating: 0.09), slope: d * (0.35 - 1.6 * rim), gloss: 0.9)
      })
    for k in 0..<8 {
      let turn = sineAndCosine(degrees: Double(k) * 45 + 12)
      panel.parts.append(
        .init(
          .circle(center: Point(s + turn.cosine * r * 0.43, r + turn.sine * r * 0.43), radius: r * 0.105),
          CarCoat.flat(CarCoat.black)))
    }
    panel.parts.append(
      .init(disc(r * 0.2)) { p in
        metal(p, slope: (p - center) * -4, upward: 0, albedo: CarCoat.chrome)
      })
  }

  /// A side above the belt: pillars and windows.
  func glasshouse(_ shape: CarShape, _ upper: [SIMD2<Double>], from a: Double, to b: Double) -> CarPanel {
    let tall = shape.top - shape.belt
    var panel = CarPanel(size: SIMD2(b - a, tall))
    func moved(_ points: [SIMD2<Double>]) -> Path {
      .panel(points.map { SIMD2($0.x - a, max(0, $0.y - shape.belt)) })
    }
    var frame = moved(upper)
    for window in shape.windows {
      let pane = moved(window)
      panel.parts.append(.init(pane, opacity: 0.8) { glass($0, upward: 0.28, lean: 0.6) })
      frame.append(pane)
    }
    let line = upper
    let belt = Float(shape.belt)
    let start = Float(a)
    panel.parts.append(
      .init(frame, rule: .evenOdd) { p in
        // Rolling over into the roof.
        let edge = CarCoat.line(line, Double(p.x + start))
        let below = max(0, 1 - (Float(edge) - belt - p.y) / 0.06)
        return metal(p, slope: SIMD2(0, -1.1 * below), upward: 0.1)
      })
    for window in shape.windows {
      panel.parts.append(
        .init(
          moved(window).stroked(StrokeStyle(width: 0.022), tolerance: 0.001),
          CarCoat.flat(CarCoat.trim, gloss: 0.7)))
    }
    panel.parts.append(
      .init(.panel(0.03...max(0.04, b - a - 0.03), 0.004...0.018), CarCoat.flat(CarCoat.chrome, gloss: 1)))
    return panel
  }

  private static func line(_ line: [SIMD2<Double>], _ s: Double) -> Double {
    for (p, q) in zip(line, line.dropFirst()) where s >= p.x && s <= q.x && q.x > p.x {
      return p.y + (q.y - p.y) * (s - p.x) / (q.x - p.x)
    }
    return 0
  }

  // MARK: The rest

  /// A row of seats from behind: backs and headrests.
  func seats(width: Double, height: Double) -> CarPanel {
    var panel = CarPanel(size: SIMD2(width, height))
    let cloth = CarCoat.flat(CarCoat.black, gloss: 0)
    for x in [width * 0.27, width * 0.73] {
      panel.parts.append(.init(.panel(x - 0.25...x + 0.25, 0...height * 0.55), cloth))
      panel.parts.append(
        .init(
          .rectangle(
            Rect(minX: x - 0.13, minY: height * 0.62, maxX: x + 0.13, maxY: height),
            corners: CornerRadii(0.05)),
          cloth))
      panel.parts.append(.init(.panel(x - 0.06...x + 0.06, 0...height * 0.7), cloth))
    }
    return panel
  }

  func bumper(width: Double, height: Double, isRear: Bool) -> CarPanel {
    var panel = CarPanel(size: SIMD2(width, height))
    let (w, h) = (Float(width), Float(height))
    panel.parts.append(
      .init(.panel(0...width, 0...height)) { p in
        let v = p.y / h * 2 - 1
        let x = p.x / w * 2 - 1
        return metal(
          p, slope: SIMD2(-0.8 * x * x * x * x * x, -v * v * v), upward: 0, albedo: CarCoat.trim, gloss: 0.7)
      })
    panel.parts.append(
      .init(
        .panel(0.02...width - 0.02, height * 0.56...height * 0.66), CarCoat.flat(CarCoat.chrome, gloss: 1)))
    if !isRear { addPlate(width / 2, height / 2, lit: false, &panel) }
    return panel
  }

  /// The top of a bumper, which water lies on.
  func ledge(width: Double, height: Double) -> CarPanel {
    var panel = CarPanel(size: SIMD2(width, height))
    panel.parts.append(
      .init(.panel(0...width, 0...height)) { p in
        metal(p, slope: .zero, upward: 0.8, albedo: CarCoat.trim, gloss: 0.7)
      })
    return panel
  }
}
