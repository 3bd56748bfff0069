import Catalog
import Raster
import Testing

@testable import Effects

@Suite struct ChannelShiftTests {
  /// A thin line: red lies to the right by 3 % of the height at amount 1, blue to the left.
  @Test func channelsPartAsStated() throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 200)
    func centroid(_ plane: Plane, _ row: Int) -> Double {
      var (sum, weight) = (0.0, 0.0)
      for x in 0..<400 {
        sum += Double(plane.row(row)[x]) * (Double(x) + 0.5)
        weight += Double(plane.row(row)[x])
      }
      return sum / weight
    }
    var shift = ChannelShift()
    shift.amount = 0.9
    shift.rows = 0
    let frame = try NeonPicture.applied(shift, geometry) { x, _ in
      let d = (x * 400 - 200) / 4
      let light = max(0, 1 - d * d)
      return SIMD4(light, light, light, 1)
    }
    #expect(abs(centroid(frame.green, 50) - 200) < 0.01)
    #expect(abs(centroid(frame.red, 50) - 205.4) < 0.1)
    #expect(abs(centroid(frame.blue, 50) - 194.6) < 0.1)
    shift.angle = 90
    let down = try NeonPicture.applied(shift, geometry) { _, y in
      let d = (y * 200 - 100) / 4
      let light = max(0, 1 - d * d)
      return SIMD4(light, light, light, 1)
    }
    var (sum, weight) = (0.0, 0.0)
    for y in 0..<200 {
      sum += Double(down.red.row(y)[7]) * (Double(y) + 0.5)
      weight += Double(down.red.row(y)[7])
    }
    #expect(abs(sum / weight - 105.4) < 0.1)
  }

  @Test func loopsSeedsAndStrangePictures() throws {
    try GlitchLaws.check(ChannelShift())
  }

  @Test func laws() throws {
    for amount in [Float(0.3), 1] {
      var shift = ChannelShift()
      shift.amount = amount
      try NeonPicture.checkLaws(shift)
      shift.angle = 60
      shift.rows = 1
      try NeonPicture.checkLaws(shift, Geometry(trimWidth: 83, trimHeight: 300, bleed: 2))
    }
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    #expect(try GlitchLaws.distance(ChannelShift()) < 0.12)
  }
}
