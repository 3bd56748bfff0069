import Outline
import Raster
import Stage

/// A person against the light: a dark body whose edges catch two unequal lights from behind and one from above.
///
/// The rim at inward distance d from an edge with outward normal n is e^(−(d / width)^1.2) · (n · l)^1.3 for light
/// from direction l: light of one strength all around would look like a drop shadow. On the body's relief the same
/// lights wrap around broad forms and brush over folds (``FigureSheen``).
struct FigurePicture: CardPicture {
  /// Light from behind, from one side.
  struct Rim: Sendable {
    /// Unit vector towards the light, y up.
    var direction: SIMD2<Float>
    /// Linear light at the very edge.
    var light: Vector
    /// Distance over which it falls to 1/e, thousandths of the body's height.
    var width: Float
  }

  var drawing: FigureDrawing
  /// What the card shows, thousandths of the body's height, y up.
  var frame: Rect
  var rims: [Rim] = []
  /// Strength of the edges and folds within the silhouette, 0…1.
  var inner: Float = 0.3
  /// Linear light of what glows.
  var glow = Vector(0, 0, 0)
  /// Turned about the vertical, or about the horizontal.
  var isMirrored = false
  var isHung = false
  var seed: UInt32 = 1
  /// Whether the body has a relief, for its own lights and the scene's; without, only the edges are lit.
  var hasSurface = true
  /// The picture is drawn with at least so many pixels for the body's height, and averaged if it is seen smaller.
  var fineness = 1000.0
  /// Share of the figure that is there: less than 1 for one that appears.
  var opacity: Float = 1
  /// Share of what is behind that the body covers; light stays.
  var cover: Float = 1
  /// Height at which the figure ends who has not come out of the ground entirely, thousandths; nil is whole.
  var top: Float?
  /// Over so many thousandths it dissolves below `top`.
  private static let dissolve: Float = 45
  /// Share of light that the coat reflects.
  var albedo: Float = 0.02

  func paint(_ canvas: CardCanvas) {
    guard canvas.width > 0, canvas.height > 0, frame.width > 0, frame.height > 0 else { return }
    let perUnit = Double(canvas.height) / frame.height
    let fine = max(1, min(64, Int((fineness / 1000 / max(perUnit, 1e-6)).rounded(.up))))
    let contours = FigureContours(drawing, pixel: 1 / (perUnit * Double(fine)))
    let relief = hasSurface ? FigureRelief(contours, frame: frame) : nil
    paintBody(canvas, contours, relief.map { sheen($0, contours) }, fine: fine)
    if let surface = canvas.surface, let relief { paintSurface(surface, canvas, relief) }
  }

  // MARK: Light and coverage

