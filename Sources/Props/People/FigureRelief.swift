import Outline
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

func exponential(_ x: Double) -> Double { exp(x) }
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

/// How a drawn body bulges towards the eye: each part is round, and lies before the parts that it covers. Kept on a
/// lattice of the body's own, so that it is the same at every size.
struct FigureRelief: Sendable {
  /// Thousandths of the body's height between the lattice's points.
  static let spacing = 2.5
  /// Parts bulge no more than this, thousandths of the height.
  private static let thickest: Float = 62
  /// An edged part lies this much before what it covers.
  private static let lift: Float = 5
  /// Slopes are kept within ±this.
  private static let steepest: Float = 2.5

  private let origin: Point
  private let columns: Int
  private let rows: Int
  private let slopesX: [Float]
  private let slopesY: [Float]

  /// - Parameter frame: what is needed, thousandths of the height, y up; at most 10 000 on a side.
  init(_ contours: FigureContours, frame: Rect) {
    let spacing = Self.spacing
    origin = Point(frame.minX, frame.minY)
    columns = max(3, min(4000, Int((frame.width / spacing).rounded(.up)) + 2))
    rows = max(3, min(4000, Int((frame.height / spacing).rounded(.up)) + 2))
    let columns = columns
    let rows = rows
    var height = [Float](repeating: 0, count: columns * rows)
    let map = Affine(
      a: 1 / spacing, b: 0, c: 0, d: 1 / spacing, tx: -frame.minX / spacing, ty: -frame.minY / spacing)
    for polygon in contours.polygons {
      Self.raise(&height, columns, rows, polygon, map)
    }
    Self.crease(&height, columns, rows, contours, map)
    height = Self.smoothed(Self.smoothed(height, columns, rows), columns, rows)

    var slopesX = [Float](repeating: 0, count: columns * rows)
    var slopesY = slopesX
    let scale = 1 / Float(2 * spacing)
    for y in 1..<rows - 1 {
      for x in 1..<columns - 1 {
        let i = y * columns + x
        slopesX[i] = max(-Self.steepest, min(Self.steepest, (height[i + 1] - height[i - 1]) * scale))
        slopesY[i] = max(
          -Self.steepest, min(Self.steepest, (height[i + columns] - height[i - columns]) * scale))
      }
    }
    self.slopesX = slopesX
    self.slopesY = slopesY
  }

  /// The slope to the right and upward at a place of the body.
  func slope(_ x: Float, _ y: Float) -> SIMD2<Float> {
    let u = max(0, min(Float(columns) - 1.001, (x - Float(origin.x)) / Float(Self.spacing) - 0.5))
    let v = max(0, min(Float(rows) - 1.001, (y - Float(origin.y)) / Float(Self.spacing) - 0.5))
    let i = Int(u)
    let j = Int(v)
    let fx = u - Float(i)
    let fy = v - Float(j)
    let at = j * columns + i
    func mixed(_ plane: [Float]) -> Float {
      let low = plane[at] + (plane[at + 1] - plane[at]) * fx
      let high = plane[at + columns] + (plane[at + columns + 1] - plane[at + columns]) * fx
      return low + (high - low) * fy
    }
    return SIMD2(mixed(slopesX), mixed(slopesY))
  }

