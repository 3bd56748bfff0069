import Catalog
import Outline
import Raster
import Testing
import Typography

@testable import Layers

/// Layers drawn small, as the renderer draws them.
enum Drawing {
  static func context(
    _ width: Int, _ height: Int, bleed: Int = 0, scale: Double = 1, threads: Int = 1, seed: UInt64 = 1,
    _ place: (inout Placement) -> Void = { _ in }
  ) -> LayerContext {
    var placement = Placement()
    place(&placement)
    return LayerContext(
      geometry: Geometry(trimWidth: width, trimHeight: height, bleed: bleed, scale: scale), moment: Moment(),
      seed: Seed(seed), workers: Workers(count: threads),
      fonts: FontSearch(folders: [], bundled: FontLibrary(roots: [])), placement: placement)
  }

  /// A layer with parameters as a preset would write them. `geometry` is what widths are shares of.
  static func layer<L: Layer>(
    _ type: L.Type, _ settings: KeyValuePairs<String, String>,
    geometry: Geometry = Geometry(trimWidth: 100, trimHeight: 100)
  ) throws -> L {
    return try settings.reduce(L()) { layer, setting in
      try #require(
        layer.setting(setting.key, to: setting.value, geometry: geometry), "\(setting.key): \(setting.value)")
    }
  }

  static func draw<L: Layer>(
    _ type: L.Type, _ settings: KeyValuePairs<String, String>, in context: LayerContext
  ) throws -> DrawnPicture {
    try draw(layer(type, settings, geometry: context.geometry), in: context)
  }

  /// Only what a painter says may be visible is asked for.
  static func draw(_ layer: some Layer, in context: LayerContext) throws -> DrawnPicture {
    let painter = try layer.prepare(in: context).withRasters(workers: context.workers)
    var picture = DrawnPicture(context.geometry.bounds)
    for y in painter.bounds.rows {
      guard let columns = painter.extent(ofRow: y) else { continue }
      #expect(painter.bounds.columns.contains(columns.lowerBound))
      #expect(painter.bounds.columns.contains(columns.upperBound - 1))
      picture.set(run(of: painter, columns, y), from: columns.lowerBound, y)
    }
    return picture
  }

  /// The pixels that a painter gives for a run.
  static func run(of painter: any Painter, _ columns: Range<Int>, _ y: Int) -> [SIMD4<Float>] {
    let n = columns.count
    // Memory is never clean.
    var planes = [Float](repeating: .nan, count: n * 4)
    planes.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      painter.paint(
        Row(red: base, green: base + n, blue: base + 2 * n, alpha: base + 3 * n, count: n),
        x: columns.lowerBound, y: y)
    }
    return (0..<n).map { SIMD4(planes[$0], planes[n + $0], planes[2 * n + $0], planes[3 * n + $0]) }
  }

  /// Whole rows and rows in pieces give the same bits, and nothing lies outside of the stated extent.
  static func expectRunsAgree(_ layer: some Layer, in context: LayerContext, _ comment: Comment? = nil) throws
  {
    let painter = try layer.prepare(in: context).withRasters(workers: context.workers)
    let bounds = context.geometry.bounds
    for y in bounds.rows {
      let whole = run(of: painter, bounds.columns, y)
      var pieces: [SIMD4<Float>] = []
      var x = bounds.minX
      var length = 1
      while x < bounds.maxX {
        let end = min(bounds.maxX, x + length)
        pieces += run(of: painter, x..<end, y)
        x = end
        length = length % 11 + 2
      }
      #expect(whole == pieces, comment)
      let extent = painter.extent(ofRow: y) ?? 0..<0
      for x in bounds.columns where !extent.contains(x) {
        #expect(whole[x - bounds.minX] == .zero, "pixel \(x), \(y) lies outside of \(extent)")
      }
    }
  }

  /// Path data as a preset gives them.
  static func outline(_ data: String) -> DrawnOutline? {
    (try? Path(svg: data)).map { DrawnOutline(path: $0) }
  }

  /// The names of the parameters that a layer complains of.
  static func complaints(_ layer: some Layer, in context: LayerContext = context(60, 40)) -> [String?] {
    do {
      _ = try layer.prepare(in: context)
      return []
    } catch let problems as LayerProblems {
      return problems.problems.map { $0.parameter }
    } catch {
      return ["\(error)"]
    }
  }
}

/// Premultiplied linear pixels: red, green, blue, alpha.
struct DrawnPicture {
  let bounds: PixelRect
  private(set) var pixels: [SIMD4<Float>]

  init(_ bounds: PixelRect) {
    self.bounds = bounds
    pixels = [SIMD4<Float>](repeating: .zero, count: bounds.area)
  }

  mutating func set(_ run: [SIMD4<Float>], from x: Int, _ y: Int) {
    let start = (y - bounds.minY) * bounds.width + x - bounds.minX
    pixels.replaceSubrange(start..<start + run.count, with: run)
  }

  subscript(x: Int, y: Int) -> SIMD4<Float> { pixels[(y - bounds.minY) * bounds.width + x - bounds.minX] }

  /// Covered area in pixels.
  var area: Double { pixels.reduce(0) { $0 + Double($1.w) } }

  /// The largest difference of any channel.
  func difference(_ other: DrawnPicture) -> Float {
    zip(pixels, other.pixels).reduce(0) { max($0, $1.0.distance(to: $1.1)) }
  }
}

extension SIMD4<Float> {
  /// The largest difference of any channel.
  func distance(to other: SIMD4<Float>) -> Float {
    let d = self - other
    return [d.x, d.y, d.z, d.w].map { $0.isNaN ? .infinity : abs($0) }.max() ?? 0
  }
}
