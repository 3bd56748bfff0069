import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct HazeTests {
  private func haze(_ amount: Float = 0.5, black: Float = 0.7) -> Haze {
    var h = Haze()
    h.amount = amount
    h.black = black
    return h
  }

  /// Light is moved, never made: the picture's sum stays.
  @Test(arguments: [Float(0), 0.7, 1]) func lightIsKept(_ black: Float) throws {
    let size = 256
    let geometry = Geometry(trimWidth: size, trimHeight: size)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      abs(x - 128) < 3 && abs(y - 128) < 3 ? SIMD4(20, 10, 5, 1) : SIMD4(0, 0, 0, 1)
    }
    var effect = haze(black: black)
    effect.radius = 0.01
    try effect.apply(to: frame, in: Pictures.context(geometry))
    for (plane, light) in zip(frame.colorPlanes, [20.0, 10, 5]) {
      var sum = 0.0
      for y in 0..<size { for x in 0..<size { sum += Double(plane.row(y)[x]) } }
      #expect(abs(sum / (25 * light) - 1) < 0.01)
    }
  }

  @Test func flatColorsStay() throws {
    let geometry = Geometry(trimWidth: 90, trimHeight: 70)
    for level in [0.0, 0.18, 1, 40] {
      let frame = try NeonPicture.applied(haze(1), geometry, NeonPicture.gray(level))
      #expect(
        try NeonPicture.difference(frame, NeonPicture.frame(geometry, NeonPicture.gray(level)))
          <= Float(2e-6 * level))
    }
  }

  /// The finest pattern keeps all but the share of its light that is scattered.
  @Test func detailStays() throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 400)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      let v: Float = (x + y) % 2 == 0 ? 0.3 : 0.1
      return SIMD4(v, v, v, 1)
    }
    try haze(0.4, black: 0).apply(to: frame, in: Pictures.context(geometry))
    let row = frame.row(200).red
    #expect(abs(abs(row[200] - row[201]) - 0.2 * 0.6) < 0.004)
    #expect(abs(row[200] + row[201] - 0.4) < 1e-3)
  }

  /// Shadows rise near a lamp, not elsewhere; and with a white mist gray ground lifts them too.
  @Test func shadowsRiseNearLights() throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 200)
    func picture(_ effect: Haze) throws -> (near: Float, far: Float, besideGray: Float) {
      let frame = try NeonPicture.applied(effect, geometry) { x, y in
        let lamp = abs(x - 0.15) < 0.015 && abs(y - 0.5) < 0.03
        let gray = x > 0.8
        let v = lamp ? 30 : gray ? 0.2 : 0.002
        return SIMD4(v, v, v, 1)
      }
      return (frame.red.row(100)[84], frame.red.row(30)[200], frame.red.row(100)[310])
    }
    let black = try picture(haze(0.5, black: 1))
    let white = try picture(haze(0.5, black: 0))
    #expect(black.near > 0.1)
    #expect(black.far < 0.08 * black.near)
    #expect(black.besideGray < white.besideGray)
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(Haze())
    for geometry in [(1, 1), (1, 500), (7, 3)].map({ Geometry(trimWidth: $0.0, trimHeight: $0.1) }) {
      #expect(try NeonPicture.isFinite(NeonPicture.applied(haze(1), geometry, NeonPicture.hostile)))
    }
  }
}
