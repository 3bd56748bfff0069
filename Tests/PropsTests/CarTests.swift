import Raster
import Stage
import Testing

@testable import Props

@Suite("car") struct CarTests {
  static let forms = ["sedan", "wagon", "van"]
  static let facings = ["away", "towards", "left", "right"]

  private func scene(_ settings: KeyValuePairs<String, String>) throws -> Scene {
    try Staging.scene(try #require(Staging.prop(Car.self, settings)))
  }

  private func bounds(_ scene: Scene) -> (low: Vector, high: Vector) {
    var low = Vector(repeating: .infinity)
    var high = Vector(repeating: -.infinity)
    for card in scene.cards {
      for p in [
        card.origin, card.origin + card.right, card.origin + card.up, card.origin + card.right + card.up,
      ] {
        low = pointwiseMin(low, p)
        high = pointwiseMax(high, p)
      }
    }
    for box in scene.boxes {
      low = pointwiseMin(low, box.low)
      high = pointwiseMax(high, box.high)
    }
    return (low, high)
  }

  @Test("is as large as a car, and stands on the ground where it is put", arguments: forms, facings)
  func size(form: String, facing: String) throws {
    let (low, high) = bounds(try scene(["car": form, "facing": facing, "at": "[2, 9]", "length": "4.4"]))
    let size = high - low
    let isAlong = facing == "away" || facing == "towards"
    let (length, width) = isAlong ? (size.z, size.x) : (size.x, size.z)
    #expect(length > 4.35 && length < 4.7)
    // With its mirrors.
    #expect(width > 1.6 && width < 2.1)
    #expect(abs(low.y) < 0.02 && high.y > 1.3 && high.y < 2)
    #expect(abs((low.x + high.x) / 2 - 2) < 0.05 && abs((low.z + high.z) / 2 - 9) < 0.05)
  }

  @Test("pictures are finite, within bounds, and the same at every size", arguments: forms)
  func pictures(form: String) throws {
    for lights in ["off", "head", "hazard"] {
      let scene = try scene(["car": form, "lights": lights])
      for (number, card) in scene.cards.enumerated() {
        let large = PaintedCard(card.picture, width: 256, height: 192)
        #expect(large.isFinite && large.hasLegalShares, "\(form) \(lights) \(number)")
        let small = PaintedCard(card.picture, width: 64, height: 48)
        var worst: Float = 0
        for (a, b) in [
          (large.alpha, small.alpha), (large.red, small.red), (large.surface[0], small.surface[0]),
        ] {
          var sum: Float = 0
          var scale: Float = 0.05
          for y in 0..<48 {
            for x in 0..<64 {
              var mean: Float = 0
              for j in 0..<4 { for i in 0..<4 { mean += a[(y * 4 + j) * 256 + x * 4 + i] / 16 } }
              sum += abs(mean - b[y * 64 + x]) / (64 * 48)
              scale = max(scale, mean)
            }
          }
          worst = max(worst, sum / scale)
        }
        #expect(worst < 0.01, "\(form) \(lights) \(number)")
      }
    }
  }

  @Test("both sides are mirror images", arguments: forms)
  func mirrored(form: String) throws {
    let scene = try scene(["car": form, "at": "[0, 9]", "lights": "head"])
    // A card on one side has one on the other that shows the same.
    var pairs = 0
    for card in scene.cards where abs(card.origin.x) > 0.6 && abs(card.right.z) > abs(card.right.x) {
      let twin = scene.cards.first { other in
        let d = other.origin - card.origin * Vector(-1, 1, 1)
        let e = other.up - card.up * Vector(-1, 1, 1)
        let f = other.right - card.right * Vector(-1, 1, 1)
        return (d * d + e * e + f * f).sum() < 1e-6
      }
      let other = try #require(twin)
      let isSame =
        PaintedCard(card.picture, width: 90, height: 40).planes
        == PaintedCard(other.picture, width: 90, height: 40).planes
      #expect(isSame)
      pairs += 1
    }
    #expect(pairs >= 4)
    let balance = scene.lights.reduce(Float(0)) { $0 + $1.position.x * $1.color.x }
    #expect(abs(balance) < 1e-3)
  }

  @Test("what is off throws no light; headlights shine ahead", arguments: facings)
  func lights(facing: String) throws {
    #expect(try scene(["facing": facing]).lights.isEmpty)
    #expect(try scene(["facing": facing, "lights": "head", "power": "0"]).lights.isEmpty)
    for card in try scene(["facing": facing, "lights": "off"]).cards {
      #expect((PaintedCard(card.picture, width: 64, height: 48).red.max() ?? 1) < 0.05)
    }
    let lit = try scene(["facing": facing, "lights": "head", "at": "[0, 9]"])
    let ahead: Vector =
      switch facing {
      case "away": Vector(0, 0, 1)
      case "towards": Vector(0, 0, -1)
      case "left": Vector(-1, 0, 0)
      default: Vector(1, 0, 0)
      }
    let beams = lit.lights.compactMap { light in light.beam.map { (light, $0) } }
    #expect(beams.count == 2)
    for (light, beam) in beams {
      #expect((beam.axis * ahead).sum() > 0.9)
      #expect(abs((beam.axis * beam.axis).sum() - 1) < 1e-5)
      #expect(((light.position - Vector(0, 0, 9)) * ahead).sum() > 2)
    }
    // Red lights are behind.
    for light in lit.lights where light.color.y < light.color.x * 0.1 {
      #expect(((light.position - Vector(0, 0, 9)) * ahead).sum() < -2)
    }
  }

  @Test("throws shadows unless told not to")
  func shadows() throws {
    #expect(try scene([:]).cards.contains { $0.castsShadow })
    #expect(try !scene(["shadows": "false"]).cards.contains { $0.castsShadow })
  }
}
