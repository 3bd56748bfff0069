import Catalog
import Raster
import Stage
import Testing

@testable import Props

/// Streets, towers and their walls.
@Suite struct StreetTests {
  static func builder(seed: UInt64 = 21, time: Double = 0, camera: Camera = Camera()) -> SetBuilder {
    var scene = Scene()
    scene.camera = camera
    return Staging.builder(seed: seed, moment: Moment(time: time), scene: scene)
  }

  static func scene(_ prop: some Prop, seed: UInt64 = 21, time: Double = 0, camera: Camera = Camera()) throws
    -> Scene
  {
    var builder = builder(seed: seed, time: time, camera: camera)
    try prop.build(in: &builder)
    return builder.scene
  }

  static let cameras: [Camera] = {
    var low = Camera()
    low.height = 0.27
    var pavement = Camera()
    pavement.offset = -5.2
    pavement.height = 1.6
    var high = Camera()
    high.height = 22
    high.vanishing = SIMD2(0.5, 0.1)
    return [low, pavement, high]
  }()

  /// A box without the number of its material, which counts what was added before.
  struct Shape: Hashable {
    var low: Vector
    var high: Vector
    var seed: UInt32
    init(_ box: Box) {
      low = box.low
      high = box.high
      seed = box.seed
    }
  }

  // MARK: What is built

  @Test func nothingDependsOnTheCamera() throws {
    for prop in [Street(), Tower(), Towers()] as [any Prop] {
      let scenes = try StreetTests.cameras.map { try StreetTests.scene(prop, camera: $0) }
      let shapes = scenes.map { $0.boxes }
      let isSame = shapes.allSatisfy { $0 == shapes[0] }
      #expect(isSame && !shapes[0].isEmpty)
      let strands = scenes.map { $0.strands.map { $0.points } }
      let strandsAreSame = strands.allSatisfy { $0 == strands[0] }
      #expect(strandsAreSame)
    }
  }

  /// From each camera, rays to either side meet a wall until the street ends, but for alleys.
  @Test(arguments: [0, 1, 2]) func wallsStandOnBothSides(_ camera: Int) throws {
    let eye = StreetTests.cameras[camera].eye
    let scene = try StreetTests.scene(Street())
    var met = 0
    var cast = 0
    for side: Float in [-1, 1] {
      for z in stride(from: Float(4), to: 100, by: 0.7) {
        // At the height of the first storey, which every house has.
        let to = Vector(side * 7.3, 5.2, z)
        let direction = to - eye
        cast += 1
        let meets = scene.boxes.contains { box in
          StreetTests.meets(box, from: eye, direction) <= 1
        }
        if meets { met += 1 }
      }
    }
    #expect(Float(met) > 0.8 * Float(cast))
  }

  /// Share of the way at which a ray enters a box; infinite if it misses.
  static func meets(_ box: Box, from eye: Vector, _ d: Vector) -> Float {
    var near: Float = 0
    var far: Float = .infinity
    for k in 0..<3 {
      guard abs(d[k]) > 1e-9 else {
        if eye[k] < box.low[k] || eye[k] > box.high[k] { return .infinity }
        continue
      }
      let a = (box.low[k] - eye[k]) / d[k]
      let b = (box.high[k] - eye[k]) / d[k]
      near = max(near, min(a, b))
      far = min(far, max(a, b))
    }
    return near <= far ? near : .infinity
  }

  @Test func blocksPerHundredMeters() throws {
    for seed in [1, 5, 21, 77] as [UInt64] {
      let count = try StreetTests.scene(Street(), seed: seed).boxes.count
      #expect((250...1100).contains(count), "\(count)")
    }
  }

  @Test func longerStreetsKeepTheirHouses() throws {
    var short = Street()
    short.far = 50
    let all = Set(try StreetTests.scene(Street()).boxes.map(Shape.init))
    let boxes = try StreetTests.scene(short).boxes
    // Pavements and kerbs alone reach as far as the street.
    let others = boxes.filter { !all.contains(Shape($0)) }
    #expect(others.count == 4 && boxes.count > 250)
  }

  @Test func onlySeedsChangeHouses() throws {
    var builder = StreetTests.builder()
    builder.add(Light(position: Vector(0, 1, 2), color: Vector(1, 1, 1)))
    try Towers().build(in: &builder)
    let before = builder.scene.boxes.count
    try Street().build(in: &builder)
    let alone = try StreetTests.scene(Street()).boxes.map(Shape.init)
    let after = builder.scene.boxes[before...].map(Shape.init)
    #expect(alone == after)
    let other = try StreetTests.scene(Street(), seed: 22).boxes.map(Shape.init)
    #expect(alone != other)
    // More light in the windows moves no wall.
    var lit = Street()
    lit.lit = 0.9
    lit.glow = 3
    let shapes = try StreetTests.scene(lit).boxes.map(Shape.init)
    #expect(alone == shapes)
  }

