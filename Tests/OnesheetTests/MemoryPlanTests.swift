import Effects
import Foundation
import Layers
import Raster
import Testing

@testable import Onesheet

/// A plan's memory against what rendering takes of a pool of its own.
@Suite struct MemoryPlanTests {
  /// Renders in a pool of its own and compares.
  ///
  /// What the plan counts beside the pool (outlines, and what threads hold) must not make up for what it forgets:
  /// `outlines` are taken off, and the rest is a few `besides` at most.
  ///
  /// - Parameter outlines: bytes; all that the painters hold if it is nil, which is right where there are no images.
  private func expectHonest(
    _ preset: Preset, region: PixelRect? = nil, upTo ratio: Double = 1.3, besides: Int = 4 << 20,
    outlines: Int? = nil, _ comment: Comment? = nil
  ) throws {
    let workers = Workers(count: 2)
    let plan = try preset.plan(time: nil, workers: workers)
    let planned = plan.peakBytes(for: region ?? preset.geometry.bounds) - (outlines ?? plan.preparation.held)
    let pool = BufferPool()
    try BufferPool.$current.withValue(pool) { _ = try preset.render(region: region, workers: workers) }
    #expect(pool.usage.inUse == 0, "a picture that is gone holds nothing")
    let used = pool.usage.peak
    #expect(pool.mappedBytes <= used + BufferPool.reserve(beside: used))
    let text = "\(comment?.rawValue ?? ""): planned \(planned >> 10) KiB, used \(used >> 10) KiB"
    #expect(planned >= used, "\(text)")
    #expect(Double(planned) <= ratio * Double(used) + Double(besides), "\(text)")
  }

  @Test("every preset takes what its plan says", arguments: EveryPresetTests.names, [0.05, 0.13])
  func presets(_ name: String, _ scale: Double) throws {
    // What a set makes ready is counted, but lies outside the pool: textures, trees, air-light. The eye of the teasers
    // is made of large cards.
    let besides =
      name.hasPrefix("teaser") || name == "neon-eye.yaml"
      ? 112 << 20 : name.hasPrefix("stage-") || EveryPresetTests.frames.contains(name) ? 64 << 20 : 4 << 20
    try expectHonest(
      try EveryPresetTests.preset(name) { $0.scale = scale }, besides: besides, "\(name) at \(scale)")
  }

  @Test("a part of a preset takes what its plan says") func region() throws {
    let preset = try EveryPresetTests.preset("festival.yaml") { $0.scale = 0.13 }
    try expectHonest(preset, region: PixelRect(minX: 300, minY: 700, maxX: 500, maxY: 900))
  }

  @Test("every preset fits in 6 GiB at its full size", arguments: EveryPresetTests.names)
  func fullSize(_ name: String) throws {
    let preset = try EveryPresetTests.preset(name)
    let workers = Workers(count: 2)
    let plan = try preset.plan(time: nil, workers: workers)
    let whole = preset.geometry.bounds
    #expect(plan.processBytes(for: whole, workers: workers) < 6 << 30)
    #expect(plan.peakBytes(for: whole) >= Framebuffer.bytes(of: whole))
  }

  @Test("making a plan takes no rasters") func planning() throws {
    let preset = try EveryPresetTests.preset("teaser.yaml") { $0.scale = 0.1 }
    let pool = BufferPool()
    try BufferPool.$current.withValue(pool) { _ = try preset.plan(time: nil, workers: Workers(count: 1)) }
    #expect(pool.usage.peak == 0)
  }

  // MARK: What the presets do not have

  private func preset(_ body: String, size: String = "600x1400") throws -> Preset {
    try PictureTests.preset("onesheet: 1\ncanvas: {size: \(size)}\n" + body)
  }