  /// Lays a round part over what is there.
  private static func raise(
    _ height: inout [Float], _ columns: Int, _ rows: Int, _ polygon: FigureContours.Polygon, _ map: Affine
  ) {
    let points = polygon.points.map { map.apply($0) }
    let low = map.apply(Point(polygon.box.minX, polygon.box.minY))
    let high = map.apply(Point(polygon.box.maxX, polygon.box.maxY))
    let area = PixelRect(covering: low.x, low.y, high.x, high.y)
      .intersection(PixelRect(width: columns, height: rows))
    guard !area.isEmpty else { return }
    let mask = CoverageMask(path: Path(Polyline(points, isClosed: true)), clip: area)
    let reach = Double(thickest) / spacing + 1
    let field = SegmentField(
      FieldSegment.segments(Polyline(points, isClosed: true)), reach: reach, clip: area)
    let count = area.width
    var cover = [Float](repeating: 0, count: count)
    var distance = [Float](repeating: 0, count: count * area.height)
    var payload = [Int32](repeating: 0, count: count)
    var deepest: Float = 0
    for y in area.rows {
      let start = (y - area.minY) * count
      cover.withUnsafeMutableBufferPointer { cover in
        distance.withUnsafeMutableBufferPointer { distance in
          payload.withUnsafeMutableBufferPointer { payload in
            guard let cover = cover.baseAddress, let distance = distance.baseAddress,
              let payload = payload.baseAddress
            else { return }
            mask.cover(row: y, columns: area.columns, into: cover)
            field.distances(
              y: Double(y) + 0.5, x0: Double(area.minX) + 0.5, count: count, limit: Float(reach),
              into: distance + start, payload: payload)
          }
        }
      }
      for i in 0..<count {
        distance[start + i] = cover[i] > 0.5 ? distance[start + i] * Float(spacing) : -1
        deepest = max(deepest, distance[start + i])
      }
    }
    // A circle's profile: d (2 r − d) under the root, flat beyond r.
    let radius = min(thickest, max(1, deepest))
    for y in area.rows {
      for i in 0..<count {
        let d = min(radius, distance[(y - area.minY) * count + i])
        guard d >= 0 else { continue }
        let index = y * columns + area.minX + i
        let round = (d * (2 * radius - d)).squareRoot() * 0.8
        height[index] =
          polygon.isEdged ? max(height[index] + lift, round + lift) : max(height[index], round)
      }
    }
  }

  /// Presses the folds into the cloth.
  private static func crease(
    _ height: inout [Float], _ columns: Int, _ rows: Int, _ contours: FigureContours, _ map: Affine
  ) {
    let widest = contours.creases.reduce(0) { max($0, $1.halfWidth) }
    guard widest > 0 else { return }
    let reach = Double(widest) * 2 / spacing + 1
    let lines = contours.folds.enumerated().map { number, line in
      FieldSegment(from: map.apply(line.from), to: map.apply(line.to), payload: Int32(number))
    }
    let area = PixelRect(width: columns, height: rows)
    let field = SegmentField(lines, reach: reach, clip: area)
    var distance = [Float](repeating: 0, count: columns)
    var payload = [Int32](repeating: 0, count: columns)
    for y in area.rows {
      distance.withUnsafeMutableBufferPointer { distance in
        payload.withUnsafeMutableBufferPointer { payload in
          guard let distance = distance.baseAddress, let payload = payload.baseAddress else { return }
          field.distances(
            y: Double(y) + 0.5, x0: 0.5, count: columns, limit: Float(reach), into: distance, payload: payload
          )
        }
      }
      for x in 0..<columns where payload[x] >= 0 {
        let crease = contours.creases[Int(payload[x])]
        let d = min(1, distance[x] * Float(spacing) / (2 * crease.halfWidth))
        let index = y * columns + x
        let depth = crease.halfWidth * crease.strength * 0.6
        height[index] = max(0, height[index] - depth * (1 - d * d) * (1 - d * d))
      }
    }
  }

  /// Means over three by three points, weights 1 2 1.
  private static func smoothed(_ plane: [Float], _ columns: Int, _ rows: Int) -> [Float] {
    var across = plane
    for y in 0..<rows {
      for x in 1..<columns - 1 {
        let i = y * columns + x
        across[i] = (plane[i - 1] + plane[i] * 2 + plane[i + 1]) * 0.25
      }
    }
    var result = across
    for y in 1..<rows - 1 {
      for x in 0..<columns {
        let i = y * columns + x
        result[i] = (across[i - columns] + across[i] * 2 + across[i + columns]) * 0.25
      }
    }
    return result
  }
}
