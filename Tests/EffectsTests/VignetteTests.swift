import Catalog
import Raster
import Testing

@testable import Effects

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct VignetteTests {
  @Test(arguments: [Float(0.5), 1, 2.4, 7])
  func followsThePowerOfTheDistance(power: Float) throws {
    var vignette = Vignette()
    vignette.amount = 0.6
    vignette.power = power
    vignette.center = Point(0.4, 0.55)
    let geometry = Geometry(trimWidth: 60, trimHeight: 90, bleed: 3)
    let frame = try NeonPicture.applied(vignette, geometry, NeonPicture.gray(2))
    for y in stride(from: 0, to: 96, by: 5) {
      for x in stride(from: 0, to: 66, by: 7) {
        let dx = ((Double(x) + 0.5 - 3) / 60 - 0.4) / 0.72
        let dy = ((Double(y) + 0.5 - 3) / 90 - 0.55) / 0.72
        let r = min(1.3, (dx * dx + dy * dy).squareRoot())
        let want = 2 * max(0, 1 - 0.6 * pow(r, Double(power)))
        #expect(abs(Double(frame.row(y).red[x]) - want) < 3e-6)
        #expect(frame.row(y).alpha[x] == 1)
      }
    }
  }

  @Test func laws() throws { try NeonPicture.checkLaws(Vignette()) }

  /// As dark at every place of a circle through the corners; corners are as dark as those of the oval.
  @Test func roundVignettesAreCircles() throws {
    let geometry = Geometry(trimWidth: 201, trimHeight: 101)
    var effect = Vignette()
    let oval = try NeonPicture.applied(effect, geometry, NeonPicture.gray(1))
    effect.roundness = 1
    let round = try NeonPicture.applied(effect, geometry, NeonPicture.gray(1))
    #expect(abs(round.red.row(50)[100 + 40] - round.red.row(50 + 40)[100]) < 1e-5)
    #expect(abs(round.red.row(50)[100 + 50] - round.red.row(50 + 40)[100 + 30]) < 1e-5)
    #expect(oval.red.row(50)[140] > oval.red.row(90)[100] + 0.05)
    #expect(abs(round.red.row(0)[0] - oval.red.row(0)[0]) < 0.01)
  }
}
