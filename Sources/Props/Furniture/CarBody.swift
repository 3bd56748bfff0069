import Outline
import Raster
import Stage

/// A car's parts where they stand: strips across the car along its middle line, two sides in several planes, and
/// what fills it.
struct CarBody {
  private let car: Car
  private let shape: CarShape
  private let coat: CarCoat
  private let scale: Float
  /// Of the car: to its right and ahead.
  private let right: Vector
  private let ahead: Vector
  private let seed: UInt32

  /// Panels overlap by so much, so that nothing shows through their seams.
  private static let overlap = 0.008

  init(_ car: Car, seed: UInt32, sky: Vector) {
    self.car = car
    self.seed = seed
    shape = CarShape(car.form)
    let length = car.length ?? Float(shape.length)
    scale = length / Float(shape.length)
    switch car.facing {
    case .away: (right, ahead) = (Vector(1, 0, 0), Vector(0, 0, 1))
    case .towards: (right, ahead) = (Vector(-1, 0, 0), Vector(0, 0, -1))
    case .right: (right, ahead) = (Vector(0, 0, -1), Vector(1, 0, 0))
    case .left: (right, ahead) = (Vector(0, 0, 1), Vector(-1, 0, 0))
    }
    coat = CarCoat(
      color: car.color.light, wet: car.wet, sky: sky, lights: car.lights, power: car.power, seed: seed)
  }

  /// A direction, from the car's measure: to the right, up, ahead.
  private func direction(_ x: Double, _ y: Double, _ s: Double) -> Vector {
    (right * Float(x) + Vector(0, Float(y), 0) + ahead * Float(s)) * scale
  }

  private func point(_ x: Double, _ y: Double, _ s: Double) -> Vector {
    car.at + direction(x, y, s - shape.length / 2)
  }

  func build(in set: inout SetBuilder) {
    addFilling(&set)
    for i in shape.corners.indices.dropLast() { addStrip(i, &set) }
    for side in [-1.0, 1] {
      addSides(side, &set)
      addGlasshouse(side, &set)
    }
    addBumpers(&set)
    addLights(&set)
  }

  private func add(
    _ panel: CarPanel, at origin: Vector, _ right: Vector, _ up: Vector, shadow: Bool, _ set: inout SetBuilder
  ) {
    var card = Card(origin: origin, right: right, up: up, picture: panel)
    card.castsShadow = shadow && car.shadows
    set.add(card)
  }

  // MARK: Along the middle line

  private func addStrip(_ i: Int, _ set: inout SetBuilder) {
    let corners = shape.corners
    let (a, b) = (corners[i].place, corners[i + 1].place)
    let length = CarBody.length(b - a)
    guard length > 1e-6 else { return }
    let over = CarBody.overlap
    let e = (b - a) / length
    let half = shape.halfWidth + over
    let size = SIMD2(2 * half, length + 2 * over)
    // Where the outline bends: its ends, and where the taper begins.
    var stops = [0, 1.0]
    for s in [shape.rearTaper.y, shape.length - shape.frontTaper.y] where abs(b.x - a.x) > 1e-6 {
      let t = (s - a.x) / (b.x - a.x)
      if t > 0.001, t < 0.999 { stops.append(t) }
    }
    stops.sort()
    func edge(_ t: Double) -> SIMD2<Double> {
      let p = a + (b - a) * t
      let y = t == 0 ? 0 : t == 1 ? size.y : over + length * t
      return SIMD2(shape.half(p.x, p.y) + over, y)
    }
    let edges = stops.map(edge)
    let outline = edges.map { SIMD2(half + $0.x, $0.y) } + edges.reversed().map { SIMD2(half - $0.x, $0.y) }
    func turn(_ p: SIMD2<Double>, _ q: SIMD2<Double>) -> Double {
      // Tangent of half the angle between two unit vectors.
      let cross = p.y * q.x - p.x * q.y
      let dot = p.x * q.x + p.y * q.y
      return max(-0.6, min(0.6, cross / max(0.2, 1 + dot)))
    }
    func heading(_ k: Int) -> SIMD2<Double>? {
      guard corners.indices.contains(k), corners.indices.contains(k + 1) else { return nil }
      let d = corners[k + 1].place - corners[k].place
      return d / max(1e-6, CarBody.length(d))
    }
    let strip = CarCoat.Strip(
      facet: corners[i].facet, outline: outline, size: size, low: edges.first?.x ?? half,
      high: edges.last?.x ?? half, isRear: a.x < shape.length / 2,
      bends: SIMD2(heading(i - 1).map { turn($0, e) } ?? 0, heading(i + 1).map { turn(e, $0) } ?? 0),
      // The normal is the heading turned by a quarter.
      upward: Float(max(0, e.x)))
    let start = a - e * over
    add(
      coat.panel(strip), at: point(-half, start.y, start.x), direction(size.x, 0, 0),
      direction(0, e.y * size.y, e.x * size.y), shadow: true, &set)
  }

  // MARK: Sides

  private func addSides(_ side: Double, _ set: inout SetBuilder) {
    let (rear, front) = (shape.rearTaper.y, shape.length - shape.frontTaper.y)
    let over = CarBody.overlap
    let top = shape.belt + over
    for (low, high) in [(0, rear), (rear, front), (front, shape.length)] where high - low > 0.01 {
      let (a, b) = (low - over, high + over)
      let from = shape.half(max(0, low), 0)
      let slant = (shape.half(high, 0) - from) / (high - low)
      let origin = point(side * (from - slant * over), 0, a)
      add(
        coat.side(shape, from: a, to: b, top: top), at: origin,
        direction(side * slant * (b - a), 0, b - a), direction(0, top, 0), shadow: true, &set)
    }
  }