  /// - Parameter fine: rows and columns that are drawn for each of the canvas's, then averaged.
  private func paintBody(
    _ canvas: CardCanvas, _ contours: FigureContours, _ sheen: FigureSheen?, fine: Int
  ) {
    let width = canvas.width * fine
    let height = canvas.height * fine
    let clip = PixelRect(width: width, height: height)
    let scaleX = Double(width) / frame.width
    let scaleY = Double(height) / frame.height
    let map = Affine(
      a: scaleX, b: 0, c: 0, d: -scaleY, tx: -frame.minX * scaleX, ty: frame.maxY * scaleY)
    let scale = (scaleX + scaleY) / 2

    var union = Path()
    for outline in contours.outlines { union.append(outline.transformed(by: map)) }
    let mask = CoverageMask(path: union, clip: clip)
    guard !mask.isEmpty else { return }

    // Light wraps less around what is thin: a finger keeps a dark core, and strands of hair do not burn.
    let breadths = contours.polygons.map { max(0.3, min(1, $0.halfWidth / 14)) }
    let widest = rims.reduce(0) { max($0, $1.width) }
    let reach = Double(widest) * Double(RimTable.reach) * scale + 1
    let edges = EdgeField(contours.silhouette, breadths, map, reach: reach, clip: clip)
    let innerEdges = EdgeField(inner > 0 ? contours.inner : [], breadths, map, reach: reach, clip: clip)
    let glows = Glows(contours.glows.map { $0.transformed(by: map) }, clip: clip)

    let rims = drawnRims
    let table = RimTable()
    let perPixel = Float(1 / scale)
    var row = [Float](repeating: 0, count: width)
    var near = NearestLines(count: width)
    var nearInner = NearestLines(count: width)
    var shine = [Float](repeating: 0, count: width)
    let share = max(0, min(1, opacity)) / Float(fine * fine)

    for y in mask.bounds.rows {
      guard let columns = mask.extent(row: y) else { continue }
      row.withUnsafeMutableBufferPointer { row in
        guard let coverage = row.baseAddress else { return }
        mask.cover(row: y, columns: columns, into: coverage)
      }
      near.measure(edges, y: y, columns: columns)
      nearInner.measure(innerEdges, y: y, columns: columns)
      let isGlowing = glow != Vector(0, 0, 0) && glows.measure(y: y, columns: columns, into: &shine)
      let canvasRow = isHung ? canvas.height - 1 - y / fine : y / fine
      let bodyY = Float(frame.maxY) - (Float(y) + 0.5) / Float(scaleY)
      let presence = top.map { 1 - SurfaceNoise.step($0 - Self.dissolve, $0, bodyY) } ?? 1
      guard presence > 0 else { continue }

      for i in 0..<columns.count {
        let cover = row[i] * presence
        guard cover > 0 else { continue }
        let x = columns.lowerBound + i
        let bodyX = Float(frame.minX) + (Float(x) + 0.5) / Float(scaleX)
        var light = Vector(0, 0, 0)

        if near.line[i] >= 0 {
          // What is covered whole lies within, whatever side the end of a line that stops at another part says.
          let edge = edges.place(
            near.line[i], Float(x) + 0.5, Float(y) + 0.5, near.distance[i], isWithin: cover > 0.998)
          let depth = max(0, edge.depth) * perPixel / edge.breadth
          for k in 0..<rims.count {
            let strength =
              table.rim(depth / rims[k].width, edge.normal, rims[k].direction) * (0.4 + 0.6 * edge.breadth)
            if strength > 1e-4 { light += rims[k].light * (strength * unevenness(bodyX, bodyY, k)) }
          }
        }
        if nearInner.line[i] >= 0 {
          let edge = innerEdges.place(
            nearInner.line[i], Float(x) + 0.5, Float(y) + 0.5, nearInner.distance[i], isWithin: false)
          // Only the part in front is lit.
          if edge.depth > -0.7 {
            let depth = max(0, edge.depth) * perPixel / edge.breadth
            for k in 0..<rims.count {
              let strength =
                0.25 * inner * table.rim(depth / (rims[k].width * 0.8), edge.normal, rims[k].direction)
              if strength > 1e-4 { light += rims[k].light * (strength * unevenness(bodyX, bodyY, k)) }
            }
          }
        }
        if let sheen { light += sheen.light(bodyX, bodyY) }
        if isGlowing { light += glow * shine[i] }

        let column = x / fine
        let index = canvasRow * canvas.width + (isMirrored ? canvas.width - 1 - column : column)
        let weight = cover * share
        canvas.red[index] += light.x * weight
        canvas.green[index] += light.y * weight
        canvas.blue[index] += light.z * weight
        canvas.alpha[index] += weight * self.cover
      }
    }
    // Sums of shares may pass 1 by a rounding.
    for index in 0..<canvas.width * canvas.height { canvas.alpha[index] = min(1, canvas.alpha[index]) }
  }

  /// The rims in the drawing's space: a picture that is turned keeps its lights where they are.
  private var drawnRims: [Rim] {
    rims.map { rim in
      var rim = rim
      if isMirrored { rim.direction.x = -rim.direction.x }
      if isHung { rim.direction.y = -rim.direction.y }
      return rim
    }
  }

