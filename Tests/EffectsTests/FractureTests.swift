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

@Suite struct FractureTests {
  /// As the amount grows, more of the picture has changed, and at the end all pieces have left.
  @Test func theFractureGrows() throws {
    let geometry = Geometry(trimWidth: 160, trimHeight: 120)
    func changed(_ amount: Float) throws -> (share: Double, light: Double) {
      var fracture = Fracture()
      fracture.amount = amount
      fracture.leave = 0
      let frame = try NeonPicture.applied(fracture, geometry) { x, y in
        SIMD4(0.5 + 0.5 * sin(x * 200), 0.5 + 0.5 * sin(y * 170), 0.5, 1)
      }
      let plain = try NeonPicture.applied(Fracture.neutral ?? fracture, geometry) { x, y in
        SIMD4(0.5 + 0.5 * sin(x * 200), 0.5 + 0.5 * sin(y * 170), 0.5, 1)
      }
      var (count, light) = (0, 0.0)
      for y in 0..<120 {
        for x in 0..<160 {
          if frame.blue.row(y)[x] != plain.blue.row(y)[x] || frame.red.row(y)[x] != plain.red.row(y)[x] {
            count += 1
          }
          light += Double(frame.blue.row(y)[x])
        }
      }
      return (Double(count) / 19_200, light / 19_200)
    }
    let stages = try [0.08, 0.25, 0.5, 0.75, 1].map { try changed(Float($0)) }
    #expect(zip(stages, stages.dropFirst()).allSatisfy { $0.share < $1.share + 1e-9 })
    #expect(stages[0].share < 0.35 && stages[4].share == 1)
    #expect(stages[4].light < 0.02, "\(stages[4].light)")
  }

  /// A little later pieces are a little further: no piece jumps.
  @Test func piecesMoveSteadily() throws {
    let geometry = Geometry(trimWidth: 240, trimHeight: 180)
    func frame(_ amount: Float) throws -> Framebuffer {
      var fracture = Fracture()
      fracture.amount = amount
      return try NeonPicture.applied(fracture, geometry, NeonPicture.neon)
    }
    func distance(_ a: Framebuffer, _ b: Framebuffer) -> Double {
      var sum = 0.0
      for y in 0..<180 { for x in 0..<240 { sum += Double(abs(a.green.row(y)[x] - b.green.row(y)[x])) } }
      return sum
    }
    let (a, b, c) = (try frame(0.5), try frame(0.502), try frame(0.6))
    #expect(distance(a, b) > 0)
    #expect(distance(a, b) < 0.2 * distance(a, c))
  }

  /// A part of a picture that has just begun to break needs little of what is around it.
  @Test func aFractureLooksNoFartherThanItsPieces() throws {
    let geometry = Geometry(trimWidth: 1600, trimHeight: 900)
    var fracture = Fracture()
    fracture.amount = 0.3
    fracture.size = 0.01
    fracture.angle = -90
    let reach = fracture.reach(in: geometry)
    #expect(reach.x < 300 && reach.y < 300 && reach.y > reach.x, "\(reach)")
    try Pictures.expectLocality(
      fracture, in: Geometry(trimWidth: 640, trimHeight: 480),
      parts: [PixelRect(minX: 200, minY: 100, maxX: 260, maxY: 150)])
  }

  @Test func loopsSeedsAndStrangePictures() throws {
    try GlitchLaws.check(Fracture())
  }

  @Test func laws() throws {
    for amount in [Float(0.3), 1] {
      var fracture = Fracture()
      fracture.amount = amount
      try NeonPicture.checkLaws(fracture)
    }
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    #expect(try GlitchLaws.distance(Fracture()) < 0.12)
  }
}
