import Outline
import Raster
import Stage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

func exponential(_ x: Double) -> Double { exp(x) }
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

/// How a drawn body bulges towards the eye: each part is round, lies before the parts that it covers, and is creased.
/// Kept on a lattice of the body's own, so that it is the same at every size.
///
/// A part bulges as a skin does that is blown up within its outline: twice the root of u with ∇²u = −1, which is the
/// half circle of a long limb. Cloth is open below: nothing holds it there.
struct FigureRelief: Sendable {
  /// Thousandths of the body's height between the lattice's points.
  static let spacing = 2.0
  /// Parts of any breadth bulge less than this, thousandths of the height.
  private static let thickest: Float = 70
  /// Cloth is no rounder than something of this half breadth.
  private static let clothRadius: Float = 90
  /// An edged part lies this much before what it covers.
  private static let lift: Float = 6
  /// What cloth hides of the forms that it hangs over, thousandths.
  private static let cover: Float = 14
  /// Slopes are kept within ±this.
  private static let steepest: Float = 3
  private static let sweeps = 40

  private let origin: Point
  private let columns: Int
  private let rows: Int
  /// Rows upward, as the drawing's y; 0 outside the body.
  private var heights: [Float]
  private var slopesX: [Float]
  private var slopesY: [Float]
  /// Distance to the silhouette, thousandths, where it is less than ``edgeReach``.
  private var edge: [Float]
  private static let edgeReach: Float = 52

  /// - Parameter frame: what is needed, thousandths of the height, y up; at most 8000 on a side.
  init(_ contours: FigureContours, frame: Rect) {
    let spacing = Self.spacing
    origin = Point(frame.minX, frame.minY)
    columns = max(3, min(4000, Int((frame.width / spacing).rounded(.up)) + 2))
    rows = max(3, min(4000, Int((frame.height / spacing).rounded(.up)) + 2))
    heights = [Float](repeating: 0, count: columns * rows)
    slopesX = heights
    slopesY = heights
    edge = [Float](repeating: Self.edgeReach, count: columns * rows)
    let map = Affine(
      a: 1 / spacing, b: 0, c: 0, d: 1 / spacing, tx: -frame.minX / spacing, ty: -frame.minY / spacing)
    for layer in contours.layers {
      switch layer {
      case .polygon(let index): raise(contours.polygons[index], map)
      case .fold(let fold): crease(fold, map)
      }
    }
    measureEdge(contours, map)
    smooth()
    let scale = 1 / Float(2 * spacing)
    for y in 1..<rows - 1 {
      for x in 1..<columns - 1 {
        let i = y * columns + x
        slopesX[i] = max(-Self.steepest, min(Self.steepest, (heights[i + 1] - heights[i - 1]) * scale))
        slopesY[i] = max(
          -Self.steepest, min(Self.steepest, (heights[i + columns] - heights[i - columns]) * scale))
      }
    }
  }

  // MARK: Reading

  /// The slope to the right and upward at a place of the body.
  func slope(_ x: Float, _ y: Float) -> SIMD2<Float> {
    let place = place(x, y)
    return SIMD2(mixed(slopesX, place), mixed(slopesY, place))
  }

  fileprivate struct Place {
    var index: Int
    var x, y: Float
  }

  @inline(__always)
  fileprivate func place(_ x: Float, _ y: Float) -> Place {
    let u = max(0, min(Float(columns) - 1.001, (x - Float(origin.x)) / Float(Self.spacing) - 0.5))
    let v = max(0, min(Float(rows) - 1.001, (y - Float(origin.y)) / Float(Self.spacing) - 0.5))
    let i = Int(u)
    let j = Int(v)
    return Place(index: j * columns + i, x: u - Float(i), y: v - Float(j))
  }

  @inline(__always)
  private func mixed(_ plane: [Float], _ place: Place) -> Float {
    let i = place.index
    let low = plane[i] + (plane[i + 1] - plane[i]) * place.x
    let high = plane[i + columns] + (plane[i + columns + 1] - plane[i + columns]) * place.x
    return low + (high - low) * place.y
  }

  // MARK: Building

