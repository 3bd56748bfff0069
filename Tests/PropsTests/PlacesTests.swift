import Catalog
import Raster
import Stage
import Testing

@testable import Props

/// A set that is built for a test, seen by one of three cameras.
private func built(_ prop: any Prop, camera: Int = 0, time: Double = 0, seed: UInt64 = 5) throws -> Scene {
  var scene = Scene()
  scene.camera.offset = [0, -9, 14][camera]
  scene.camera.height = [0.4, 1.7, 22][camera]
  scene.camera.focal = [0.7, 1.4, 0.5][camera]
  var builder = Staging.builder(seed: seed, moment: Moment(time: time), scene: scene)
  try prop.build(in: &builder)
  return builder.scene
}

/// The planes of a card, averaged to few cells: red, green, blue and alpha of each.
private func cells(_ picture: any CardPicture, width: Int, height: Int, columns: Int, rows: Int) -> [SIMD4<
  Float
>] {
  CardCanvas.withCanvas(width: width, height: height, hasSurface: picture.hasSurface) { canvas in
    picture.paint(canvas)
    var sums = [SIMD4<Float>](repeating: .zero, count: columns * rows)
    for y in 0..<height {
      for x in 0..<width {
        let i = y * width + x
        let cell = (y * rows / height) * columns + x * columns / width
        sums[cell] += SIMD4(canvas.red[i], canvas.green[i], canvas.blue[i], canvas.alpha[i])
      }
    }
    return sums.map { $0 * Float(columns * rows) / Float(width * height) }
  }
}

/// Every value that a card's planes hold after painting.
private func planes(_ picture: any CardPicture, width: Int, height: Int) -> [Float] {
  CardCanvas.withCanvas(width: width, height: height, hasSurface: picture.hasSurface) { canvas in
    picture.paint(canvas)
    var all: [Float] = []
    for plane in [canvas.red, canvas.green, canvas.blue, canvas.alpha] {
      all += UnsafeBufferPointer(start: plane, count: width * height)
    }
    if let surface = canvas.surface {
      for plane in [surface.red, surface.green, surface.blue, surface.slopeX, surface.slopeY, surface.gloss] {
        all += UnsafeBufferPointer(start: plane, count: width * height)
      }
    }
    return all
  }
}

private func isFinite(_ v: Vector) -> Bool { v.x.isFinite && v.y.isFinite && v.z.isFinite }

private let places: [any Prop] = {
  var left = Waterfront()
  left.side = .left
  left.palms = 60
  left.skyline = 160
  var still = Monoliths()
  still.symmetry = 1
  var wild = Monoliths()
  wild.variety = 1
  wild.symmetry = 0
  var pickets = Railing()
  pickets.filling = .pickets
  pickets.spacing = 0.05
  pickets.to = Vector(0, 0, 9000)
  var fan = Palm()
  fan.leaves = .fan
  return [Waterfront(), left, Monoliths(), still, wild, Railing(), pickets, Palm(), fan]
    + MonolithForm.allCases.map { form in
      var monolith = Monolith()
      monolith.form = form
      monolith.lineLight = 3
      return monolith
    }
}()

@Suite struct PlacesTests {
  @Test("places are the same from every camera, and bounded", arguments: places.indices)
  func build(_ index: Int) throws {
    let scenes = try (0..<3).map { try built(places[index], camera: $0) }
    let first = scenes[0]
    #expect(!first.boxes.isEmpty || !first.cards.isEmpty || !first.strands.isEmpty)
    #expect(first.boxes.count < 1600)
    #expect(first.cards.count <= 64)
    #expect(first.strands.count < 4 * Railing.maximumBars)
    #expect(first.lights.count <= 16)
    #expect(first.materials.count <= 80)
    for scene in scenes {
      let sameBoxes = scene.boxes == first.boxes
      #expect(sameBoxes)
      let sameCards = zip(scene.cards, first.cards).allSatisfy { $0.origin == $1.origin && $0.up == $1.up }
      #expect(sameCards && scene.cards.count == first.cards.count)
    }
    let sound = first.boxes.allSatisfy { box in
      isFinite(box.low) && isFinite(box.high) && first.materials.indices.contains(box.material)
        && box.size.x > 0 && box.size.y > 0 && box.size.z > 0
    }
    #expect(sound)
    let reaching = first.strands.allSatisfy {
      $0.points.count > 1 && $0.points.allSatisfy(isFinite) && $0.radius > 0
    }
    #expect(reaching)
  }

