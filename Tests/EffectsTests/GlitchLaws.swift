import Catalog
import Raster
import Testing

@testable import Effects

/// What holds for all effects whose faults sit at places and live in slow time.
enum GlitchLaws {
  private static func applied<E: Effect>(_ effect: E, _ moment: Moment, seed: UInt64 = 7) throws
    -> Framebuffer
  {
    let geometry = Geometry(trimWidth: 120, trimHeight: 90)
    let frame = try NeonPicture.frame(geometry, NeonPicture.neon)
    var context = NeonPicture.context(geometry, seed: seed)
    context.moment = moment
    try effect.apply(to: frame, in: context)
    return frame
  }

  static func check<E: Effect>(_ effect: E, moves: Bool = true) throws {
    func at(_ time: Double, seed: UInt64 = 7) throws -> Framebuffer {
      try applied(effect, Moment(time: time, fps: 24, duration: 3, loops: true), seed: seed)
    }
    let first = try at(0)
    #expect(try NeonPicture.difference(first, at(3)) == 0, "\(E.name): the loop does not close")
    #expect(try NeonPicture.difference(first, at(6)) == 0)
    if moves { #expect(try NeonPicture.difference(first, at(1.3)) > 0.01, "\(E.name) stands still") }
    #expect(try NeonPicture.difference(first, at(0, seed: 8)) > 0.01, "\(E.name) has no seed")
    // Far in time, with no loop.
    #expect(try NeonPicture.isFinite(applied(effect, Moment(time: 1e12, frame: 1 << 50))))
    #expect(try NeonPicture.isFinite(applied(effect, Moment(time: -.infinity, frame: -5, loop: 1e-9))))
    for (width, height) in [(1, 1), (1, 5000), (7, 3), (5000, 1)] {
      let frame = try NeonPicture.applied(
        effect, Geometry(trimWidth: width, trimHeight: height), NeonPicture.hostile)
      #expect(NeonPicture.isFinite(frame), "\(E.name): \(width)×\(height)")
      let infinite = try NeonPicture.applied(effect, Geometry(trimWidth: width, trimHeight: height)) { x, y in
        SIMD4(x > 0.4 ? .infinity : 0.5, y > 0.5 ? -.infinity : 1, x > 0.2 && y > 0.2 ? .nan : 2, 1)
      }
      #expect(infinite.height == height)
    }
  }

  /// The mean distance of two pictures of a scene, as a share of what the effect changes.
  static func distance<E: Effect>(_ effect: E) throws -> Double {
    let small = Geometry(trimWidth: 160, trimHeight: 120)
    let large = Geometry(trimWidth: 640, trimHeight: 480)
    let draft = try NeonPicture.applied(effect, small, samples: 4, NeonPicture.neon)
    let sheet = try Pictures.reduced(NeonPicture.applied(effect, large, NeonPicture.neon), by: 4)
    let plain = try NeonPicture.frame(small, samples: 4, NeonPicture.neon)
    var (error, change) = (0.0, 0.0)
    for y in 0..<120 {
      for x in 0..<160 {
        for channel in 0..<3 {
          let a = Double(draft.colorPlanes[channel].row(y)[x])
          let b = Double(sheet.colorPlanes[channel].row(y)[x])
          let c = Double(plain.colorPlanes[channel].row(y)[x])
          error += abs(a - b)
          change += abs(b - c)
        }
      }
    }
    #expect(change > 0)
    return error / max(1e-9, change)
  }
}
