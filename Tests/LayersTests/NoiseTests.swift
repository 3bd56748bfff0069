import Catalog
import Raster
import Testing

@testable import Layers

@Suite struct NoiseTests {
  static let forms = CoherentNoise.Form.allCases.map { $0.rawValue }

  /// Values as light: a linear ramp from black to white.
  private static func draw(
    _ form: String, _ width: Int, _ height: Int, size: String = "0.2", seed: UInt64 = 1, phase: String = "0",
    _ place: (inout Placement) -> Void = { _ in }
  ) throws -> DrawnPicture {
    try Drawing.draw(
      Noise.self,
      [
        "noise": form, "stops": "{0: black, 1: white}", "space": "linear", "size": size, "phase": phase,
      ], in: Drawing.context(width, height, seed: seed, place))
  }

  @Test("values lie in 0…1, spread out, about a half", arguments: forms) func distribution(_ form: String)
    throws
  {
    let picture = try Self.draw(form, 200, 200, size: "0.05")
    let values = picture.pixels.map { Double($0.x) }
    #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
    let mean = values.reduce(0, +) / Double(values.count)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    // Ridges are narrow.
    #expect(form == "ridged" ? (0.2...0.8).contains(mean) : (0.45...0.55).contains(mean), "\(mean)")
    #expect((0.07...0.35).contains(deviation), "\(deviation)")
  }

  @Test("a larger picture shows the same noise", arguments: forms) func resolution(_ form: String) throws {
    let draft = try Self.draw(form, 40, 30)
    // The middle of every third pixel is that of the draft's.
    let sheet = try Self.draw(form, 120, 90)
    for y in 0..<30 {
      for x in 0..<40 {
        #expect(abs(draft[x, y].x - sheet[3 * x + 1, 3 * y + 1].x) < 1 / 128)
      }
    }
  }

  @Test("the same seed gives the same noise, another gives another", arguments: forms)
  func seeds(_ form: String) throws {
    let first = try Self.draw(form, 30, 30, seed: 5)
    #expect(try Self.draw(form, 30, 30, seed: 5).pixels == first.pixels)
    #expect(try Self.draw(form, 30, 30, seed: 6).difference(first) > 0.1)
  }

  @Test("whole turns of phase close, parts of one change the noise") func phase() throws {
    let still = try Self.draw("fbm", 30, 30)
    #expect(try Self.draw("fbm", 30, 30, phase: "3").difference(still) < 1e-4)
    #expect(try Self.draw("fbm", 30, 30, phase: "0.3").difference(still) > 0.02)
  }

  @Test("neighbors differ little: there are no seams in the lattice", arguments: forms)
  func smoothness(_ form: String) throws {
    let picture = try Self.draw(form, 160, 160, size: "0.5")
    for y in 0..<159 {
      for x in 0..<159 {
        #expect(abs(picture[x, y].x - picture[x + 1, y].x) < 0.2)
        #expect(abs(picture[x, y].x - picture[x, y + 1].x) < 0.2)
      }
    }
  }

  @Test("where a run of pixels starts changes no bit", arguments: forms) func runs(_ form: String) throws {
    let noise = try Drawing.layer(Noise.self, ["noise": form, "warp": "0.7"])
    try Drawing.expectRunsAgree(noise, in: Drawing.context(45, 7, bleed: 1) { $0.rotate = 11 })
  }
}
