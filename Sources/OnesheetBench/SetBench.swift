import Foundation
import Onesheet
import Raster
import Stage
import Synchronization

/// Wall clock and processor time of a piece of work, seconds. On a machine that others use as well, the processor's
/// time over the number of threads is what the work takes on a quiet one.
struct Duration {
  var wall = 0.0
  var processor = 0.0

  static func now() -> Duration {
    var processor = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &processor)
    return Duration(
      wall: Double(DispatchTime.now().uptimeNanoseconds) / 1e9,
      processor: Double(processor.tv_sec) + Double(processor.tv_nsec) / 1e9)
  }

  static func - (a: Duration, b: Duration) -> Duration {
    Duration(wall: a.wall - b.wall, processor: a.processor - b.processor)
  }

  static func of<Result>(_ work: () throws -> Result) rethrows -> (Result, Duration) {
    let start = now()
    let result = try work()
    return (result, now() - start)
  }
}

/// Sets: what a street costs, part by part, and how that grows.
struct SetBench {
  let workers: Workers
  let hasSheet: Bool

  /// A street as posters show it: about 25 cards and 45 lights.
  private static let street = """
    onesheet: 1
    canvas: {size: 1350x2000}
    seed: 8
    layers:
      - set: street
        camera: {height: 0.6, vanishing-point: [0.5, 0.605], focal-length: 34}
        rain: {amount: 0.5}
        street: {half-width: 5.6, near: 4, far: 92}
        lights:
          - {light: spot, at: [0.5, 9, 16], shadows: on}
        signs:
          - {sign: neon, text: 海霧旅社, side: left, z: 15}
          - {sign: box, text: 電波喫茶, side: right, z: 21}
          - {sign: neon, text: VIDEO, side: right, z: 12, color: "rgb(60,230,235)"}
          - {sign: neon, text: 麵, side: left, z: 24}
          - {sign: box, text: RADIO, side: left, z: 31}
          - {sign: neon, text: 夜, side: right, z: 34}
          - {sign: box, text: HOTEL, side: right, z: 45}
        people:
          - {figure: walk, at: [0.03, 5.55]}
          - passers-by
        props:
          - {cassette: melted, at: [-0.015, 2.1]}
        towers:
          - towers
    """

  func run() throws {
    let preset = try Preset(text: Self.street)
    guard let scene = try preset.scenes().first else { return }
    print(
      """

      ## Sets: a street of \(scene.boxes.count) blocks, \(scene.cards.count) cards, \(scene.strands.count) strands, \
      \(scene.lights.count) lights

      Wall clock / processor time, \(workers.count) threads. Set-up is trees, textures and air-light; it comes on top.
      Rays: from the eye, and from wet ground. Noise: root mean square, after x / (1 + x), of the difference from
      256 rays for each point of the ground, on rows below the horizon; at the size in which posters are judged.

      | picture | set-up | painting | rays, millions a second | rays a pixel | rays a point of ground | noise |
      |---|---:|---:|---:|---:|---:|---:|
      """)
    var sizes = [
      (name: "poster, draft", width: 540, height: 800), (name: "poster", width: 1350, height: 2000),
      (name: "frame", width: 2048, height: 858),
    ]
    if hasSheet { sizes.append((name: "sheet", width: 8100, height: 12000)) }
    for size in sizes { measure(scene, size.name, size.width, size.height, noise: size.height <= 2000) }
    var open = scene
    open.camera.aperture = 0.025
    open.camera.focus = 6
    measure(open, "poster, draft, lens of 25 mm", 540, 800, noise: false)
    growth(scene)
  }

