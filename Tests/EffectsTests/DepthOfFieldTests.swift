import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct DepthOfFieldTests {
  private func lens(_ amount: Float = 1, focus: Float = 2, limit: Double = 0.25) -> DepthOfField {
    var d = DepthOfField()
    (d.amount, d.focus, d.limit) = (amount, focus, limit)
    return d
  }

  /// A picture of the given light and depth, through the lens.
  private func picture(
    _ lens: DepthOfField, _ width: Int, _ height: Int, workers: Workers = Workers(count: 2),
    depth: (Int, Int) -> Float, light: (Int, Int) -> Float
  ) throws -> Framebuffer {
    let geometry = Geometry(trimWidth: width, trimHeight: height)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      SIMD4(light(x, y), light(x, y) * 0.5, light(x, y) * 0.25, 1)
    }
    let plane = try Plane(width: width, height: height)
    for y in 0..<height { for x in 0..<width { plane.row(y)[x] = depth(x, y) } }
    var context = Pictures.context(geometry, workers: workers)
    context.planes["depth-of"] = LayerPlane(plane: plane, region: geometry.bounds)
    try lens.apply(to: frame, in: context)
    return frame
  }

  /// The radius of a disk by the formula, pixels.
  private func radius(_ lens: DepthOfField, at depth: Double, height: Int) -> Double {
    Double(lens.amount) * abs(1 / Double(lens.focus) - 1 / depth) * Double(height) / 2
  }

  @Test func whatIsInFocusStays() throws {
    let frame = try picture(lens(), 70, 50, depth: { _, _ in 2 }, light: { Pictures.noise(0, $0, $1) * 30 })
    var isSame = true
    for y in 0..<50 {
      for x in 0..<70 where frame.row(y).red[x] != Pictures.noise(0, x, y) * 30 { isSame = false }
    }
    #expect(isSame)
  }

  @Test(arguments: [0.3, 1, 1.7, 2.4, 4, 9, 1e6]) func evenLightStaysEven(_ distance: Double) throws {
    let frame = try picture(lens(), 90, 64, depth: { _, _ in Float(distance) }, light: { _, _ in 7 })
    var worst: Float = 0
    for y in 0..<64 { for x in 0..<90 { worst = max(worst, abs(frame.row(y).red[x] - 7)) } }
    #expect(worst < 0.02)
  }

  /// A point becomes a disk of the stated radius, as bright in all as it was; behind and before the focus.
  @Test(arguments: [2.08, 2.2, 2.5, 3, 5, 1000, 1.9, 1.7, 1.5]) func pointsBecomeDisks(_ distance: Double)
    throws
  {
    let lens = lens()
    let size = 301
    let frame = try picture(
      lens, size, size, depth: { _, _ in Float(distance) }, light: { $0 == 150 && $1 == 150 ? 5000 : 0 })
    let expected = radius(lens, at: distance, height: size)
    var (sum, moment, most) = (0.0, 0.0, 0.0)
    for y in 0..<size {
      for x in 0..<size {
        let light = Double(frame.row(y).red[x])
        let distance = Double((x - 150) * (x - 150) + (y - 150) * (y - 150))
        sum += light
        moment += light * distance
        if light > 0 { most = max(most, distance.squareRoot()) }
      }
    }
    #expect(abs(sum / 5000 - 1) < 0.02, "\(sum)")
    // The mean square of the distance in a disk is half the square of its radius.
    let found = (2 * moment / sum).squareRoot()
    #expect(abs(found - expected) < 0.8 + 0.12 * expected, "\(found), not \(expected)")
    #expect(most < 2.1 * expected + 4, "\(most)")
  }

  /// Bright and sharp before dark and blurred, and the other way round: neither lends the other anything.
  @Test(arguments: [3.0, 8, 1000]) func sharpEdgesNeitherLeakNorSmear(_ distance: Double) throws {
    let depth = { (x: Int, _: Int) in x < 60 ? Float(2) : Float(distance) }
    let bright = try picture(lens(), 160, 120, depth: depth, light: { x, _ in x < 60 ? 10 : 0 })
    let dark = try picture(lens(), 160, 120, depth: depth, light: { x, _ in x < 60 ? 0 : 10 })
    for y in [0, 17, 60, 119] {
      #expect((0..<60).allSatisfy { bright.row(y).red[$0] == 10 })
      #expect((60..<160).allSatisfy { bright.row(y).red[$0] < 1e-3 })
      #expect((0..<60).allSatisfy { dark.row(y).red[$0] == 0 })
      #expect((60..<160).allSatisfy { abs(dark.row(y).red[$0] - 10) < 0.02 })
    }
  }

  /// What is near and blurred reaches over what is sharp, with an edge that is soft on both sides.
  @Test func nearThingsReachOver() throws {
    let lens = lens()
    let frame = try picture(
      lens, 200, 150, depth: { x, _ in x < 100 ? 1.6 : 2 }, light: { x, _ in x < 100 ? 1 : 4 })
    let reach = Int(radius(lens, at: 1.6, height: 150).rounded(.up)) + 3
    for y in [0, 70, 149] {
      let row = frame.row(y)
      #expect((0..<100 - reach).allSatisfy { abs(row.red[$0] - 1) < 0.02 })
      #expect((100 + reach..<200).allSatisfy { abs(row.red[$0] - 4) < 0.02 })
      #expect(row.red[99] > 1.7 && row.red[100] < 3.3, "\(row.red[99]), \(row.red[100])")
      for x in 100 - reach..<100 + reach {
        #expect(row.red[x + 1] - row.red[x] > -0.05 && row.red[x + 1] - row.red[x] < 0.9, "\(x)")
      }
    }
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    func scene(_ factor: Int) throws -> Framebuffer {
      try picture(
        lens(0.5), 120 * factor, 90 * factor,
        depth: { x, y in Float(1.2 + 3 * Double(y) / Double(90 * factor)) },
        light: { x, y in
          let (u, v) = (Double(x) / Double(factor) - 60, Double(y) / Double(factor) - 45)
          return Float(1 + sin(u / 7) * cos(v / 5)) + (abs(u) < 3 && abs(v) < 3 ? 30 : 0)
        })
    }
    let (draft, sheet) = (try scene(1), try Pictures.reduced(scene(4), by: 4))
    var (sum, count) = (0.0, 0.0)
    for y in 4..<86 {
      for x in 4..<116 {
        let (a, b) = (Double(draft.row(y).red[x]), Double(sheet.row(y).red[x]))
        sum += abs(a - b) / (1 + b)
        count += 1
      }
    }
    #expect(sum / count < 0.03, "\(sum / count)")
  }

  @Test func threadsDoNotShow() throws {
    func bits(_ workers: Workers) throws -> [UInt32] {
      Pictures.bits(
        try picture(
          lens(0.7), 131, 97, workers: workers, depth: { 0.5 + 4 * Pictures.noise(3, $0 / 9, $1 / 9) },
          light: { Pictures.noise(0, $0, $1) }))
    }
    let first = try bits(Workers(count: 1))
    for workers in Pictures.crews {
      let isEqual = try bits(workers) == first
      #expect(isEqual)
    }
  }

  @Test func hostilePictures() throws {
    for (width, height) in [(1, 1), (1, 500), (7, 3), (500, 1), (65, 33)] {
      for (amount, focus, limit) in [(Float(4), Float(0.05), 0.25), (0.01, 10_000, 0.25), (4, 3, 0.0001)] {
        let frame = try picture(
          lens(amount, focus: focus, limit: limit), width, height,
          depth: { [Float.infinity, 0, -3, .nan, 2, 1e30, 5][($0 + 3 * $1) % 7] },
          light: { [Float.infinity, 0, .nan, 1e38, -1, 2][($0 + $1) % 6] })
        var isFinite = true
        for y in 0..<height {
          for x in 0..<width where !frame.row(y).red[x].isFinite || frame.row(y).red[x] < 0 {
            isFinite = false
          }
        }
        #expect(isFinite, "\(width) x \(height)")
      }
    }
  }

  @Test func memoryIsStated() throws {
    let geometry = Geometry(trimWidth: 700, trimHeight: 530)
    let pool = BufferPool()
    try BufferPool.$current.withValue(pool) {
      let frame = try Framebuffer(region: geometry.bounds)
      let depth = try Plane(width: 700, height: 530)
      frame.clear(workers: Workers(count: 2))
      depth.fill(9, workers: Workers(count: 2))
      var context = Pictures.context(geometry)
      context.planes["depth-of"] = LayerPlane(plane: depth, region: geometry.bounds)
      let before = pool.usage.inUse
      try lens().apply(to: frame, in: context)
      let (taken, stated) = (pool.usage.peak - before, lens().scratchBytes(for: geometry.bounds, in: context))
      #expect(taken <= stated && Double(stated) < 1.3 * Double(taken) + 8e6, "\(taken) of \(stated)")
    }
  }
}
