import Catalog
import Foundation
import Layers
import Markup
import Raster
import Stage
import Testing

@testable import Onesheet
@testable import Props

/// Sets: how presets describe them, change them, and what they are told.
@Suite struct SetTests {
  static let head = "onesheet: 1\ncanvas: {size: 60x30}\n"

  // MARK: Mistakes

  static let slips: [PresetMistakesTests.Slip] = [
    .init(
      name: "unknown key of a set", preset: head + "layers:\n  - set: empty\n    camra: {height: 1}\n",
      told: """
        p.yaml:5:5: error: 'set' has no parameter 'camra'
            camra: {height: 1}
            ^~~~~
        hint: did you mean 'camera'?
        """),
    .init(
      name: "unknown key of a section",
      preset: head + "layers:\n  - set: empty\n    fog:\n      densty: 0.1\n",
      told: """
        p.yaml:6:7: error: 'fog' has no parameter 'densty'
              densty: 0.1
              ^~~~~~
        hint: did you mean 'density'?
        """),
    .init(
      name: "a section that is a list", preset: head + "layers:\n  - set: empty\n    rain: [0.3]\n",
      told: """
        p.yaml:5:11: error: 'rain' is a mapping of parameters, not a list
            rain: [0.3]
                  ^~~~~
        """),
    .init(
      name: "the lens in two ways",
      preset: head + "layers:\n  - set: empty\n    camera: {focal-length: 22, field-of-view: 70}\n",
      told: """
        p.yaml:5:32: error: 'focal-length' and 'field-of-view' say the same in two ways
            camera: {focal-length: 22, field-of-view: 70}
                                       ^~~~~~~~~~~~~
        hint: leave out all but one
        """),
    .init(
      name: "out of range in a section", preset: head + "layers:\n  - set: empty\n    rain: {amount: 3}\n",
      told: """
        p.yaml:5:20: error: 3 is outside the legal range
            rain: {amount: 3}
                           ^
        hint: legal: from 0 to 1
        """),
    .init(
      name: "a list that is a mapping",
      preset: head + "layers:\n  - set: empty\n    lights: {light: point}\n",
      told: """
        p.yaml:5:13: error: a list of props is due here, not a mapping
            lights: {light: point}
                    ^~~~~~~~~~~~~~
        """),
    .init(
      name: "unknown prop", preset: head + "layers:\n  - set: empty\n    lights:\n      - lihgt: point\n",
      told: """
        p.yaml:6:9: error: there is no prop called 'lihgt'
              - lihgt: point
                ^~~~~
        hint: did you mean 'light'?
        """),
    .init(
      name: "two props in one item",
      preset: head + "layers:\n  - set: empty\n    props:\n      - light: point\n        block: [1, 1, 1]\n",
      told: """
        p.yaml:7:9: error: one item is one kind, but 'light' and 'block' are two
                block: [1, 1, 1]
                ^~~~~
        hint: begin a new item with a hyphen
        """),
    .init(
      name: "unknown key of a prop",
      preset: head + "layers:\n  - set: empty\n    lights:\n      - light: point\n        hallo: 3\n",
      told: """
        p.yaml:7:9: error: 'light' has no parameter 'hallo'
                hallo: 3
                ^~~~~
        hint: did you mean 'halo'?
        """),
    .init(
      name: "a layer's key in a prop",
      preset: head + "layers:\n  - set: empty\n    lights:\n      - {light: point, opacity: 0.3}\n",
      told: """
        p.yaml:6:24: error: 'light' has no parameter 'opacity'
              - {light: point, opacity: 0.3}
                               ^~~~~~~
        hint: its parameters are light, at, to, color, intensity, softness, halo, haze, cone, edge, shadows, shadows-from
        """),
    .init(
      name: "an id twice in two lists",
      preset: head
        + "layers:\n  - set: empty\n    lights:\n      - {light: point, id: a}\n    props:\n      - {block: [1, 1, 1], id: a}\n",
      told: """
        p.yaml:8:32: error: the id 'a' is taken already, in line 6
              - {block: [1, 1, 1], id: a}
                                       ^
        """),
    .init(
      name: "a prop that cannot be built",
      preset: head
        + "layers:\n  - set: empty\n    lights:\n      - light: point\n      - light: spot\n        at: [1, 2, 3]\n        to: [1, 2, 3]\n",
      told: """
        p.yaml:9:13: error: a spot cannot point at where it is itself
                to: [1, 2, 3]
                    ^~~~~~~~~
        """),
    .init(
      name: "not a place",
      preset: head + "layers:\n  - set: empty\n    lights:\n      - {light: point, at: [1, 2, 3, 4]}\n",
      told: """
        p.yaml:6:28: error: a place [x, y, z] is due here: 2 to 3 items, not 4
              - {light: point, at: [1, 2, 3, 4]}
                                   ^~~~~~~~~~~~
        """),
    .init(
      name: "an override of no prop",
      preset: head + "layers:\n  - set: empty\n    id: town\n    lights:\n      - {light: point, id: lamp}\n",
      overrides: ["layers.town.lights.lap.halo=2"],
      told: """
        --set:1:1: error: there is no 'lap' in this list
        layers.town.lights.lap.halo=2
        ^~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: did you mean 'lamp'?
        """),
    .init(
      name: "an override of no parameter",
      preset: head + "layers:\n  - set: empty\n    lights:\n      - {light: point, id: lamp}\n",
      overrides: ["lamp.hallo=2"],
      told: """
        --set:1:1: error: 'light' has no parameter 'hallo'
        lamp.hallo=2
        ^~~~~~~~~~
        hint: did you mean 'halo'?
        """),
    .init(
      name: "an override of one of two",
      preset: head + "layers:\n  - set: empty\n    lights:\n      - light: point\n      - light: glow\n",
      overrides: ["light.halo=2"],
      told: """
        --set:1:1: error: 'light.halo' is not unique
        light.halo=2
        ^~~~~
        hint: write one of layers.set.lights.0.halo, layers.set.lights.1.halo
        """),
    .init(
      name: "the depth of what has none",
      preset: head
        + "layers:\n  - solid: red\n    id: sky\n  - solid: blue\n    mask: {layer: sky, channel: depth, to: 9}\n",
      told: """
        p.yaml:7:33: error: 'sky' has no depth: only a set has
            mask: {layer: sky, channel: depth, to: 9}
                                        ^~~~~
        hint: other layers have alpha and luminance
        """),
    .init(
      name: "meters where shares are due",
      preset: head
        + "layers:\n  - set: empty\n    id: town\n  - solid: blue\n    mask: {layer: town, to: 9}\n",
      told: """
        p.yaml:7:29: error: 9 is outside the legal range
            mask: {layer: town, to: 9}
                                    ^
        hint: legal: from 0 to 1
        """),
  ]

