import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct HeatTests {
  private func heat(_ change: (inout Heat) -> Void = { _ in }) -> Heat {
    var h = Heat()
    h.amount = 1
    change(&h)
    return h
  }

  private let geometry = Geometry(trimWidth: 240, trimHeight: 160)

  /// A picture that is its own map: red is the column, green the row.
  private func displaced(_ effect: Heat, _ moment: Moment, _ geometry: Geometry? = nil) throws -> Framebuffer
  {
    let geometry = geometry ?? self.geometry
    let frame = try Pictures.frame(geometry.bounds) { x, y in SIMD4(Float(x), Float(y), 0, 1) }
    let context = EffectContext(geometry: geometry, moment: moment, seed: Seed(5), workers: Workers(count: 2))
    try effect.apply(to: frame, in: context)
    return frame
  }

  /// Mean and largest displacement between two frames, pixels, away from the edges.
  private func change(_ a: Framebuffer, _ b: Framebuffer) -> Double {
    var sum = 0.0
    for y in 20..<140 {
      for x in 20..<220 {
        let (u, v) = (a.red.row(y)[x] - b.red.row(y)[x], a.green.row(y)[x] - b.green.row(y)[x])
        sum += Double(u * u + v * v)
      }
    }
    return (sum / (120 * 200)).squareRoot()
  }

  @Test func ripplesAreSmoothAndBounded() throws {
    let still = try Pictures.frame(geometry.bounds) { x, y in SIMD4(Float(x), Float(y), 0, 1) }
    let frame = try displaced(heat(), Moment(time: 3, frame: 72))
    let mean = change(frame, still)
    // Hundredths of the height.
    #expect(mean > 0.2 && mean < 2.5, "\(mean)")
    var steepest: Float = 0
    for y in 20..<140 {
      for x in 20..<219 { steepest = max(steepest, abs(frame.red.row(y)[x + 1] - frame.red.row(y)[x] - 1)) }
    }
    #expect(steepest < 0.9, "\(steepest)")
  }

  /// The last step of a loop is no larger than the others, and the end is the beginning.
  @Test(arguments: [0.12, 0.9, -0.3, 0]) func loops(_ speed: Double) throws {
    let effect = heat { $0.speed = speed }
    func frame(_ n: Int) throws -> Framebuffer {
      try displaced(effect, Moment(time: Double(n) / 24, fps: 24, duration: 2, loops: true))
    }
    let frames = try (0..<48).map { try frame($0) }
    let steps = (0..<48).map { change(frames[$0], frames[($0 + 1) % 48]) }
    let usual = steps.dropLast().max() ?? 0
    #expect(steps[47] < 1.2 * usual, "\(steps[47]) after \(usual)")
    #expect(steps.allSatisfy { $0 > 0 })
    let isEqual = try Pictures.bits(frame(48)) == Pictures.bits(frames[0])
    #expect(isEqual)
    // Equally strong all the way.
    let still = try Pictures.frame(geometry.bounds) { x, y in SIMD4(Float(x), Float(y), 0, 1) }
    let strengths = frames.map { change($0, still) }
    let (least, most) = (strengths.min() ?? 0, strengths.max() ?? 0)
    #expect(least > 0.55 * most, "\(least) \(most)")
  }

  /// Without a loop the field moves up and changes slowly.
  @Test func theAirRises() throws {
    let effect = heat {
      $0.speed = 0.25
      $0.size = 0.15
    }
    let a = try displaced(effect, Moment(time: 10, frame: 240))
    let b = try displaced(effect, Moment(time: 10.1, frame: 242))
    // In a tenth of a second four pixels: the later picture, four rows higher, is nearer to the earlier one.
    func difference(_ rise: Int) -> Double {
      var sum = 0.0
      for y in 30..<130 {
        for x in 30..<210 {
          let u = (a.red.row(y)[x] - b.red.row(y - rise)[x])
          sum += Double(u * u)
        }
      }
      return sum
    }
    #expect(difference(4) < difference(0))
    #expect(difference(4) < difference(8))
  }

  /// Displacement is strongest by the ground, and what sways aside stands upright.
  @Test func heatComesFromTheGround() throws {
    let still = try Pictures.frame(geometry.bounds) { x, y in SIMD4(Float(x), Float(y), 0, 1) }
    var (low, high, along, down, upright) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for time in 1...6 {
      let frame = try displaced(
        heat {
          $0.rise = 0.4
          $0.mirage = 0
          $0.size = 0.08
        }, Moment(time: Double(time), frame: 24 * time))
      func aside(_ x: Int, _ y: Int) -> Double { Double(frame.red.row(y)[x] - still.red.row(y)[x]) }
      for x in 20..<200 {
        for y in 125..<150 {
          low += abs(aside(x, y))
          upright += abs(Double(frame.green.row(y)[x] - still.green.row(y)[x]))
        }
        for y in 15..<40 { high += abs(aside(x, y)) }
        for y in 60..<120 {
          along += pow(aside(x + 6, y) - aside(x, y), 2)
          down += pow(aside(x, y + 6) - aside(x, y), 2)
        }
      }
    }
    #expect(low > 3 * high, "\(low) \(high)")
    #expect(along > 1.6 * down, "\(along) \(down)")
    // Air differs most with height: things are moved up and down rather than aside.
    #expect(upright > 1.2 * low && upright < 3 * low, "\(upright) \(low)")
  }

  /// What is near has little air before it.
  @Test func airGrowsWithDistance() throws {
    var effect = heat {
      $0.mirage = 0
      $0.blur = 0
      $0.rise = 8
    }
    effect.distance = 20
    #expect(effect.looks == [LayerLook("depth-of", layer: nil, .depth)])
    var context = NeonPicture.context(geometry)
    context.moment = Moment(time: 2, frame: 48)
    let bounds = geometry.bounds
    let depth = try Plane(width: bounds.width, height: bounds.height)
    func sway(_ meters: Float) throws -> Double {
      for y in 0..<bounds.height { depth.row(y).update(repeating: meters, count: bounds.width) }
      context.planes["depth-of"] = LayerPlane(plane: depth, region: bounds)
      let frame = try Pictures.frame(bounds) { x, y in SIMD4(Float(x), Float(y), 0, 1) }
      try effect.apply(to: frame, in: context)
      var sum = 0.0
      for y in 30..<130 { for x in 30..<200 { sum += abs(Double(frame.red.row(y)[x]) - Double(x)) } }
      return sum / 17_000
    }
    let (near, half, far, sky) = (try sway(2), try sway(10), try sway(20), try sway(.infinity))
    #expect(far > 0.1 && far == sky, "\(far) \(sky)")
    #expect(abs(half / far - 0.5) < 0.03 && abs(near / far - 0.1) < 0.03, "\(near) \(half) \(far)")
    #expect(try NeonPicture.isFinite(NeonPicture.applied(effect, geometry, NeonPicture.hostile)))
  }

  /// Just below the hot ground one sees what lies above it.
  @Test func theGroundMirrors() throws {
    let frame = try displaced(
      heat {
        $0.source = 0.5
        $0.mirage = 1
        $0.amount = 1
        $0.blur = 0
      }, Moment(time: 2, frame: 48))
    var (near, far) = (0.0, 0.0)
    for x in 20..<220 {
      near += Double(frame.green.row(83)[x] - 83) / 200
      far += Double(frame.green.row(110)[x] - 110) / 200
    }
    // Rows 80 to 90 are above its end.
    #expect(near < -0.8, "\(near)")
    #expect(abs(far) < 0.4, "\(far)")
  }

  @Test func fineCellsBlur() throws {
    func edge(_ blur: Double) throws -> Double {
      let frame = try NeonPicture.applied(
        heat {
          $0.blur = blur
          $0.size = 0.4
          $0.mirage = 0
        }, Geometry(trimWidth: 600, trimHeight: 500)
      ) { x, _ in
        let v = x < 0.5 ? 0.0 : 1
        return SIMD4(v, v, v, 1)
      }
      // The steepest step anywhere in a row by the ground.
      var steepest: Float = 0
      for x in 0..<599 { steepest = max(steepest, abs(frame.red.row(480)[x + 1] - frame.red.row(480)[x])) }
      return Double(steepest)
    }
    let (sharp, soft) = (try edge(0), try edge(1))
    #expect(soft < 0.75 * sharp, "\(soft) \(sharp)")
  }

  @Test func aRingPushesAsFarAsItHasCome() throws {
    let still = try Pictures.frame(geometry.bounds) { x, y in SIMD4(Float(x), Float(y), 0, 1) }
    for radius in [0.15, 0.35] {
      let frame = try displaced(
        heat {
          $0.form = .ring
          $0.radius = radius
          $0.thickness = 0.1
        }, Moment(time: 1, frame: 24))
      func push(_ r: Double) -> Double {
        var sum = 0.0
        for step in 0..<64 {
          let angle = Double(step) / 64 * 2 * .pi
          let (x, y) = (Int(120 + r * cos(angle)), Int(80 + r * sin(angle)))
          let u = Double(frame.red.row(y)[x] - still.red.row(y)[x])
          let v = Double(frame.green.row(y)[x] - still.green.row(y)[x])
          sum += (u * cos(angle) + v * sin(angle)) / 64
        }
        return sum
      }
      let (middle, quarter) = (radius * 160, 0.1 * 160 / 4)
      // Both sides are pushed towards the ring's middle, and nothing far from it.
      #expect(push(middle - quarter) > 1 && push(middle + quarter) < -1)
      #expect(abs(push(middle + 4 * quarter)) < 0.1)
      #expect(abs(push(max(1, middle - 4.5 * quarter))) < 0.3)
    }
  }

  /// Heat in a draft is the heat of the sheet.
  @Test(arguments: Heat.Form.allCases) func draftsRippleLikeSheets(_ form: Heat.Form) throws {
    let effect = heat { $0.form = form }
    let moment = Moment(time: 2, frame: 48)
    let small = try displaced(effect, moment)
    let sheet = try displaced(effect, moment, Geometry(trimWidth: 960, trimHeight: 640))
    var worst = 0.0
    for y in 10..<150 {
      for x in 10..<230 {
        let (i, j) = (4 * x + 1, 4 * y + 1)
        let u = Double(sheet.red.row(j)[i] + sheet.red.row(j + 1)[i + 1]) / 2
        worst = max(worst, abs((u + 0.5) / 4 - 0.5 - Double(small.red.row(y)[x])))
      }
    }
    #expect(worst < 0.3, "\(worst)")
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(heat())
    try NeonPicture.checkLaws(heat { $0.form = .ring }, Geometry(trimWidth: 300, trimHeight: 200, bleed: 5))
    for geometry in [(1, 1), (1, 500), (7, 3)].map({ Geometry(trimWidth: $0.0, trimHeight: $0.1) }) {
      for form in Heat.Form.allCases {
        let effect = heat {
          $0.form = form
          $0.size = geometry.trimWidth == 7 ? 2 : 0.004
          $0.amount = 2
          $0.thickness = 4
          $0.center = Point(-1000, 1000)
          $0.speed = 4
        }
        #expect(try NeonPicture.isFinite(NeonPicture.applied(effect, geometry, NeonPicture.hostile)))
      }
    }
  }
}