  @Test(
    "every effect, on the picture, on a layer, mixed, and masked",
    arguments: EffectCatalog.all.filter { $0.standsAlone }.map { $0.name })
  func effects(_ name: String) throws {
    guard try !#require(EffectCatalog.byName[name]).init().looks.contains(where: { $0.channel == .depth })
    else {
      // A set is needed; what it makes ready does not lie in the pool.
      for settings in ["", ", mix: 0.5", ", mask: {solid: white}"] {
        let effect = "{\(name): \(Self.value(name))\(settings)}"
        try expectHonest(
          try preset("layers: [{set: empty}]\neffects: [\(effect)]\n"), besides: 64 << 20,
          "picture \(effect)")
        try expectHonest(
          try preset("layers: [{solid: red}, {set: empty, effects: [\(effect)]}]\n"), besides: 64 << 20,
          "layer \(effect)")
      }
      return
    }
    let mask = "{shape: ellipse, width: 0.5, height: 0.5, feather: 0.1}"
    for settings in ["", ", mix: 0.5", ", mask: {solid: white}", ", mask: \(mask)"] {
      let effect = "{\(name): \(Self.value(name))\(settings)}"
      try expectHonest(
        try preset("layers: [{noise: fbm}]\neffects: [\(effect)]\n"), "picture \(effect)")
      try expectHonest(
        try preset(
          "layers: [{solid: red}, {shape: ellipse, width: 0.3, height: 0.2, effects: [\(effect)]}]\n"),
        "layer \(effect)")
    }
  }

  @Test("effects that look at other layers")
  func looks() throws {
    let layers = """
      layers:
        - {noise: fbm}
        - group: [{shape: ellipse, width: 0.3, height: 0.2}, {neon: OPEN, size: 0.1}]
          id: figure
          effects: [bloom]
        - {noise: value, id: spans, visible: false, effects: [{chromatic-aberration: 0.5}]}

      """
    for effect in [
      "protect: figure", "protect: figure, mix: 0.5", "spans: {layer: spans, channel: luminance}",
      "protect: figure, spans: spans, mask: {shape: ellipse, feather: 0.1}", "path: radial, protect: figure",
      "compatible: pixelsort, spans: spans, protect: figure",
    ] {
      // Rays collect their pixels outside of the pool.
      try expectHonest(
        try preset(layers + "effects: [{pixel-sort: edges, \(effect)}]\n"),
        besides: effect.contains("radial") ? 40 << 20 : 4 << 20, "\(effect)")
    }
    // A layer's own effects, strip by strip.
    try expectHonest(
      try preset(
        layers
          + "  - {noise: value, blend: add, effects: [{pixel-sort: random, span: 0.02, protect: figure}]}\n"))
    try expectHonest(
      try preset("layers: [{set: empty}]\neffects: [{pixel-sort: threshold, key: depth}]\n"),
      besides: 64 << 20)
  }

  /// The first parameter at its default.
  private static func value(_ name: String) -> String {
    EffectCatalog.byName[name]?.parameterDescriptions.first?.defaultText ?? ""
  }

  @Test(
    "every layer",
    arguments: [
      "{solid: red}", "{gradient: conic, stops: {0: red, 1: blue}}", "{noise: fbm, octaves: 2}",
      "{noise: ridged, octaves: 9, size: 0.02}", "{shape: star, width: 0.9, height: 0.9, stroke: red}",
      "{text: \"MOTEL\", font: Bebas Neue, fit: 0.95, stroke: red}",
      "{text: OPEN, size: 0.2, halo: 1, glow: 1, shadow: black, plate: red, knock-out: plate}",
      "{text: OPEN, size: 0.2, tears: 3, misprint: 0.02, flicker: 0.5, color: {chrome: gold, sparkle: 1}}",
      "{title: \"OPEN\\nALL NIGHT\", glow: 1, stroke: red}", "{tagline: OPEN ALL NIGHT, halo: 1}",
      "{release: SOON}",
      "{presents: [A, B]}", "{title: OPEN, color: {layer: sea}, shadow: black}",
      "{title: OPEN, knock-out: group, stroke: red}",
      "{neon: OPEN, size: 0.3, halo-radius: 2}",
      "{neon: OPEN, size: 0.01}", "{group: [{solid: red}, {noise: fbm}]}",
    ])
  func layers(_ layer: String) throws {
    // One that is seen only where another shows it.
    try expectHonest(try preset("layers: [{noise: fbm, id: sea, visible: false}, \(layer)]\n"), "alone")
    try expectHonest(
      try preset("layers: [{noise: fbm, id: sea, visible: false}, {solid: black}, \(layer)]\n"), "above")
    let opened = layer.dropLast()
    try expectHonest(
      try preset(
        "layers: [{noise: fbm, id: sea, visible: false}, {solid: black}, \(opened), blend: screen, effects: [bloom]}]\n"
      ), "with an effect")
    try expectHonest(
      try preset(
        "layers: [{noise: fbm, id: sea, visible: false}, {solid: black}, {solid: red, mask: \(opened), feather: 0.03}}]\n"
      ), "as a mask")
  }