  /// How much of a rim's light is left at a place: wet cloth takes it in streaks, and there is less towards the
  /// ground, since light from behind stands at the height of head and shoulders.
  @inline(__always)
  private func unevenness(_ x: Float, _ y: Float, _ rim: Int) -> Float {
    let noise = SurfaceNoise.fbm(
      x * 0.03, y * 0.011, seed &+ UInt32(truncatingIfNeeded: rim) &* 977, octaves: 3)
    return max(0.45, min(1.15, 0.8 + (noise - 0.5) * 2.4)) * max(0.5, min(1, 0.45 + 0.0008 * y))
  }

  private func sheen(_ relief: FigureRelief, _ contours: FigureContours) -> FigureSheen {
    var lamps: [FigureSheen.Lamp] = []
    if glow != Vector(0, 0, 0) {
      for outline in contours.glows {
        let box = outline.bounds
        guard !box.isNull else { continue }
        lamps.append(
          .init(
            place: SIMD2(Float(box.minX + box.maxX) / 2, Float(box.minY + box.maxY) / 2),
            light: glow * Float(0.0009 * box.width * box.height)))
      }
    }
    return FigureSheen(relief, rims: drawnRims, inner: inner, lamps: lamps) { unevenness($0, $1, $2) }
  }

  // MARK: What the scene's lights fall on

  private func paintSurface(_ surface: CardCanvas.Surface, _ canvas: CardCanvas, _ relief: FigureRelief) {
    for y in 0..<canvas.height {
      let drawnY = isHung ? canvas.height - 1 - y : y
      let bodyY = frame.maxY - (Double(drawnY) + 0.5) / Double(canvas.height) * frame.height
      for x in 0..<canvas.width {
        let index = y * canvas.width + x
        let cover = canvas.alpha[index]
        guard cover > 0 else { continue }
        let drawnX = isMirrored ? canvas.width - 1 - x : x
        let bodyX = frame.minX + (Double(drawnX) + 0.5) / Double(canvas.width) * frame.width
        let slope = relief.slope(Float(bodyX), Float(bodyY))
        surface.slopeX[index] = isMirrored ? -slope.x : slope.x
        surface.slopeY[index] = isHung ? -slope.y : slope.y
        // Worn cloth: a little lighter here, darker there.
        let wear =
          0.75 + 0.5 * SurfaceNoise.fbm(Float(bodyX) * 0.03, Float(bodyY) * 0.03, seed &+ 71, octaves: 3)
        let share = albedo * wear * cover
        surface.red[index] = share
        surface.green[index] = share
        surface.blue[index] = share
        surface.gloss[index] = 0.08 * cover
      }
    }
  }
}

/// Which share of each pixel glows.
private struct Glows {
  private let masks: [CoverageMask]

  init(_ outlines: [Path], clip: PixelRect) {
    masks = outlines.map { CoverageMask(path: $0, clip: clip) }.filter { !$0.isEmpty }
  }

  /// Whether anything in the row does.
  func measure(y: Int, columns: Range<Int>, into row: inout [Float]) -> Bool {
    let crossed = masks.filter { $0.bounds.rows.contains(y) }
    guard !crossed.isEmpty else { return false }
    for i in 0..<columns.count { row[i] = 0 }
    var part = [Float](repeating: 0, count: columns.count)
    for mask in crossed {
      part.withUnsafeMutableBufferPointer { part in
        guard let start = part.baseAddress else { return }
        mask.cover(row: y, columns: columns, into: start)
      }
      for i in 0..<columns.count { row[i] = min(1, row[i] + part[i]) }
    }
    return true
  }
}

/// Lines in pixels with their outward normals.
private struct EdgeField {
  let field: SegmentField
  private let lines: [Line]

  private struct Line {
    var from, along: SIMD2<Float>
    /// 1 / length².
    var inverse: Float
    var normal: SIMD2<Float>
    /// Share of a rim's width that the part has room for.
    var breadth: Float
  }