  /// Lays a round part over what is there.
  private mutating func raise(_ polygon: FigureContours.Polygon, _ map: Affine) {
    let line = Polyline(polygon.points.map { map.apply($0) }, isClosed: true)
    let low = map.apply(Point(polygon.box.minX, polygon.box.minY))
    let high = map.apply(Point(polygon.box.maxX, polygon.box.maxY))
    let area = PixelRect(covering: low.x, low.y, high.x, high.y)
      .intersection(PixelRect(width: columns, height: rows))
    guard !area.isEmpty else { return }
    let isCloth = polygon.form == .cloth
    var bounds = FieldSegment.segments(line)
    if isCloth {
      // Outlines run counterclockwise: what runs to the right has its outside below.
      let held = bounds.filter { ($0.to.x - $0.from.x) <= 0.55 * ($0.to - $0.from).magnitude }
      if !held.isEmpty { bounds = held }
    }
    let reach = Double(Self.clothRadius) / Self.spacing + 1
    let field = SegmentField(bounds, reach: reach, clip: area)
    let mask = CoverageMask(path: Path(line), clip: area)
    let width = area.width
    var inside = [Float](repeating: 0, count: width)
    var skin = [Float](repeating: 0, count: width * area.height)
    var payload = [Int32](repeating: 0, count: width)
    var isInside = [Bool](repeating: false, count: width * area.height)
    var radius: Float = 0
    for y in area.rows {
      let start = (y - area.minY) * width
      inside.withUnsafeMutableBufferPointer { inside in
        skin.withUnsafeMutableBufferPointer { skin in
          payload.withUnsafeMutableBufferPointer { payload in
            guard let inside = inside.baseAddress, let skin = skin.baseAddress,
              let payload = payload.baseAddress
            else { return }
            mask.cover(row: y, columns: area.columns, into: inside)
            field.distances(
              y: Double(y) + 0.5, x0: Double(area.minX) + 0.5, count: width, limit: Float(reach),
              into: skin + start, payload: payload)
          }
        }
      }
      for x in 0..<width {
        isInside[start + x] = inside[x] > 0.5
        let distance = inside[x] > 0.5 ? min(Self.clothRadius, skin[start + x] * Float(Self.spacing)) : 0
        skin[start + x] = distance
        radius = max(radius, distance)
      }
    }
    if polygon.form == .hair {
      lay(area, isInside) { _, below in max(below, 3) }
      return
    }
    if polygon.form == .plate {
      var highest: Float = 0
      for y in area.rows {
        for x in 0..<width where isInside[(y - area.minY) * width + x] {
          highest = max(highest, heights[y * columns + area.minX + x])
        }
      }
      lay(area, isInside) { _, _ in highest + Self.lift }
      return
    }
    // The strip's solution to begin with, d (2 r − d) / 2, then what the outline makes of it.
    for i in skin.indices { skin[i] = skin[i] * (2 * radius - skin[i]) / 2 }
    relax(&skin, isInside, width: width, height: area.height, isOpenBelow: isCloth)
    let lift = polygon.isEdged ? Self.lift : 0
    let cover = isCloth ? Self.cover : 0
    lay(area, isInside) { i, below in
      let round = (2 * max(0, skin[i])).squareRoot()
      return max(below - cover, round / (1 + round / Self.thickest)) + lift
    }
  }

  /// Sets heights where a part is, from what is there.
  private mutating func lay(_ area: PixelRect, _ isInside: [Bool], _ height: (Int, Float) -> Float) {
    for y in area.rows {
      for x in 0..<area.width {
        let i = (y - area.minY) * area.width + x
        let index = y * columns + area.minX + x
        if isInside[i] { heights[index] = height(i, heights[index]) }
      }
    }
  }

  /// Sweeps of Gauss and Seidel towards ∇²u = −1 with u = 0 outside.
  private func relax(
    _ skin: inout [Float], _ isInside: [Bool], width: Int, height: Int, isOpenBelow: Bool
  ) {
    guard width > 2, height > 2 else { return }
    let load = Float(Self.spacing * Self.spacing)
    for _ in 0..<Self.sweeps {
      for y in 0..<height {
        for x in 0..<width {
          let i = y * width + x
          guard isInside[i] else { continue }
          let left = x > 0 ? skin[i - 1] : 0
          let right = x + 1 < width ? skin[i + 1] : 0
          let above = y + 1 < height ? skin[i + width] : 0
          var below = y > 0 ? skin[i - width] : 0
          if isOpenBelow, y == 0 || !isInside[i - width] { below = skin[i] }
          skin[i] = (left + right + above + below + load) * 0.25
        }
      }
    }
  }

