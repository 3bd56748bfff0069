import Catalog
import Foundation
import Layers
import Markup
import Raster
import Stage
import Testing

@testable import Onesheet
@testable import Props

/// Sets: how presets describe them and change them.
@Suite struct SetTests {
  static let head = "onesheet: 1\ncanvas: {size: 60x30}\n"

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
    #expect(scene.rain.rise == 1 && scene.ground.puddles == 0.25 && scene.ground.waterGloss == 0.58)
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
}