  @Test func oneSideIsThatSide() throws {
    var street = Street()
    street.sides = .left
    let boxes = try StreetTests.scene(street).boxes
    let isLeft = boxes.allSatisfy { $0.high.x < 0 }
    #expect(isLeft && !boxes.isEmpty)
  }

  @Test func hostileMeasuresAreBounded() throws {
    var streets: [Street] = []
    for (near, far) in [(0, 10_000), (-100, 10_000), (10_000, 0), (3, 3), (-100, -90)] as [(Float, Float)] {
      for height in [[0, 0], [400, 400], [400, 0], [], [5]] as [[Float]] {
        var street = Street()
        street.near = near
        street.far = far
        street.height = height
        street.halfWidth = height.isEmpty ? 1 : 6.5
        street.pavement = height.isEmpty ? 20 : 2.2
        streets.append(street)
      }
    }
    for street in streets {
      let scene = try StreetTests.scene(street)
      #expect(
        scene.boxes.count < 20_000 && scene.strands.count < 8000 && scene.lights.count < 60,
        "\(scene.boxes.count), \(scene.strands.count), \(scene.lights.count)")
      let isFinite = scene.boxes.allSatisfy { box in
        (0..<3).allSatisfy { box.low[$0].isFinite && box.high[$0].isFinite && box.high[$0] > box.low[$0] }
      }
      #expect(isFinite)
      let points = scene.strands.allSatisfy {
        $0.points.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }
      }
      #expect(points)
    }
    var towers = Towers()
    towers.count = 100_000
    towers.height = [0, 2000]
    towers.width = [0, 1000]
    let scene = try StreetTests.scene(towers)
    #expect(scene.boxes.count < 12_000)
    towers.height = []
    towers.width = []
    #expect(try StreetTests.scene(towers).boxes.count < 12_000)
    var tower = Tower()
    tower.width = 0.5
    tower.depth = 1000
    tower.height = 2000
    #expect(try StreetTests.scene(tower).boxes.count < 40)
  }

  @Test("towers that breathe swell by their share, in slices of storeys that join, and loops close")
  func breathingTowers() throws {
    var tower = Tower()
    tower.mast = false
    tower.width = 20
    let still = try Staging.scene(tower)
    tower.breath = 0.3
    tower.breathLength = 25
    tower.breathPeriod = 4
    func widths(_ time: Double) throws -> [Float] {
      let boxes = try Staging.scene(tower, moment: Moment(time: time, loop: 8)).boxes
      return boxes.filter { $0.size.y > 2 }.map(\.size.x)
    }
    let now = try widths(0)
    #expect(now.count > still.boxes.count)
    #expect(now.contains { $0 > 24 } && now.contains { $0 < 16 } && now.allSatisfy { $0 <= 26.1 })
    #expect(try widths(1.3) != now)
    #expect(zip(try widths(8), now).allSatisfy { abs($0 - $1) < 1e-3 })
    // No gaps between the storeys.
    let bodies = try Staging.scene(tower).boxes.filter { $0.size.y > 2 }.sorted { $0.low.y < $1.low.y }
    #expect(zip(bodies, bodies.dropFirst()).allSatisfy { $1.low.y - $0.high.y < 0.5 })
    // Windows widen with their wall: as many bays stand in each slice.
    tower.height = 2000
    #expect(try Staging.scene(tower).boxes.count < 400)
  }

  @Test("what flickers in windows repeats with a loop", arguments: [2.0, 8, 10, 31])
  func windowsLoop(_ loop: Double) {
    func lights(_ time: Double) -> [Vector] {
      let habits = WindowLights.Habits(lit: 0.8, moment: Moment(time: time, loop: loop))
      let lights = WindowLights(columns: 60, rows: 60, habits: habits, seed: 4)
      return (0..<3600).map { lights.light($0 % 60, $0 / 60) }
    }
    let start = lights(0)
    let isClosed = zip(start, lights(loop)).allSatisfy { a, b in
      (0..<3).allSatisfy { abs(a[$0] - b[$0]) < 1e-3 }
    }
    #expect(isClosed)
    #expect(start != lights(loop * 0.4))
  }

  @Test func someWindowsFlicker() throws {
    let habits = { (time: Double) in WindowLights.Habits(lit: 0.5, moment: Moment(time: time)) }
    let now = WindowLights(columns: 60, rows: 60, habits: habits(1), seed: 4)
    let again = WindowLights(columns: 60, rows: 60, habits: habits(1), seed: 4)
    let later = WindowLights(columns: 60, rows: 60, habits: habits(4.3), seed: 4)
    var changed = 0
    var lit = 0
    for j in 0..<60 {
      for i in 0..<60 {
        if now.light(i, j) != later.light(i, j) { changed += 1 }
        if now.light(i, j).x > 0.03 { lit += 1 }
        #expect(now.light(i, j) == again.light(i, j))
      }
    }
    #expect(changed > 0 && Float(changed) < 0.1 * Float(lit))
  }
}