  /// Presses a fold into what is there, or raises it.
  private mutating func crease(_ fold: FigureContours.Fold, _ map: Affine) {
    let widest = fold.halfWidths.reduce(0, max)
    guard widest > 0 else { return }
    let reach = Double(widest) * 2 / Self.spacing + 1
    var box = Rect.null
    let lines = fold.pieces.enumerated().map { number, line in
      FieldSegment(from: map.apply(line.from), to: map.apply(line.to), payload: Int32(number))
    }
    for line in lines {
      box.extend(to: line.from)
      box.extend(to: line.to)
    }
    let area = PixelRect(covering: box.minX - reach, box.minY - reach, box.maxX + reach, box.maxY + reach)
      .intersection(PixelRect(width: columns, height: rows))
    guard !area.isEmpty else { return }
    let field = SegmentField(lines, reach: reach, clip: area)
    var distance = [Float](repeating: 0, count: area.width)
    var payload = [Int32](repeating: -1, count: area.width)
    for y in area.rows {
      distance.withUnsafeMutableBufferPointer { distance in
        payload.withUnsafeMutableBufferPointer { payload in
          guard let distance = distance.baseAddress, let payload = payload.baseAddress else { return }
          field.distances(
            y: Double(y) + 0.5, x0: Double(area.minX) + 0.5, count: area.width, limit: Float(reach),
            into: distance, payload: payload)
        }
      }
      for x in 0..<area.width where payload[x] >= 0 {
        let number = Int(payload[x])
        let index = y * columns + area.minX + x
        guard heights[index] > 0 else { continue }
        let halfWidth = fold.halfWidths[number]
        let d = min(1, distance[x] * Float(Self.spacing) / (2 * halfWidth))
        let depth = halfWidth * fold.strengths[number] * 0.7 * (1 - d * d) * (1 - d * d)
        heights[index] = max(0.01, heights[index] + (fold.isRaised ? depth : -depth))
      }
    }
  }

  private mutating func measureEdge(_ contours: FigureContours, _ map: Affine) {
    let lines = contours.silhouette.map { FieldSegment(from: map.apply($0.from), to: map.apply($0.to)) }
    guard !lines.isEmpty else { return }
    let reach = Double(Self.edgeReach) / Self.spacing
    let field = SegmentField(lines, reach: reach, clip: PixelRect(width: columns, height: rows))
    var payload = [Int32](repeating: -1, count: columns)
    let columns = columns
    for y in 0..<rows {
      edge.withUnsafeMutableBufferPointer { edge in
        payload.withUnsafeMutableBufferPointer { payload in
          guard let edge = edge.baseAddress, let payload = payload.baseAddress else { return }
          field.distances(
            y: Double(y) + 0.5, x0: 0.5, count: columns, limit: Float(reach), into: edge + y * columns,
            payload: payload)
        }
      }
      for i in y * columns..<(y + 1) * columns {
        edge[i] = min(Self.edgeReach, edge[i] * Float(Self.spacing))
      }
    }
  }

  /// Means over three by three points, weights 1 2 1, but nothing reaches beyond the body.
  private mutating func smooth() {
    var across = heights
    for y in 0..<rows {
      for x in 1..<columns - 1 {
        let i = y * columns + x
        across[i] = (heights[i - 1] + heights[i] * 2 + heights[i + 1]) * 0.25
      }
    }
    for y in 1..<rows - 1 {
      for x in 0..<columns {
        let i = y * columns + x
        guard heights[i] > 0 else { continue }
        heights[i] = (across[i - columns] + across[i] * 2 + across[i + columns]) * 0.25
      }
    }
  }
}

/// Light on a relief: from behind it wraps around edges, from the sides it brushes over folds, sleeves and lapels.
struct FigureSheen: Sendable {
  private let relief: FigureRelief
  private let lights: [SIMD4<Float>]

  /// A small light on the body itself: a glowing thing that is held.
  struct Lamp: Sendable {
    /// Thousandths of the body's height.
    var place: SIMD2<Float>
    /// Linear light at a thickness's distance.
    var light: Vector
  }

  /// Share of light from behind that wraps, and of light from the sides.
  private static let wrap: Float = 0.22
  private static let brush: Float = 0.11
  /// How far off a part throws its shadow on another, thousandths.
  private static let shadow: Float = 60

