import Catalog
import Foundation
import Raster
import Typography

@testable import Layers

/// Draws single layers for tests.
enum Painting {
  static let fonts = FontSearch(
    folders: [],
    bundled: FontLibrary(roots: [
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "fonts").path
    ]))

  static func context(
    _ width: Int, _ height: Int, threads: Int = 1, time: Double = 0, loop: Double? = nil,
    placement: (inout Placement) -> Void = { _ in }
  ) -> LayerContext {
    var place = Placement()
    placement(&place)
    return LayerContext(
      geometry: Geometry(trimWidth: width, trimHeight: height), moment: Moment(time: time, loop: loop),
      seed: Seed(7), workers: Workers(count: threads), fonts: fonts, placement: place)
  }

  /// The problems of a layer that cannot be drawn.
  static func problems(_ layer: some Layer, _ context: LayerContext) -> [LayerProblems.Problem] {
    do {
      _ = try layer.prepare(in: context)
      return []
    } catch let error as LayerProblems {
      return error.problems
    } catch {
      return [.init(nil, "\(error)")]
    }
  }
}

/// A painter's picture, interleaved.
struct Painted: Equatable {
  let width, height: Int
  var pixels: [SIMD4<Float>]

  /// - Parameter run: pixels that are painted at once.
  init(_ layer: some Layer, _ context: LayerContext, run: Int = .max) throws {
    try self.init(
      layer.prepare(in: context).withRasters(workers: context.workers), context.geometry.bounds, run: run)
  }

  init(_ painter: any Painter, _ region: PixelRect, run: Int = .max) {
    width = region.width
    height = region.height
    pixels = Array(repeating: .zero, count: width * height)
    var floats = [Float](repeating: -1, count: 4 * max(1, width))
    for y in 0..<height {
      guard let extent = painter.extent(ofRow: y)?.clamped(to: 0..<width) else { continue }
      var x = extent.lowerBound
      while x < extent.upperBound {
        let n = min(run, extent.upperBound - x)
        floats.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          painter.paint(
            Row(red: base, green: base + n, blue: base + 2 * n, alpha: base + 3 * n, count: n), x: x, y: y)
        }
        for i in 0..<n {
          pixels[y * width + x + i] = SIMD4(
            floats[i], floats[n + i], floats[2 * n + i], floats[3 * n + i])
        }
        x += n
      }
    }
  }

  subscript(x: Int, y: Int) -> SIMD4<Float> { pixels[y * width + x] }

  /// The edges of what is covered, to a share of a pixel: a column or row that is covered by half counts half.
  var ink: Rect? {
    let columns = (0..<width).map { x in (0..<height).reduce(Float(0)) { max($0, self[x, $1].w) } }
    let rows = (0..<height).map { y in (0..<width).reduce(Float(0)) { max($0, self[$1, y].w) } }
    guard let left = columns.firstIndex(where: { $0 > 0 }), let right = columns.lastIndex(where: { $0 > 0 }),
      let top = rows.firstIndex(where: { $0 > 0 }), let bottom = rows.lastIndex(where: { $0 > 0 })
    else { return nil }
    return Rect(
      minX: Double(left + 1) - Double(columns[left]), minY: Double(top + 1) - Double(rows[top]),
      maxX: Double(right) + Double(columns[right]), maxY: Double(bottom) + Double(rows[bottom]))
  }

  /// The sum of all pixels.
  var sum: SIMD4<Double> { pixels.reduce(.zero) { $0 + SIMD4<Double>($1) } }

  /// Means over blocks of `k` × `k` pixels.
  func reduced(by k: Int) -> Painted {
    var small = self
    small = Painted(width: width / k, height: height / k)
    for y in 0..<small.height {
      for x in 0..<small.width {
        var sum = SIMD4<Float>.zero
        for j in 0..<k { for i in 0..<k { sum += self[x * k + i, y * k + j] } }
        small.pixels[y * small.width + x] = sum / Float(k * k)
      }
    }
    return small
  }

  private init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = Array(repeating: .zero, count: width * height)
  }
}