  @Test("each slip is told exactly so", arguments: slips)
  func told(_ slip: PresetMistakesTests.Slip) {
    #expect(PresetMistakesTests.complaint(slip.preset, overrides: slip.overrides) == slip.told)
  }

  @Test("a section cannot be switched off") func disabledSection() {
    let told = PresetMistakesTests.complaint(
      Self.head + "layers:\n  - set: empty\n", disabled: ["rain"])
    #expect(
      told == """
        --disable:1:1: error: 'rain' is a part of every set and cannot be switched off
        rain
        ^~~~
        """)
  }

  @Test("mistakes in sections, places and props are told together") func together() {
    let told = PresetMistakesTests.complaint(
      Self.head
        + "layers:\n  - set: stret\n    dimmer: -1\n    camera: {heigt: 1}\n    fog: {density: thick}\n"
        + "    lights:\n      - {light: pont, colr: red}\n      - lamb\n    people: walk\n")
    #expect(told.components(separatedBy: ": error: ").count == 9, "\(told)")
  }

  @Test("props that cannot be built are told together") func togetherWhenBuilt() {
    let told = PresetMistakesTests.complaint(
      Self.head + "layers:\n  - set: empty\n    lights:\n"
        + "      - {light: spot, at: [0, 1], to: [0, 1]}\n      - {light: spot, at: [0, 2], to: [0, 2]}\n")
    #expect(told.components(separatedBy: ": error: a spot cannot point").count == 3)
  }

  // MARK: What is built

  static func preset(_ text: String, overrides: [String] = [], disabled: [String] = []) throws -> Preset {
    try PictureTests.preset(text) {
      $0.overrides = overrides.compactMap { Override($0) }
      $0.disabled = disabled
    }
  }

  /// The first set among the preset's layers, at a moment.
  static func set(_ preset: Preset, time: Double = 0) throws -> SetLayer {
    func find(_ items: [LayerItem]) -> SetLayer? {
      for item in items {
        switch item.content {
        case .layer(let make):
          if let set = make(Moment(time: time)) as? SetLayer { return set }
        case .group(let children):
          if let set = find(children) { return set }
        case .copy: break
        }
      }
      return nil
    }
    return try #require(find(preset.layers))
  }

  static func scene(_ preset: Preset, time: Double = 0) throws -> Scene {
    var problems: [LayerProblems.Problem] = []
    let moment = Moment(time: time)
    let scene = try set(preset, time: time).scene(
      in: LayerContext(
        geometry: preset.geometry, moment: moment, seed: Seed(1), workers: Workers(count: 1),
        fonts: preset.fonts), &problems)
    #expect(problems.isEmpty)
    return scene
  }

  static let town = """
    onesheet: 1
    canvas: {size: 60x30}
    palette: {cyan: "#19e3ff"}
    layers:
      - group:
          - set: empty
            id: town
            dimmer: 1
            camera: {height: 0.27, focal-length: 22, vanishing-point: [0.5, 0.565]}
            fog: {density: 0.018, ambient: $cyan * 0.02}
            ground: {surface: glass}
            lights:
              - {light: point, id: lamp, at: [1, 2, 3], color: "#ffffff * 8", halo: 0.5}
              - {light: glow, id: city, at: [0, 9, 120], color: $cyan * 60}
            props:
              - {block: [1, 2, 3], id: wall, at: [0, 0, 9]}
        id: picture
    """

  @Test("a set is built as it is written") func built() throws {
    let scene = try Self.scene(Self.preset(Self.town))
    #expect(scene.camera.height == 0.27 && abs(scene.camera.focal - 22 / 36) < 1e-6)
    #expect(scene.camera.vanishing == SIMD2(0.5, 0.565))
    #expect(scene.air.density == 0.018)
    let cyan = LinearColor(coded: 0x19 / 255, 0xe3 / 255, 1).light
    let difference = scene.air.ambient - cyan * Float(0.02)
    #expect(difference.max() < 1e-6 && difference.min() > -1e-6)
    #expect(scene.ground.puddles == 1)
    #expect(scene.lights.map { $0.position } == [SIMD3(1, 2, 3), SIMD3(0, 9, 120)])
    #expect(scene.lights[0].color == SIMD3(repeating: 8) && scene.lights[0].halo == 0.5)
    #expect(scene.boxes.map { $0.low } == [SIMD3(-0.5, 0, 7.5)])
  }

  @Test(
    "an override does what the file would",
    arguments: [
      "layers.picture.group.town.camera.height=0.9", "layers.picture.town.camera.height=0.9",
      "town.camera.height=0.9", "camera.height=0.9", "camera={height: 0.9, focal-length: 22}",
    ])
  func overridesOfSections(_ path: String) throws {
    #expect(try Self.scene(Self.preset(Self.town, overrides: [path])).camera.height == 0.9)
  }

  @Test(
    "an override reaches each prop",
    arguments: [
      "layers.picture.group.town.lights.lamp.halo=3", "layers.picture.group.town.lamp.halo=3",
      "layers.picture.town.lights.0.halo=3", "town.lamp.halo=3", "lights.lamp.halo=3", "lamp.halo=3",
    ])
  func overridesOfProps(_ path: String) throws {
    let scene = try Self.scene(Self.preset(Self.town, overrides: [path]))
    #expect(scene.lights.map { $0.halo } == [3, 60])
  }

  @Test("an override may say what the file does not") func newKeys() throws {
    let scene = try Self.scene(
      Self.preset(
        Self.town, overrides: ["rain.fall=up", "ground.puddles=0.25", "town.set=empty", "lamp=spot"]))
    #expect(scene.rain.rises && scene.ground.puddles == 0.25 && scene.ground.waterGloss == 0.58)
    #expect(scene.lights[0].beam != nil)
  }

  @Test("one way to say a thing replaces the other") func alternatives() throws {
    let scene = try Self.scene(
      Self.preset(Self.town, overrides: ["camera.field-of-view=90", "camera.horizon=0.3"]))
    #expect(abs(scene.camera.focal - 0.5) < 1e-6 && scene.camera.vanishing == SIMD2(0.5, 0.3))
  }

  @Test("props and sets are switched off by name") func disabling() throws {
    #expect(try Self.scene(Self.preset(Self.town, disabled: ["lamp"])).lights.count == 1)
    #expect(try Self.scene(Self.preset(Self.town, disabled: ["town.block"])).boxes.isEmpty)
    #expect(
      try Self.scene(Self.preset(Self.town, disabled: ["layers.picture.group.town.lights.city"])).lights.count
        == 1)
    let hidden = try Self.preset(Self.town, disabled: ["town"])
    let whole = PixelRect(width: 60, height: 30)
    let plan = try hidden.plan(time: 0, workers: Workers(count: 1))
    #expect(plan.layers.allSatisfy { $0.bounds(in: whole).isEmpty })
  }

  @Test("sets merge down to each prop") func extending() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.town.write(to: folder.appendingPathComponent("town.yaml"), atomically: true, encoding: .utf8)
    var options = Preset.Options()
    options.resources = PictureTests.resources
    let preset = try Preset(
      text: """
        onesheet: 1
        extends: town.yaml
        layers:
          - id: picture
            group:
              - id: town
                camera: {field-of-view: 90}
                fog: {wisps: 0}
                lights:
                  - {id: lamp, halo: 7}
                  - {id: city, remove: true}
                  - {light: point, at: [5, 5, 5], before: lamp}
                props:
                  - {block: [9, 9, 9], after: wall}
        """, folder: folder.path, options: options)
    let scene = try Self.scene(preset)
    #expect(scene.camera.height == 0.27 && abs(scene.camera.focal - 0.5) < 1e-6)
    #expect(scene.air.density == 0.018 && scene.air.wisps == 0)
    #expect(scene.lights.map { $0.halo } == [0.1, 7])
    #expect(scene.lights[1].color == SIMD3(repeating: 8))
    #expect(scene.boxes.map { $0.size.x } == [1, 9])
  }

  @Test("values of sections and props move") func moving() throws {
    let preset = try Self.preset(
      Self.head + """
        layers:
          - set: empty
            dimmer: 1
            camera: {height: {keys: {0: 1, 2: 3}, ease: linear}}
            lights:
              - {light: point, at: [{keys: {0: 0, 2: 8}, ease: linear}, 1, 2], enabled: true}
              - {light: point, id: a, color: white, intensity: {flicker: {low: 0, high: 1, rate: 5}}}
              - {light: point, id: b, color: white, intensity: {flicker: {low: 0, high: 1, rate: 5}}}
        """)
    let scene = try Self.scene(preset, time: 1)
    #expect(scene.camera.height == 2 && scene.lights[0].position.x == 4)
    // Lights flicker on their own.
    let agree = try stride(from: 0.1, to: 8, by: 0.2).map { time in
      let lights = try Self.set(preset, time: time).contents.props.dropFirst().compactMap {
        ($0.prop as? LightSource)?.intensity
      }
      return lights.count == 2 && lights[0] == lights[1]
    }
    #expect(agree.contains(true) && agree.contains(false))
  }

  // MARK: Seeds

  @Test("adding or moving a prop changes no other") func seeds() throws {
    func seeds(_ lists: String) throws -> [Seed] {
      try Self.set(Self.preset(Self.head + "layers:\n  - set: empty\n    id: town\n" + lists)).contents.props
        .map { $0.seed }
    }
    let plain = try seeds(
      """
          lights:
            - {light: point, id: lamp}
            - light: point
          props:
            - block: [1, 1, 1]
      """)
    #expect(Set(plain).count == 3)
    let more = try seeds(
      """
          lights:
            - {light: glow, id: city}
            - {light: point, id: lamp}
            - block: [2, 2, 2]
            - light: point
          props:
            - light: point
            - block: [1, 1, 1]
      """)
    #expect([more[1], more[3], more[5]] == plain)
    #expect(Set(more).count == 6)
    // A named prop is the same in any list; one with a seed is the same in any picture.
    let moved = try seeds(
      "    people:\n      - {light: point, id: lamp}\n      - {light: point, id: x, seed: 4}\n")
    #expect(moved[0] == plain[0])
    #expect(moved[1] == Seed(4).derived("item"))
  }

  // MARK: Depth

  /// The values of a mask by depth: white where it shows.
  static func mask(_ mask: String, size: String = "64x48", lights: Bool = false, workers: Int = 2) throws
    -> Picture
  {
    try Self.preset(
      """
      onesheet: 1
      canvas: {size: \(size)}
      layers:
        - solid: black
        - set: empty
          id: town
          visible: false
          camera: {height: 2, focal-length: 36, vanishing-point: [0.5, 0.25]}
          fog: {reach: 1000}
          props:
            - {block: [2, 20, 1], id: tower, at: [3, 0, 20.5]}
        - solid: white
          mask: {layer: town, channel: depth, \(mask)}
      """
    ).render(workers: Workers(count: workers))
  }

  @Test("a mask by depth counts the meters of the ray") func depth() throws {
    let picture = try Self.mask("from: 5, to: 25")
    var worst: Float = 0
    for y in 13..<48 {
      // Columns 38 and on show the tower.
      for x in 0..<38 {
        // The ground, two meters below: rays fall (y − 12) pixels on 64 ahead.
        let (across, down) = ((Double(x) + 0.5 - 32) / 64, (Double(y) + 0.5 - 12) / 64)
        let meters = 2 / down * (1 + across * across + down * down).squareRoot()
        let exact = Float(min(1, max(0, (meters - 5) / 20)))
        worst = max(worst, abs(picture.framebuffer.red.row(y)[x] - exact))
      }
    }
    // The mean of a pixel's rays is not the ray of its middle.
    #expect(worst < 0.02)
    // The sky is further than anything, the tower at 20 m hides it.
    #expect(picture.framebuffer.red.row(2)[5] == 1)
    let tower = picture.framebuffer.red.row(2)[41]
    #expect(abs(tower - 0.77) < 0.02, "\(tower)")
  }

  @Test("a mask by depth turns round, and goes the other way") func inverted() throws {
    let plain = try Self.mask("from: 5, to: 25")
    let inverted = try Self.mask("from: 5, to: 25, invert: true")
    let reversed = try Self.mask("from: 25, to: 5")
    var worst: Float = 0
    for y in 0..<48 {
      for x in 0..<64 {
        let value = plain.framebuffer.red.row(y)[x]
        worst = max(
          worst, abs(inverted.framebuffer.red.row(y)[x] - (1 - value)),
          abs(reversed.framebuffer.red.row(y)[x] - (1 - value)))
      }
    }
    #expect(worst < 1e-5)
  }

  @Test("a feather softens a mask by depth") func feathered() throws {
    let hard = try Self.mask("from: 19, to: 19.001, invert: true")
    let soft = try Self.mask("from: 19, to: 19.001, invert: true, feather: 0.1")
    func steepest(_ picture: Picture) -> Float {
      let column = (0..<48).map { picture.framebuffer.red.row($0)[8] }
      return zip(column, column.dropFirst()).map { abs($0 - $1) }.max() ?? 0
    }
    #expect(steepest(hard) > 0.9 && steepest(soft) < 0.4)
  }

  @Test("masks by depth are the same for any threads and parts") func parts() throws {
    let preset = try Self.preset(
      Self.town + """

            effects:
              - grade: 1
                exposure: 2
                mask: {layer: town, channel: depth, from: 2, to: 9, feather: 0.05}
        effects:
          - grade: 1
            saturation: 0
            mask: {layer: town, channel: depth, from: 9, to: 8}
        """)
    let whole = try preset.render(workers: Workers(count: 1))
    let bands = try preset.render(workers: Workers(count: 3, bandHeight: 2))
    let part = try preset.render(region: PixelRect(minX: 20, minY: 9, maxX: 47, maxY: 26))
    var isSame = true
    for y in 0..<30 {
      for x in 0..<60 {
        let value = whole.framebuffer.green.row(y)[x]
        isSame = isSame && value == bands.framebuffer.green.row(y)[x]
        guard (9..<26).contains(y), (20..<47).contains(x) else { continue }
        isSame =
          isSame
          && value
            == part.framebuffer.green.row(y - part.framebuffer.region.minY)[x - part.framebuffer.region.minX]
      }
    }
    #expect(isSame)
  }

  // MARK: Light that is none

  /// A scene in which something goes wrong.
  private struct Broken: ScenePainter {
    let bounds = PixelRect(width: 60, height: 30)
    let value: Float
    var memory: PainterMemory { .none }
    var rasterMemory: PainterMemory { .none }
    var emission: any Painter { self }
    func keepRasters() -> PainterMemory { .none }
    func withRasters(workers: Workers) throws -> any Painter { self }
    func paint(_ row: Row, x: Int, y: Int) {
      for plane in [row.red, row.green, row.blue, row.alpha] {
        plane.update(repeating: 0.5, count: row.count)
      }
      if y == 17, row.count > 40 { row.green[40] = value }
    }
    func depth(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
      out.update(repeating: 1, count: count)
    }
  }

  @Test(
    "light that is infinite or no number is a failure that names the layer",
    arguments: [Float.nan, .infinity, -.infinity], [["layers.0.visible=false"], []])
  func notFinite(_ value: Float, _ overrides: [String]) throws {
    // With nothing below, the layer is drawn in place; else it is composited.
    let preset = try Self.preset(
      Self.head + "layers:\n  - solid: black\n  - {solid: black, id: town}\n", overrides: overrides)
    var plan = try preset.plan(time: 0, workers: Workers(count: 2))
    func render(_ value: Float) throws {
      plan.layers[plan.layers.count - 1].content = .painter(Broken(value: value))
      _ = try Renderer(plan: plan, workers: Workers(count: 2), progress: nil).render(preset.geometry.bounds)
    }
    try render(3e38)
    do {
      try render(value)
      Issue.record("a picture came out")
    } catch let error as RenderError {
      #expect("\(error)".hasPrefix("the layer 'town' came out as light that is infinite or no number"))
    }
  }
}