  private func addGlasshouse(_ side: Double, _ set: inout SetBuilder) {
    let upper = shape.corners.filter { $0.place.y >= shape.belt - 1e-9 }.map(\.place)
    guard let first = upper.first, let last = upper.last else { return }
    let over = CarBody.overlap
    let (a, b) = (first.x - over, last.x + over)
    let tall = shape.top - shape.belt
    add(
      coat.glasshouse(shape, upper, from: a, to: b), at: point(side * shape.halfWidth, shape.belt, a),
      direction(0, 0, b - a), direction(side * (shape.roofHalf - shape.halfWidth), tall, 0), shadow: true,
      &set)
    // A mirror on the door.
    let material = set.material(PlainMaterial(albedo: 0.02))
    let s = last.x - 0.32
    box(
      SIMD3(side * (shape.halfWidth - 0.02), shape.belt + 0.02, s),
      SIMD3(side * (shape.halfWidth + 0.15), shape.belt + 0.13, s + 0.07), material, &set)
  }

  // MARK: Within and below

  private func box(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ material: Int, _ set: inout SetBuilder) {
    set.box(point(a.x, a.y, a.z), point(b.x, b.y, b.z), material: material, seed: seed)
  }

  private func addFilling(_ set: inout SetBuilder) {
    let dark = set.material(PlainMaterial(albedo: 0.008))
    let inner = shape.halfWidth - 0.12
    // The floor and engine, and the cabin up to below its windows.
    box(SIMD3(-inner, shape.sill - 0.02, 0.26), SIMD3(inner, 0.6, shape.length - 0.4), dark, &set)
    let upper = shape.corners.filter { $0.place.y >= shape.belt - 1e-9 }.map(\.place.x)
    if let first = upper.first, let last = upper.last {
      box(
        SIMD3(-inner, 0.5, first + 0.06), SIMD3(inner, shape.belt - 0.06, last - 0.06), dark, &set)
    }
    let rubber = set.material(PlainMaterial(albedo: 0.012))
    for s in shape.wheels {
      for side in [-1.0, 1] {
        // Seen from before and behind; the sides show the wheels as discs.
        box(
          SIMD3(side * (shape.halfWidth - 0.2), 0, s - 0.06),
          SIMD3(side * (shape.halfWidth - 0.012), 2 * shape.wheelRadius - 0.02, s + 0.06), rubber, &set)
      }
    }
    for s in shape.seats {
      let tall = min(0.3, (shape.top - shape.belt) * 0.75)
      add(
        coat.seats(width: 2 * inner, height: tall + 0.1), at: point(-inner, shape.belt - 0.1, s),
        direction(2 * inner, 0, 0), direction(0, tall + 0.1, -0.06), shadow: false, &set)
    }
  }

  private func addBumpers(_ set: inout SetBuilder) {
    let material = set.material(PlainMaterial(albedo: 0.018))
    for isRear in [true, false] {
      let end = isRear ? 0.0 : shape.length
      let out = isRear ? -0.09 : 0.09
      let half = shape.half(end, 0.4) + 0.02
      let (low, high) = (0.36, 0.54)
      let inner = end - out * 1.2
      box(SIMD3(-half, low, inner), SIMD3(half, high, end + out), material, &set)
      let before = end + out * 1.03
      add(
        coat.bumper(width: 2 * half, height: high - low, isRear: isRear), at: point(-half, low, before),
        direction(2 * half, 0, 0), direction(0, high - low, 0), shadow: false, &set)
      add(
        coat.ledge(width: 2 * half, height: abs(before - inner)), at: point(-half, high + 0.003, before),
        direction(2 * half, 0, 0), direction(0, 0, inner - before), shadow: false, &set)
    }
  }

  // MARK: Lights

  private func addLights(_ set: inout SetBuilder) {
    let own = car.power * scale * scale
    guard car.lights != .off, own > 0 else { return }
    func add(_ x: Double, _ y: Double, _ s: Double, _ color: Vector, _ beam: Light.Beam? = nil, halo: Float) {
      var light = Light(position: point(x, y, s), color: color * own)
      light.softness = 0.3
      light.halo = halo
      light.haze = car.haze
      light.beam = beam
      set.add(light)
    }
    let (rear, front) = (-0.22, shape.length + 0.22)
    let lamps = shape.half(0, 0.7) - 0.2
    for side in [-1.0, 1] {
      switch car.lights {
      case .off: break
      case .hazard:
        add(side * lamps, 0.7, rear, CarCoat.amber * 1.6, halo: 0.03)
        add(side * (lamps - 0.05), 0.6, front, CarCoat.amber * 1.6, halo: 0.03)
      case .head, .tail:
        add(side * lamps, 0.7, rear, CarCoat.red * 1.1, halo: 0.03)
        guard car.lights == .head else { continue }
        let fall: Float = 0.07
        let level = (1 - fall * fall).squareRoot()
        let beam = Light.Beam(axis: ahead * level - Vector(0, fall, 0), outer: 32, inner: 6)
        add(side * 0.6, 0.65, front, CarCoat.white * 22, beam, halo: 0.06)
        add(side * 0.6, 0.65, front, CarCoat.white * 0.8, halo: 0.04)
      }
    }
  }

  private static func length(_ v: SIMD2<Double>) -> Double { (v * v).sum().squareRoot() }
}
