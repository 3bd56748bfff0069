import Catalog
import Layers
import Raster
import Stage
import Testing
import Typography

@testable import Props

@Suite struct LightSourceTests {
  private static let geometry = Geometry(trimWidth: 400, trimHeight: 200)

  private static func lights(_ values: [String: String]) throws -> [Light] {
    var light = LightSource()
    for (name, text) in values {
      light = try #require(light.setting(name, to: text, geometry: geometry), "\(name): \(text)")
    }
    var builder = SetBuilder(
      scene: Scene(), seed: Seed(1), moment: Moment(), geometry: geometry,
      fonts: FontSearch(folders: [], bundled: FontLibrary(roots: [])))
    builder.dimmer = 0.5
    try light.build(in: &builder)
    return builder.scene.lights
  }

  @Test("a point has its color, dimmed") func point() throws {
    let light = try #require(
      Self.lights(["color": "\"#ffffff * 20\"", "intensity": "3", "softness": "2"]).first)
    #expect(light.color == SIMD3(repeating: 30))
    #expect(light.softness == 4 && light.beam == nil)
  }

  @Test("a spot points where it is told") func spot() throws {
    let light = try #require(
      Self.lights(["light": "spot", "at": "[1, 5, 9]", "to": "[1, 2, 13]", "cone": "40", "edge": "0.25"])
        .first)
    let beam = try #require(light.beam)
    let difference = beam.axis - SIMD3(0, -0.6, 0.8)
    #expect((difference * difference).sum() < 1e-10)
    #expect(beam.outer == 20 && beam.inner == 15)
    #expect(throws: LayerProblems.self) { try Self.lights(["light": "spot", "to": "[0, 3, 12]"]) }
  }

  @Test("a line shares its light evenly between its ends") func line() throws {
    let lights = try Self.lights(
      ["light": "line", "at": "[0, 2, 5]", "to": "[6, 2, 5]", "softness": "0.5", "color": "\"#ffffff * 24\""])
    #expect(lights.count == 12)
    let sum = lights.reduce(SIMD3<Float>.zero) { $0 + $1.color }
    #expect(abs(sum.x - 12) < 1e-4)
    let middle = lights.reduce(SIMD3<Float>.zero) { $0 + $1.position } / 12
    #expect(abs(middle.x - 3) < 1e-5)
    // However long, it is few lights.
    #expect(try Self.lights(["light": "line", "to": "[9000, 0, 0]", "softness": "0.01"]).count <= 24)
  }

  @Test("a light without light is none") func dark() throws {
    #expect(try Self.lights(["intensity": "0"]).isEmpty)
  }
}