  @Test("what stands on the ground begins at it or below", arguments: places.indices)
  func foot(_ index: Int) throws {
    let scene = try built(places[index])
    for card in scene.cards where !(places[index] is Waterfront) { #expect(card.origin.y <= 0) }
    let lowest = scene.boxes.map(\.low.y).min() ?? 0
    #expect(lowest <= 0)
  }

  @Test("the same seed builds the same place", arguments: places.indices)
  func seeds(_ index: Int) throws {
    let a = try built(places[index])
    let b = try built(places[index], camera: 1)
    let same =
      a.boxes == b.boxes && a.lights == b.lights && a.cards.map(\.origin) == b.cards.map(\.origin)
    #expect(same)
  }

  @Test("another seed builds another place") func otherSeeds() throws {
    for place in [Waterfront(), Monoliths()] as [any Prop] {
      let a = try built(place, seed: 5)
      let b = try built(place, seed: 6)
      #expect(a.boxes != b.boxes)
    }
  }

  @Test("more palms leave those that stood there where they are") func morePalms() throws {
    var few = Waterfront()
    few.palms = 3
    var many = few
    many.palms = 6
    let a = try built(few).cards
    let b = try built(many).cards
    #expect(a.count == 3 && b.count == 6)
    for (x, y) in zip(a, b) {
      #expect(x.origin == y.origin && x.up == y.up)
    }
  }

  @Test("with symmetry 1 the left side mirrors the right exactly", arguments: [0, 1, 2])
  func mirrored(_ seed: UInt64) throws {
    var city = Monoliths()
    city.symmetry = 1
    city.variety = 1
    // What stands on the axis is not part of the arrangement.
    city.gate = false
    city.center = false
    let scene = try built(city, seed: seed)
    let boxes = scene.boxes.filter { abs($0.low.x + $0.high.x) > 1 }
    for box in boxes {
      let twin = boxes.contains {
        $0.low == Vector(-box.high.x, box.low.y, box.low.z)
          && $0.high == Vector(-box.low.x, box.high.y, box.high.z)
      }
      #expect(twin)
    }
    let cards = scene.cards.filter { abs(2 * $0.origin.x + $0.right.x) > 1 }
    #expect(!cards.isEmpty)
    for card in cards {
      let twin = cards.first {
        $0.origin.z == card.origin.z && $0.up == card.up && $0.origin.x != card.origin.x
      }
      let middle = twin.map { $0.origin.x + $0.right.x / 2 } ?? 0
      #expect(abs(middle + card.origin.x + card.right.x / 2) < 1e-4)
      guard let twin else { continue }
      let width = 40
      let height = 64
      let one = planes(card.picture, width: width, height: height)
      let other = planes(twin.picture, width: width, height: height)
      var worst: Float = 0
      for y in 0..<height {
        for x in 0..<width {
          // Alpha: the fourth plane.
          let i = 3 * width * height + y * width
          worst = max(worst, abs(one[i + x] - other[i + width - 1 - x]))
        }
      }
      #expect(worst < 1e-3)
    }
  }

  @Test("palms and monoliths show the same at two sizes", arguments: places.indices)
  func sizes(_ index: Int) throws {
    guard let card = try built(places[index]).cards.first else { return }
    let aspect = card.right.x / card.up.y
    let rows = 16
    let columns = max(4, Int(16 * aspect))
    let small = cells(card.picture, width: columns * 12, height: rows * 12, columns: columns, rows: rows)
    let large = cells(card.picture, width: columns * 48, height: rows * 48, columns: columns, rows: rows)
    for lane in 0..<4 {
      let scale = max(0.02, large.map { $0[lane] }.max() ?? 1)
      let worst = zip(small, large).map { abs($0[lane] - $1[lane]) }.max() ?? 0
      #expect(worst < 0.08 * scale, "plane \(lane) of \(places[index])")
    }
  }

  @Test("cards hold finite light, and alpha between 0 and 1", arguments: places.indices)
  func finite(_ index: Int) throws {
    for card in try built(places[index]).cards.prefix(6) {
      for (width, height) in [(8, 8), (1, 40), (61, 97)] {
        let all = planes(card.picture, width: width, height: height)
        let isSound = all.allSatisfy { $0.isFinite }
        #expect(isSound)
        let alpha = all[(3 * width * height)..<(4 * width * height)]
        let isShare = alpha.allSatisfy { $0 >= 0 && $0 <= 1.0001 }
        #expect(isShare)
      }
    }
  }

  @Test("palms move with time and stay on their card") func sway() throws {
    let still = try built(Palm(), time: 0).cards[0]
    let later = try built(Palm(), time: 1.7).cards[0]
    #expect(still.origin == later.origin && still.right == later.right)
    let a = planes(still.picture, width: 80, height: 90)
    let b = planes(later.picture, width: 80, height: 90)
    let moved = zip(a, b).contains { abs($0 - $1) > 0.05 }
    #expect(moved)
    // The upper and side borders are clear: nothing is cut off.
    let alpha = 3 * 80 * 90
    let top = (0..<80).allSatisfy { a[alpha + $0] == 0 }
    let sides = (0..<90).allSatisfy { a[alpha + $0 * 80] == 0 && a[alpha + $0 * 80 + 79] == 0 }
    #expect(top && sides)
  }

  @Test("a loop ends as it begins") func loop() {
    for phase in [0.0, 0.3, 0.77] {
      let start = Sway(moment: Moment(time: 0, loop: 6)).value(rate: 0.31, phase: phase)
      let end = Sway(moment: Moment(time: 6, loop: 6)).value(rate: 0.31, phase: phase)
      #expect(abs(start - end) < 1e-9)
    }
  }
}

@Suite struct PlaceMaterialsTests {
  private func point(
    x: Float, y: Float, footprint: SIMD2<Float>, face: SurfacePoint.Face = .front, seed: UInt32 = 4
  ) -> SurfacePoint {
    SurfacePoint(
      position: Vector(x - 20, y, 150), local: Vector(x, y, 3), size: Vector(40, 90, 20), face: face,
      direction: Vector(0, 0, 1), distance: 150, footprint: footprint, seed: seed)
  }

