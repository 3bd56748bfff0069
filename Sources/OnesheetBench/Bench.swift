import ArgumentParser
import CVector
import Catalog
import Effects
import Foundation
import Layers
import Markup
import Onesheet
import PNGCodec
import Raster
import Synchronization
import Typography

/// Measures what the engine does in megapixels a second. Ratios within one run mean something; figures of two
/// machines, or of two days, do not.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "onesheet-bench",
    abstract: "Megapixels a second of every layer, every effect and the codec.")

  @Option(help: "Only what has this in its name.")
  var only: String?

  @Flag(help: "Leave out the sheet of 8100 × 12000 pixels.")
  var small = false

  @Flag(help: "Leave out whole posters.")
  var parts = false

  private var threads: [Int] {
    let all = ProcessInfo.processInfo.activeProcessorCount
    return all > 1 ? [1, all] : [1]
  }

  private var sizes: [(name: String, width: Int, height: Int)] {
    let hd = (name: "HD", width: 1920, height: 1080)
    return small ? [hd] : [hd, (name: "sheet", width: 8100, height: 12000)]
  }

  func run() throws {
    print("# \(machine())\n")
    try calibrate()
    for size in sizes {
      print("\n## \(size.name): \(size.width) × \(size.height)\n")
      print(
        "| work | \(threads.map { $0 == 1 ? "1 thread" : "\($0) threads" }.joined(separator: " | ")) | peak memory |"
      )
      print("|---|\(threads.map { _ in "---:|" }.joined())---:|")
      let geometry = Geometry(trimWidth: size.width, trimHeight: size.height)
      try effects(geometry)
      try chains(geometry)
      try layers(geometry)
      try codec(geometry)
      try reading(geometry)
    }
    if isWanted("set") {
      try SetBench(workers: Workers(count: threads.last ?? 1), hasSheet: !small).run()
    }
    if !parts {
      try PosterBench(workers: Workers(count: threads.last ?? 1), hasSheet: !small, only: only).run()
    }
  }

  // MARK: Measuring

  /// Seconds of the fastest of a few runs; long work runs once. `prepare` comes before each run and is not counted.
  private func seconds(prepare: () -> Void = {}, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    var spent = 0.0
    var runs = 0
    repeat {
      runs += 1
      prepare()
      let start = DispatchTime.now().uptimeNanoseconds
      try body()
      let taken = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      best = min(best, taken)
      spent += taken
      // What takes no time at all would otherwise never end.
    } while spent < 0.4 && runs < 100
    return best
  }

  private func isWanted(_ name: String) -> Bool { only.map { name.contains($0) } ?? true }

  private func line(
    _ name: String, _ geometry: Geometry, prepare: () -> Void = {}, _ work: (Workers) throws -> Void
  ) throws {
    guard isWanted(name) else { return }
    let area = Double(geometry.bounds.area) / 1e6
    let rates = try threads.map { count -> String in
      let time = try seconds(prepare: prepare) { try work(Workers(count: count)) }
      return String(format: "%.0f", area / time)
    }
    let peak = Double(BufferPool.shared.usage.peak) / Double(1 << 20)
    print("| \(name) | \(rates.joined(separator: " | ")) | \(String(format: "%.0f MiB", peak)) |")
    fflush(nil)
  }

  private func machine() -> String {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return
      "\(model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"), \(threads.last ?? 1) threads"
  }

  /// What this machine can do at all, so that figures can be read.
  private func calibrate() throws {
    print("| calibration | result |\n|---|---:|")
    let pixels = 97_200_000
    for count in threads {
      let workers = Workers(count: count)
      BufferPool.shared.trim()
      let from = try Plane(width: 8100, height: 12000)
      let to = try Plane(width: 8100, height: 12000)
      from.fill(1, workers: workers)
      to.fill(1, workers: workers)
      let copy = seconds {
        workers.bands(rows: 12000, width: 8100) { rows in
          for y in rows { to.row(y).update(from: from.row(y), count: 8100) }
        }
      }
      print(
        String(
          format: "| copy of a plane, %d thread(s) | %.1f GB/s read and written |", count,
          8 * Double(pixels) / copy / 1e9))
      let arithmetic = seconds {
        workers.each(count) {
          // Four chains hide the latency of each; the store keeps the work from being removed.
          var (a, b, c, d) = (v8_splat(1), v8_splat(2), v8_splat(3), v8_splat(4))
          let k = v8_splat(from.base[0] * 0.999_999)
          for _ in 0..<5_000_000 {
            a = a * k + 1e-9
            b = b * k + 1e-9
            c = c * k + 1e-9
            d = d * k + 1e-9
          }
          v8_store(to.row($0), a + b + c + d)
        }
      }
      print(
        String(
          format: "| eight multiply-adds, %d thread(s) | %.2f billion a second |", count,
          0.02 * Double(count) * 8 / arithmetic))
    }
    BufferPool.shared.trim()
    let start = DispatchTime.now().uptimeNanoseconds
    let plane = try Plane(width: 8100, height: 12000)
    plane.fill(1, workers: Workers(count: threads.last ?? 1))
    let first = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    print(String(format: "| first touch of 389 MB, all threads | %.0f ms |", first * 1000))
  }

  // MARK: Work

  /// A picture with ramps, light and noise, as a poster has them.
  private func fill(_ frame: Framebuffer, _ workers: Workers) {
    workers.bands(rows: frame.height, width: frame.width) { rows in
      for y in rows {
        let row = frame.row(y)
        for x in 0..<row.count {
          let h = latticeHash(Int32(x >> 3), Int32(y >> 3), 1)
          let noise = Float(h >> 8) / Float(1 << 24)
          let light: Float = h % 97 == 0 ? 6 : 1
          row.red[x] = noise * 0.6 * light
          row.green[x] = Float(y) / Float(frame.height) * 0.5 * light
          row.blue[x] = Float(x) / Float(frame.width) * 0.7
          row.alpha[x] = 1
        }
      }
    }
  }

  private func effects(_ geometry: Geometry) throws {
    let all = Workers(count: threads.last ?? 1)
    let frame = try Framebuffer(region: geometry.bounds)
    // A street: from two meters at the bottom to two hundred at the top.
    let depth = try Plane(width: geometry.bounds.width, height: geometry.bounds.height)
    for y in 0..<depth.height {
      depth.row(y).update(
        repeating: 2 * Float(depth.height) / Float(y + depth.height / 100 + 1), count: depth.width)
    }
    func measure(_ name: String, _ effect: any Effect) throws {
      // Each run is given the same picture: what is sorted once is sorted faster.
      try line("effect \(name)", geometry, prepare: { fill(frame, all) }) { workers in
        var context = EffectContext(geometry: geometry, moment: Moment(), seed: Seed(1), workers: workers)
        for look in effect.looks where look.channel == .depth {
          context.planes[look.parameter] = LayerPlane(plane: depth, region: geometry.bounds)
        }
        try effect.apply(to: frame, in: context)
      }
    }
    for type in EffectCatalog.all {
      guard type.name != LUT.name else {
        // Without a file of colors it does nothing.
        try measure("\(LUT.name), cube of 33 a side", try Self.cube(ofSide: 33))
        continue
      }
      try measure(type.name, busy(type.init()))
      guard type.name == "pixel-sort" else { continue }
      for (direction, angle) in [
        ("rows", "0"), ("columns", "90"), ("30 degrees", "30"), ("75 degrees", "75"),
      ] {
        guard let effect = Self.sortingEverything(type.init(), angle: angle) else { continue }
        try measure("pixel-sort, every pixel, \(direction)", effect)
        guard angle == "0" || angle == "90", let exact = Self.with(effect, "compatible", "pixelsort"),
          let whole = Self.with(exact, "pixel-sort", "none")
        else { continue }
        try measure("pixel-sort, as pixelsort, whole \(direction)", whole)
      }
    }
  }

  /// A look as a file of colors, which is read as a preset reads it.
  private static func cube(ofSide side: Int) throws -> any Effect {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "onesheet-bench-\(UUID().uuidString).cube"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var text = "LUT_3D_SIZE \(side)\n"
    let last = Double(side - 1)
    for b in 0..<side {
      for g in 0..<side {
        for r in 0..<side {
          let (r, g, b) = (Double(r) / last, Double(g) / last, Double(b) / last)
          // Warm lights, cool shadows, blacks that end above black.
          text += "\(0.02 + 0.98 * pow(r, 1.1)) \(0.02 + 0.96 * g * (0.9 + 0.1 * r)) \(0.05 + 0.85 * b)\n"
        }
      }
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    guard let lut = LUT(path: path) else { throw CocoaError(.fileReadCorruptFile) }
    return lut
  }

  /// Effects that look at one pixel at a time, as a preset runs them, and one after the other.
  private func chains(_ geometry: Geometry) throws {
    let effects: [(String, String)] = [
      ("grade", "1"), ("tone", "agx"), ("vignette", "0.5"), ("scan-lines", "0.3"),
      ("projector-flicker", "0.5"),
    ]
    let name = "chain of five effects on single pixels"
    guard isWanted(name) else { return }
    var text = """
      onesheet: 1
      canvas: {size: \(geometry.width)x\(geometry.height)}
      layers:
        - gradient: linear
          stops: {0: black, 1: white}
      """
    let plain = try Preset(text: text)
    text += "\neffects:"
    for (name, value) in effects { text += "\n  - \(name): \(value)" }
    let preset = try Preset(text: text)
    try line("\(name): a gradient without them", geometry) { _ = try plain.render(workers: $0) }
    try line("\(name): in a preset, with the gradient", geometry) { _ = try preset.render(workers: $0) }
    let frame = try Framebuffer(region: geometry.bounds)
    fill(frame, Workers(count: threads.last ?? 1))
    let all = effects.compactMap { name, value in
      EffectCatalog.byName[name].flatMap { Self.with($0.init(), name, value) }
    }
    try line("\(name): one after the other, without it", geometry) { workers in
      let context = EffectContext(geometry: geometry, moment: Moment(), seed: Seed(1), workers: workers)
      for effect in all { try effect.apply(to: frame, in: context) }
    }
  }

  /// The pixel sort with every pixel in a span, or nil if it has no such settings.
  private static func sortingEverything(_ effect: some Effect, angle: String) -> (any Effect)? {
    var all: (any Effect)? = effect
    for (name, value) in [
      ("angle", angle), ("coverage", "1"), ("growth", "0"), ("randomness", "0"), ("lower", "0"),
      ("upper", "1"),
    ] { all = all.flatMap { with($0, name, value) } }
    return all
  }

  private static func with(_ effect: some Effect, _ name: String, _ value: String) -> (any Effect)? {
    effect.setting(name, to: value, geometry: Geometry(trimWidth: 100, trimHeight: 100))
  }

  /// An effect whose default does nothing is measured at work.
  private func busy(_ effect: some Effect) -> any Effect {
    Self.with(effect, "saturation", "1.2") ?? effect
  }

  /// Each layer in a preset of its own, so that it is drawn as a user draws it.
  private func layers(_ geometry: Geometry) throws {
    let examples: [(String, String)] = [
      ("solid", "solid: teal"),
      ("gradient", "gradient: linear\n    angle: 60\n    stops: {0: black, 1: red}"),
      ("gradient radial", "gradient: radial\n    stops: {0: black, 1: red}"),
      ("noise", "noise: fbm"),
      ("shape", "shape: star\n    width: 0.5\n    height: 0.5"),
      ("text", "text: NEON STATIC\n    fit: 0.86"),
      ("neon", "neon: MOTEL\n    size: 0.2"),
    ]
    for (name, yaml) in examples where LayerCatalog.byName[String(name.split(separator: " ")[0])] != nil {
      let text = """
        onesheet: 1
        canvas: {size: \(geometry.width)x\(geometry.height)}
        layers:
          - \(yaml)
        """
      let preset = try Preset(text: text)
      try line("layer \(name)", geometry) { workers in _ = try preset.render(workers: workers) }
    }
    let plain = try Preset(
      text: """
        onesheet: 1
        canvas: {size: \(geometry.width)x\(geometry.height)}
        layers:
          - solid: teal
          - solid: red
            blend: soft-light
            opacity: 0.5
        """)
    try line("blend soft-light over solid", geometry) { workers in _ = try plain.render(workers: workers) }
    try line("sheet of type, 12 000 letters", geometry) { [preset = try sheetOfType(geometry)] workers in
      _ = try preset.render(workers: workers)
    }
    try imageLayer(geometry)
  }

  /// Two columns of justified type, Chinese columns and a title over one color: more letters than any poster has. The
  /// row of `solid` is what the sheet costs without them.
  private func sheetOfType(_ geometry: Geometry) throws -> Preset {
    let story = """
      Fog rolls in over a rain-slicked street. Neon signs buzz with static; each letter flickers on its own, some of them
      nearly dead. Far off a single street lamp pulses like a heart and throws long shadows that move too slowly.
      """.split(separator: "\n").joined(separator: " ")
    let english = [String](repeating: story, count: 24).joined(separator: " ")
    let chinese = String(repeating: "雾漫过积水的街道，霓虹招牌带着静电嗡嗡作响，每个字都自顾自地闪。", count: 30)
    return try Preset(
      text: """
        onesheet: 1
        canvas: {size: \(geometry.width)x\(geometry.height)}
        layers:
          - solid: white
          - {text: "\(english)", font: Roboto Condensed Light, size: 0.008, width: 0.42, align: justify, hanging: 1,
             color: black, at: [0.05, 0.2], anchor: top-left}
          - {text: "\(english)", font: League Spartan Light, size: 0.007, width: 0.28, align: justify, color: black,
             at: [0.5, 0.2], anchor: top-left}
          - {text: "\(chinese)", font: Noto Sans SC, direction: vertical, size: 0.009, height: 0.7, color: black,
             at: [0.97, 0.2], anchor: top-right}
          - {text: NEON STATIC, fit: 0.9, color: black, at: [0.5, 0.1]}
        """)
  }

  /// A photograph of six megapixels that fills the picture: its file is read anew for each.
  private func imageLayer(_ geometry: Geometry) throws {
    let name = "layer image, file of 3000 × 2000 resampled"
    guard isWanted(name) else { return }
    let photo = Geometry(trimWidth: 3000, trimHeight: 2000)
    let workers = Workers(count: threads.last ?? 1)
    let frame = try Framebuffer(region: photo.bounds)
    fill(frame, workers)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "onesheet-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(try encoded(frame, depth: .eight, workers)).write(to: folder.appendingPathComponent("photo.png"))
    let preset = try Preset(
      text: """
        onesheet: 1
        canvas: {size: \(geometry.width)x\(geometry.height)}
        layers:
          - image: photo.png
        """, folder: folder.path)
    try line(name, geometry) { workers in _ = try preset.render(workers: workers) }
  }

  private func codec(_ geometry: Geometry) throws {
    let frame = try Framebuffer(region: geometry.bounds)
    fill(frame, Workers(count: threads.last ?? 1))
    let context = { (workers: Workers) in
      EffectContext(geometry: geometry, moment: Moment(), seed: Seed(1), workers: workers)
    }
    if let tone = EffectCatalog.byName["tone"]?.init() as? any PointEffect {
      try line("finish: tone, transfer, dither, pack", geometry) { workers in
        let finish = Finish(depth: .eight, hasAlpha: false, seed: 1)
        let processor = tone.prepare(in: context(workers))
        let width = geometry.width
        workers.bands(rows: geometry.height, width: width) { rows in
          withUnsafeTemporaryAllocation(byteCount: width * 3, alignment: 64) { scratch in
            guard let base = scratch.baseAddress else { return }
            for y in rows {
              let row = frame.row(y)
              processor.process(row, x: 0, y: y)
              finish.finish(row: row, y: y, x: 0, into: base)
            }
          }
        }
      }
    }
    if let grain = EffectCatalog.byName["grain"]?.init() {
      fill(frame, Workers(count: threads.last ?? 1))
      try grain.apply(to: frame, in: context(Workers(count: threads.last ?? 1)))
    }
    for (name, depth) in PNGHeader.Depth.benched {
      try line("PNG, grainy, \(name)", geometry) { workers in
        try encode(frame, depth: depth, workers) { _ in }
      }
    }
  }

  /// Reading is measured by itself, so that the picture that was written no longer takes memory.
  private func reading(_ geometry: Geometry) throws {
    for (name, depth) in PNGHeader.Depth.benched where isWanted("reading PNG, \(name)") {
      let workers = Workers(count: threads.last ?? 1)
      let bytes: [UInt8]
      do {
        let frame = try Framebuffer(region: geometry.bounds)
        fill(frame, workers)
        bytes = try encoded(frame, depth: depth, workers)
      }
      try line("reading PNG, \(name)", geometry) { workers in
        _ = try PNGImage.read(bytes: bytes).framebuffer(workers: workers)
      }
    }
  }

  private func encode(
    _ frame: Framebuffer, depth: PNGHeader.Depth, _ workers: Workers,
    write: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) throws {
    let encoder = try PNGEncoder(header: PNGHeader(width: frame.width, height: frame.height, depth: depth))
    let finish = Finish(depth: depth, hasAlpha: false, seed: 1)
    let stride = encoder.header.bytesPerPixel * frame.width
    try encoder.encode(
      workers: workers,
      fill: { rows, target in
        guard let base = target.baseAddress else { return }
        for y in rows {
          finish.finish(row: frame.row(y), y: y, x: 0, into: base + (y - rows.lowerBound) * stride)
        }
      }, write: write)
  }

  private func encoded(_ frame: Framebuffer, depth: PNGHeader.Depth, _ workers: Workers) throws -> [UInt8] {
    let bytes = Mutex<[UInt8]>([])
    try encode(frame, depth: depth, workers) { chunk in bytes.withLock { $0.append(contentsOf: chunk) } }
    return bytes.withLock { $0 }
  }
}

extension PNGHeader.Depth {
  fileprivate static let benched: [(String, PNGHeader.Depth)] = [("8 bits", .eight), ("16 bits", .sixteen)]
}
