import Catalog
import Raster
import Stage
import Testing

@testable import Props

@Suite struct SectionTests {
  private static let geometry = Geometry(trimWidth: 400, trimHeight: 200)

  private static func scene<S: SetSection>(
    _ type: S.Type, _ values: [String: String], at moment: Moment = Moment()
  ) throws -> Scene {
    var section = S()
    for (name, text) in values {
      section = try #require(section.setting(name, to: text, geometry: geometry), "\(name): \(text)")
    }
    var scene = Scene()
    section.apply(to: &scene, at: moment, seed: Seed(7))
    return scene
  }

  @Test("36 mm of focal length see a picture as wide as it is far") func focalLength() throws {
    let camera = try Self.scene(
      CameraSettings.self, ["focal-length": "36mm", "vanishing-point": "[0.5, 0.5]"]
    )
    .camera
    // Two points ten meters away, ten meters apart, lie at the picture's edges.
    let left = try #require(camera.project(SIMD3(-5, 1.6, 10), aspect: 2))
    let right = try #require(camera.project(SIMD3(5, 1.6, 10), aspect: 2))
    #expect(abs(left.x) < 1e-5 && abs(right.x - 1) < 1e-5 && abs(left.y - 0.5) < 1e-5)
  }

  @Test("90 degrees of view see as far to the side as ahead") func fieldOfView() throws {
    let camera = try Self.scene(CameraSettings.self, ["field-of-view": "90", "horizon": "0.25"]).camera
    let edge = try #require(camera.project(SIMD3(7, 1.6, 7), aspect: 2))
    #expect(abs(edge.x - 1) < 1e-5 && abs(edge.y - 0.25) < 1e-5)
  }

  @Test("a vertical field of view keeps the size of things in heights, however wide the picture is")
  func verticalFieldOfView() throws {
    var camera = try Self.scene(CameraSettings.self, ["vertical-field-of-view": "90", "horizon": "0.5"])
      .camera
    for aspect: Float in [0.5, 1, 2.4] {
      camera.frame(aspect: aspect)
      let top = try #require(camera.project(SIMD3(0, 1.6 + 7, 7), aspect: aspect))
      #expect(abs(top.x - 0.5) < 1e-5 && abs(top.y) < 1e-5)
      // A square stays one.
      let side = try #require(camera.project(SIMD3(1, 1.6, 7), aspect: aspect))
      let up = try #require(camera.project(SIMD3(0, 2.6, 7), aspect: aspect))
      #expect(abs((side.x - 0.5) * aspect - (0.5 - up.y)) < 1e-5)
    }
  }

  @Test("ground says only what differs from its surface") func surfaces() throws {
    let glass = try Self.scene(GroundSettings.self, ["surface": "glass"]).ground
    #expect(glass.puddles == 1 && glass.waterRoughness < 0.01)
    let broken = try Self.scene(GroundSettings.self, ["surface": "glass", "puddles": "0.4"]).ground
    #expect(broken.puddles == 0.4 && broken.waterRoughness == glass.waterRoughness)
  }

  @Test("wind carries fog on, and sways it where the picture repeats") func wind() throws {
    let settings = ["wind": "[2, 0, 0]"]
    let later = try Self.scene(FogSettings.self, settings, at: Moment(time: 3)).air.drift
    #expect(abs(later.x - 6) < 1e-5)
    let start = try Self.scene(FogSettings.self, settings, at: Moment(time: 0, loop: 8)).air.drift
    let end = try Self.scene(FogSettings.self, settings, at: Moment(time: 8 - 1e-6, loop: 8)).air.drift
    let soon = try Self.scene(FogSettings.self, settings, at: Moment(time: 0.01, loop: 8)).air.drift
    #expect(abs(start.x) < 1e-6 && abs(end.x) < 1e-4)
    // It begins as fast as the wind.
    #expect(abs(soon.x / 0.01 - 2) < 0.01)
  }

  @Test("rain falls up") func up() throws {
    #expect(try Self.scene(RainSettings.self, ["fall": "up"]).rain.rise == 1)
    #expect(try Self.scene(RainSettings.self, ["fall": "up", "rise": "0.25"]).rain.rise == 0.25)
    #expect(try Self.scene(RainSettings.self, [:]).rain.rise == 0)
  }
}