  /// - Parameters:
  ///   - inner: share of light from the sides, 0…1.
  ///   - unevenness: share of a rim's light that is left at a place, thousandths.
  init(
    _ relief: FigureRelief, rims: [FigurePicture.Rim], inner: Float, lamps: [Lamp],
    unevenness: (Float, Float, Int) -> Float
  ) {
    self.relief = relief
    lights = relief.lit { x, y, point in
      var sum = Vector(0, 0, 0)
      for (k, rim) in rims.enumerated() {
        // A third from behind; and nearly from the side.
        let d = rim.direction
        let behind =
          max(0, 0.94 * (point.normal.x * d.x + point.normal.y * d.y) - 0.34 * point.normal.z)
          * point.nearEdge * Self.wrap
        var side = max(0, 0.995 * (point.normal.x * d.x + point.normal.y * d.y) - 0.06 * point.normal.z)
        if side > 0, inner > 0 {
          side *= side.squareRoot() * inner * Self.brush * point.open(d, Self.shadow)
        } else {
          side = 0
        }
        if behind + side > 1e-5 { sum += rim.light * ((behind + side) * unevenness(x, y, k)) }
      }
      for lamp in lamps {
        let to = SIMD3(lamp.place.x - x, lamp.place.y - y, 26)
        let square = (to * to).sum()
        let c = max(0, (point.normal * to).sum()) / square.squareRoot()
        sum += lamp.light * (c / (1 + square / 700))
      }
      return SIMD4(sum.x, sum.y, sum.z, 1)
    }
  }

  /// The light at a place of the body, thousandths.
  @inline(__always)
  func light(_ x: Float, _ y: Float) -> Vector { relief.read(lights, x, y) }
}

extension FigureRelief {
  struct LitPoint {
    let normal: SIMD3<Float>
    /// 1 at the silhouette, 0 far within.
    let nearEdge: Float
    fileprivate let relief: FigureRelief
    fileprivate let column, row: Int
    fileprivate let height: Float

    /// How much of a light that comes along the body from a direction gets here: what stands higher is in its way.
    func open(_ direction: SIMD2<Float>, _ reach: Float) -> Float {
      var left: Float = 1
      var way: Float = 3
      while way <= reach, left > 0 {
        let step = direction * (way / Float(FigureRelief.spacing))
        let x = column + Int(step.x.rounded())
        let y = row + Int(step.y.rounded())
        guard x >= 0, y >= 0, x < relief.columns, y < relief.rows else { break }
        left = min(left, 1 - (relief.heights[y * relief.columns + x] - height - 0.1 * way) / 4)
        way += 3
      }
      return max(0, left)
    }
  }

  /// A value for each point of the lattice; beyond the body, that of the nearest point of it, two points far.
  fileprivate func lit(_ value: (Float, Float, LitPoint) -> SIMD4<Float>) -> [SIMD4<Float>] {
    var result = [SIMD4<Float>](repeating: SIMD4(), count: columns * rows)
    for y in 0..<rows {
      for x in 0..<columns where heights[y * columns + x] > 0 {
        let i = y * columns + x
        let size = (1 + slopesX[i] * slopesX[i] + slopesY[i] * slopesY[i]).squareRoot()
        let d = edge[i] / Self.edgeReach
        let point = LitPoint(
          normal: SIMD3(-slopesX[i], -slopesY[i], 1) / size, nearEdge: (1 - d * d) * (1 - d * d),
          relief: self, column: x, row: y, height: heights[i])
        result[i] = value(
          Float(origin.x + (Double(x) + 0.5) * Self.spacing),
          Float(origin.y + (Double(y) + 0.5) * Self.spacing), point)
      }
    }
    for _ in 0..<2 {
      let before = result
      for y in 1..<rows - 1 {
        for x in 1..<columns - 1 where before[y * columns + x].w == 0 {
          let i = y * columns + x
          let sum = before[i - 1] + before[i + 1] + before[i - columns] + before[i + columns]
          if sum.w > 0 { result[i] = sum / sum.w }
        }
      }
    }
    return result
  }

  @inline(__always)
  fileprivate func read(_ plane: [SIMD4<Float>], _ x: Float, _ y: Float) -> Vector {
    let place = place(x, y)
    let i = place.index
    let low = plane[i] + (plane[i + 1] - plane[i]) * place.x
    let high = plane[i + columns] + (plane[i + columns + 1] - plane[i + columns]) * place.x
    let value = low + (high - low) * place.y
    return Vector(value.x, value.y, value.z)
  }
}