  private static let materials: [any SurfaceMaterial] = [
    SkylineMaterial(
      lit: 0.4, warm: 0.4, gain: 7, flicker: 1, accent: Vector(0, 1, 1), seed: Seed(3),
      moment: Moment(time: 1.3)),
    QuayMaterial(light: Vector(1, 0.5, 0.2), spacing: 8.5), PavingMaterial(slab: SIMD2(0.8, 0.8)),
    StoneMaterial(relief: StoneRelief(seed: 8), glow: Vector(0.1, 0.6, 0.6), side: 1),
    SlitMaterial(light: Vector(14, 5, 1), low: 0, high: 80),
  ]

  @Test("looks are finite for any footprint", arguments: materials.indices)
  func finite(_ index: Int) {
    let faces: [SurfacePoint.Face] = [.left, .right, .top, .bottom, .front, .back]
    for face in faces {
      for size: Float in [0, 1e-6, 0.1, 3, 400, 1e6] {
        for x: Float in [0, 13.7, 40] {
          let look = Self.materials[index].look(
            at: point(x: x, y: 31, footprint: SIMD2(size, size * 2), face: face))
          #expect(isFinite(look.albedo) && isFinite(look.light))
          #expect(look.albedo.min() >= 0 && look.light.min() >= 0 && look.albedo.max() <= 1)
        }
      }
    }
  }

  /// The look of a wide footprint beside the mean of many narrow ones within it.
  @Test("a wide look is the mean of narrow ones", arguments: materials.indices)
  func consistent(_ index: Int) {
    let material = Self.materials[index]
    for (size, tolerance): (Float, Float) in [(1.2, 0.10), (6, 0.20)] {
      var wide = Vector(0, 0, 0)
      var narrow = Vector(0, 0, 0)
      let count = 24
      for x: Float in [9, 16, 23, 30] {
        for y: Float in [20, 33, 46, 59] {
          wide += sum(material.look(at: point(x: x, y: y, footprint: SIMD2(size, size))))
          for i in 0..<count {
            for j in 0..<count {
              let dx = size * ((Float(i) + 0.5) / Float(count) - 0.5)
              let dy = size * ((Float(j) + 0.5) / Float(count) - 0.5)
              narrow +=
                sum(
                  material.look(
                    at: point(x: x + dx, y: y + dy, footprint: SIMD2(size, size) / Float(count))))
                / Float(count * count)
            }
          }
        }
      }
      let off = (wide - narrow) / max(narrow.max(), 1e-4)
      #expect(max(off.max(), -off.min()) < tolerance, "\(material) at \(size) m: \(wide) for \(narrow)")
    }
  }

  private func sum(_ look: SurfaceLook) -> Vector { look.albedo + look.light }

  @Test("lines keep their share at any footprint")
  func lines() {
    for footprint: Float in [0.01, 0.3, 1, 2.7, 11] {
      var sum: Float = 0
      let count = 4000
      for i in 0..<count {
        sum += StoneRelief.lines(Float(i) * 0.0137, period: 1.37, width: 0.2, footprint: footprint)
      }
      #expect(abs(sum / Float(count) - 0.2 / 1.37) < 0.003)
    }
  }

  @Test("windows shimmer in time, and more of them with more flicker")
  func flicker() {
    func change(_ flicker: Float) -> Float {
      let pair = [0.0, 0.9].map { time in
        SkylineMaterial(
          lit: 0.5, warm: 0.4, gain: 7, flicker: flicker, accent: Vector(0, 0, 0), seed: Seed(3),
          moment: Moment(time: time))
      }
      var total: Float = 0
      for i in 0..<40 {
        for j in 0..<80 {
          let p = point(x: Float(i), y: Float(j), footprint: SIMD2(0.1, 0.1))
          total += abs(pair[0].look(at: p).light.x - pair[1].look(at: p).light.x)
        }
      }
      return total
    }
    #expect(change(0) == 0)
    #expect(change(2) > change(0.5) && change(0.5) > 0)
  }
}