  private func measure(_ scene: Scene, _ name: String, _ width: Int, _ height: Int, noise: Bool) {
    let view = View(camera: scene.camera, width: width, height: height)
    let (shot, setUp) = Duration.of { Shot(scene: scene, view: view, workers: workers) }
    let (counts, painting) = Duration.of {
      paint(shot, width, rows: Array(0..<height), keeping: false).counts
    }
    let rays = Double(counts.primary + counts.reflected) / 1e6
    var error = ""
    if noise {
      let horizon = Int(Double(scene.camera.vanishing.y) * Double(height))
      let rows = Array(stride(from: max(0, horizon), to: height, by: max(1, height / 50)))
      let reference = Shot(scene: scene, view: view, reflections: .fixed(256), workers: workers)
      let (a, b) = (
        paint(shot, width, rows: rows, keeping: true).pixels,
        paint(reference, width, rows: rows, keeping: true).pixels
      )
      func toned(_ x: Float) -> Double { Double(x / (1 + x)) }
      let sum = zip(a, b).reduce(0) { $0 + (toned($1.0) - toned($1.1)) * (toned($1.0) - toned($1.1)) }
      error = String(format: "%.4f", (sum / Double(max(1, a.count))).squareRoot())
    }
    print(
      "| \(name), \(width) × \(height) | \(text(setUp)) | \(text(painting)) "
        + String(
          format: "| %.1f / %.1f | %.1f + %.1f | %.1f | ", rays / painting.wall, rays / painting.processor,
          Double(counts.primary) / Double(width * height), Double(counts.reflected) / Double(width * height),
          Double(counts.reflected) / Double(max(1, counts.reflections))) + error + " |")
    fflush(nil)
  }

  private func text(_ time: Duration) -> String {
    String(format: "%.2f / %.2f s", time.wall, time.processor)
  }

  /// How the time of a small picture grows with what is in the set.
  private func growth(_ scene: Scene) {
    print("\n| what grows | number | set-up | painting of 270 × 400 |\n|---|---:|---:|---:|")
    func line(_ name: String, _ number: Int, _ scene: Scene) {
      let view = View(camera: scene.camera, width: 270, height: 400)
      let (shot, setUp) = Duration.of { Shot(scene: scene, view: view, workers: workers) }
      let (_, painting) = Duration.of {
        paint(shot, 270, rows: Array(0..<400), keeping: false).counts.primary
      }
      print("| \(name) | \(number) | \(text(setUp)) | \(text(painting)) |")
      fflush(nil)
    }
    for number in [10, 45, 200, 1000] {
      var many = scene
      // Together always as bright, along both walls.
      many.lights = (0..<number).map { i in
        var light = Light(
          position: Vector(
            (i % 2 == 0 ? 1 : -1) * (2 + 3 * fraction(i, 0.618_034)), 1 + 8 * fraction(i, 0.414_214),
            4 + 88 * (Float(i) + 0.5) / Float(number)),
          color: Vector(3, 1, 2) * (45 / Float(number)))
        light.castsShadow = false
        return light
      }
      line("lights", number, many)
    }
    for number in [100, 1000, 10_000] {
      var many = scene
      many.boxes = (0..<number).map { i in
        let side: Float = i % 2 == 0 ? 1 : -1
        let x = side * (5.6 + 4 * fraction(i, 0.618_034))
        let y = 12 * fraction(i, 0.414_214)
        let z = 4 + 88 * fraction(i, 0.732_051)
        return Box(
          low: Vector(min(x, x + side), y, z), high: Vector(max(x, x + side), y + 0.6, z + 0.8), material: 0,
          seed: UInt32(i))
      }
      line("blocks", number, many)
    }
  }

  private func fraction(_ i: Int, _ step: Float) -> Float {
    let x = Float(i) * step
    return x - x.rounded(.down)
  }

  /// Paints rows of a picture; answers their pixels, if they are to be kept, and what they took.
  private func paint(
    _ shot: Shot, _ width: Int, rows: [Int], keeping: Bool
  ) -> (pixels: [Float], counts: Shot.Counts) {
    let total = Mutex(Shot.Counts())
    let kept = Mutex([Int: [Float]]())
    workers.each(rows.count) { k in
      var counts = Shot.Counts()
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: width * 4)
      defer { memory.deallocate() }
      let row = Row(
        red: memory, green: memory + width, blue: memory + 2 * width, alpha: memory + 3 * width, count: width)
      shot.paint(row, x: 0, y: rows[k], counting: &counts)
      total.withLock { $0 += counts }
      if keeping {
        let pixels = Array(UnsafeBufferPointer(start: memory, count: width * 3))
        kept.withLock { $0[k] = pixels }
      }
    }
    let pixels = kept.withLock { kept in rows.indices.flatMap { kept[$0] ?? [] } }
    return (pixels, total.withLock { $0 })
  }
}