  @Test("groups in groups, each with effects and a mask") func nested() throws {
    var layer = "{noise: fbm, octaves: 3}"
    for depth in 1...6 {
      let effect = [
        "bloom: 0.4", "grain: 0.5", "vhs: lp", "pixel-sort: waves", "tone: agx", "chromatic-aberration: 0.5",
      ][
        depth % 6]
      layer = """
        {group: [{solid: "#10\(depth)0"}, \(layer), {gradient: radial, stops: {0: red, 1: blue}, blend: add}], \
        opacity: 0.9, effects: [{\(effect), mix: 0.7, mask: {group: [{noise: value}], feather: 0.02}}], \
        mask: {shape: ellipse, width: 0.\(9 - depth), height: 0.\(9 - depth), feather: 0.0\(depth)}}
        """
    }
    try expectHonest(try preset("layers: [{solid: black}, \(layer)]\n"))
  }

  @Test("blurred masks over strips") func feathers() throws {
    try expectHonest(
      try preset(
        """
        layers:
          - solid: black
          - group: [{noise: fbm, octaves: 2}, {solid: red, blend: multiply}]
            blend: screen
            mask:
              group: [{solid: white}, {neon: OPEN, size: 0.2}]
              feather: 0.08
          - copy: logo
          - text: "OPEN ALL NIGHT"
            id: logo
            font: Bebas Neue
            fit: 0.9
            mask: {noise: fbm, octaves: 2, feather: 0.3}
        """, size: "500x2600"))
  }

  @Test("pictures larger and smaller than the canvas") func images() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("onesheet-memory-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, size) in [("large", "1500x1500"), ("small", "300x200")] {
      try preset("layers: [{noise: fbm}]\n", size: size).render()
        .write(to: folder.appendingPathComponent("\(name).png").path)
    }
    for layers in [
      "{image: large.png}", "{image: small.png}",
      "{image: large.png, rotate: 20}, {image: large.png, blend: add}",
      "{image: small.png, fit: tile, size: 0.1}, {solid: red, mask: {image: large.png}}",
    ] {
      var options = Preset.Options()
      options.resources = PictureTests.resources
      let text = "{onesheet: 1, canvas: {size: 700x500}, layers: [\(layers)]}"
      // The samples of a file do not lie in the pool: 9 MB here.
      try expectHonest(
        try Preset(text: text, folder: folder.path, options: options), upTo: 1.4, besides: 10 << 20,
        outlines: 0, "\(layers)")
    }
  }

  // MARK: Smaller buffers

  @Test(
    "a layer whose pixels are sorted needs its surroundings only",
    arguments: ["threshold", "random", "edges", "waves", "none"], ["0", "90", "180", "270"])
  func sortedLayer(_ intervals: String, _ angle: String) throws {
    func picture(below: String) throws -> Framebuffer {
      try preset(
        """
        layers:
        \(below)
          - group:
              - noise: value
                size: 0.05
                mask: {shape: ellipse, width: 0.3, height: 0.25, at: [0.55, 0.42]}
            effects:
              - pixel-sort: \(intervals)
                angle: \(angle)
                lower: 0
                upper: 1
                coverage: 1
                growth: 0
                randomness: 0.2
                span: 0.06
        """, size: "300x700"
      ).render().framebuffer
    }
    // The first layer of a picture has all of it for its buffer.
    let (whole, part) = (try picture(below: ""), try picture(below: "  - solid: \"#0000\""))
    var differing = 0
    for (a, b) in zip(whole.planes, part.planes) {
      for y in 0..<700 { for x in 0..<300 where a.row(y)[x] != b.row(y)[x] { differing += 1 } }
    }
    #expect(differing == 0)
  }
}