  /// - Parameter breadths: for each number that lines have as payload.
  init(_ segments: [FieldSegment], _ breadths: [Float], _ map: Affine, reach: Double, clip: PixelRect) {
    var mapped: [FieldSegment] = []
    mapped.reserveCapacity(segments.count)
    for segment in segments {
      mapped.append(
        FieldSegment(
          from: map.apply(segment.from), to: map.apply(segment.to), payload: Int32(mapped.count)))
    }
    field = SegmentField(mapped, reach: reach, clip: clip)
    lines = zip(mapped, segments).map { line, drawn in
      let along = line.to - line.from
      let square = along.x * along.x + along.y * along.y
      let length = square.squareRoot()
      // Counterclockwise with y up is to the right of the way in pixels, where y grows downward.
      return Line(
        from: SIMD2(Float(line.from.x), Float(line.from.y)), along: SIMD2(Float(along.x), Float(along.y)),
        inverse: square > 0 ? Float(1 / square) : 0,
        normal: length > 0 ? SIMD2(Float(-along.y / length), Float(along.x / length)) : SIMD2(0, 0),
        breadth: breadths.indices.contains(Int(drawn.payload)) ? breadths[Int(drawn.payload)] : 1)
    }
  }

  /// How deep a pixel lies behind a line, pixels (negative outside), and the normal there: outward, y up.
  @inline(__always)
  func place(
    _ line: Int32, _ x: Float, _ y: Float, _ distance: Float, isWithin: Bool
  ) -> (depth: Float, normal: SIMD2<Float>, breadth: Float) {
    let line = lines[Int(line)]
    let d = SIMD2(x, y) - line.from
    let t = max(0, min(1, (d.x * line.along.x + d.y * line.along.y) * line.inverse))
    let away = d - line.along * t
    let isOutside = !isWithin && away.x * line.normal.x + away.y * line.normal.y > 0
    // Close to the edge, the way from it has no sure direction: there the line's own normal counts.
    let mixed = line.normal + (isOutside ? away : -away)
    let size = (mixed.x * mixed.x + mixed.y * mixed.y).squareRoot()
    let normal = size > 1e-6 ? mixed / size : line.normal
    return (isOutside ? -distance : distance, SIMD2(normal.x, -normal.y), line.breadth)
  }
}

/// The nearest lines of a run of pixels.
private struct NearestLines {
  var distance: [Float]
  var line: [Int32]

  init(count: Int) {
    distance = [Float](repeating: 0, count: count)
    line = [Int32](repeating: -1, count: count)
  }

  mutating func measure(_ edges: EdgeField, y: Int, columns: Range<Int>) {
    guard !edges.field.segments.isEmpty else { return }
    distance.withUnsafeMutableBufferPointer { distance in
      line.withUnsafeMutableBufferPointer { line in
        guard let distance = distance.baseAddress, let line = line.baseAddress else { return }
        edges.field.distances(
          y: Double(y) + 0.5, x0: Double(columns.lowerBound) + 0.5, count: columns.count,
          limit: Float(edges.field.reach), into: distance, payload: line)
      }
    }
  }
}

/// e^(−x^1.2) and c^1.3, from tables: pixels call no library function.
private struct RimTable {
  /// Where the falloff has become nothing: e^(−4.2^1.2) < 0.004.
  static let reach: Float = 4.2
  private static let count = 512
  private let falloff: [Float]
  private let facing: [Float]

  init() {
    let count = Self.count
    let reach = Double(Self.reach)
    let end = exponential(-power(reach, 1.2))
    // Brought to exactly 0 at the end, so that nothing ends in a step.
    falloff = (0...count + 1).map { i in
      let x = min(reach, reach * Double(i) / Double(count))
      return Float(max(0, exponential(-power(x, 1.2)) - end) / (1 - end))
    }
    facing = (0...count + 1).map { Float(power(min(1, Double($0) / Double(count)), 1.3)) }
  }

  @inline(__always)
  func rim(_ depth: Float, _ normal: SIMD2<Float>, _ light: SIMD2<Float>) -> Float {
    let c = normal.x * light.x + normal.y * light.y
    guard c > 0, depth < Self.reach else { return 0 }
    return Self.read(falloff, depth * (Float(Self.count) / Self.reach))
      * Self.read(facing, c * Float(Self.count))
  }

  @inline(__always)
  private static func read(_ table: [Float], _ place: Float) -> Float {
    let place = max(0, min(Float(count), place))
    let i = Int(place)
    return table[i] + (table[i + 1] - table[i]) * (place - Float(i))
  }
}
