import CVector
import Catalog
import Raster

/// The picture fractures into pixels: it sets in squares, and the squares break loose and drift away.
///
/// `fracture` moves in time from 0 (whole) to 1 (gone). Every piece has a moment of its own at which it sets, one at which it
/// breaks loose, and a way from there: a function of the amount and of the piece's place, so that pieces travel
/// steadily as the amount grows, neighbors together, and any moment renders alone. Where a piece has left, what it
/// covered goes dark.
public struct Fracture: Effect {
  public static let name = "fracture"
  public static let summary =
    "The picture breaks into squares that come loose, drift and sort themselves."

  var amount: Float = 0.5
  var size: Double = 1 / 60
  var angle: Double = 90
  var distance: Double = 0.4
  var drift: Double = 0.5
  var sort: Double = 0.5
  var grouping: Double = 0.6
  var leave: Float = 0.1

  public static let parameters: [Parameter<Fracture>] = [
    .init(
      "fracture", \.amount, .number(0...1, suggested: 0.2...0.8),
      "How far the fracture has come: 0 is the whole picture, at 1 all pieces have left."),
    .init("size", \.size, .length(0.003...0.25, suggested: 0.008...0.04), "Side of the smallest pieces."),
    .init("angle", \.angle, .angle(), "Where pieces go; 90 is down."),
    .init("distance", \.distance, .length(0...2, suggested: 0.1...0.8), "How far a piece gets by the end."),
    .init("drift", \.drift, .number(0...1), "How far currents carry pieces off their way."),
    .init("sort", \.sort, .number(0...1), "How much farther bright pieces go than dark ones."),
    .init("grouping", \.grouping, .number(0...1), "How many pieces hold together in larger squares."),
    .init("leave", \.leave, .number(0...1), "What a piece leaves behind, as a share of the light."),
  ]

  public static let neutral: Fracture? = {
    var fracture = Fracture()
    fracture.amount = 0
    return fracture
  }()

  /// Rows of pixels that one job paints.
  private static let strip = 64
  private static let brightest: Float = 1e30

  public init() {}

  /// A piece looks at nothing but itself; so what counts is how far it has come, and how large it is.
  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let started = Fracture.started(Double(amount), since: Fracture.first)
    // Twice the side of the largest: one where it was, so that all of it is there, and one where it is.
    let side = 8 * lattice(geometry).unit
    let way = distance * started * Fracture.boost
    let eddies = drift * (0.15 + 0.55 * distance) * started * Fracture.eddy
    func pixels(_ along: Double) -> Int {
      Int(min(Double(Reach.everything), (geometry.pixels(way * abs(along) + eddies) + side).rounded(.up))) + 2
    }
    let turns = angle / 360
    return Reach(x: pixels(cosine(ofTurns: turns)), y: pixels(cosine(ofTurns: turns - 0.25)))
  }

  /// When the first piece breaks loose, what the brightest exceed their way by, and the strongest current.
  private static let first = 0.04, boost = 1.3, eddy = 1.3

  /// How much of its way a piece has come that broke loose at `moment`; it starts slowly.
  private static func started(_ now: Double, since moment: Double) -> Double {
    let way = max(0, min(1, (now - moment) / (1 - moment)))
    return way * way * (1.6 - 0.6 * way)
  }

  private func lattice(_ geometry: Geometry) -> Lattice {
    Lattice(unit: max(2, geometry.pixels(size)), origin: Double(geometry.bleed))
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let cells = lattice(context.geometry).cells(touching: region)
    // Pieces, and the strips that each touches.
    let pieces = cells.expanded(byX: 4, y: 4).area
    let crossed = Int(8 * lattice(context.geometry).unit) / Fracture.strip + 2
    return PyramidScale.bytes(of: cells) + pieces * (MemoryLayout<Piece>.stride * 2 + 8 * crossed)
  }

  /// A square of the picture on its way.
  struct Piece: Sendable {
    /// Where it was, pixels.
    var home: (x: Float, y: Float, side: Float)
    /// Where it is.
    var place: (x: Float, y: Float, side: Float)
    var color: SIMD3<Float>
    /// How much of what was at its home is still to be seen: 1 until it breaks loose.
    var left: Float
    /// How much of the square is to be seen over the picture: 0 before it sets.
    var set: Float
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let lattice = lattice(context.geometry)
    let cells = lattice.cells(touching: region)
    let means = try lattice.means(of: frame, cells: cells, workers: context.workers)
    let pieces = self.pieces(means, lattice, context)
    let height = Fracture.strip
    let strips = (region.height + height - 1) / height
    // First what is left at home, then the squares that have set, then those under way: all in the pieces' order.
    var homes = Array(repeating: [Int32](), count: strips)
    var places = homes
    func enter(_ index: Int, _ y: Float, _ side: Float, _ lists: inout [[Int32]]) {
      let low = max(0, min(1e9, (y - Float(region.minY)) / Float(height)))
      let high = max(-1, min(1e9, (y + side - Float(region.minY)) / Float(height)))
      let first = Int(low)
      let last = min(strips - 1, Int(high.rounded(.down)))
      if first <= last { for strip in first...last { lists[strip].append(Int32(index)) } }
    }
    for (index, piece) in pieces.enumerated() {
      if piece.left < 1 { enter(index, piece.home.y, piece.home.side, &homes) }
      if piece.set > 0 { enter(index, piece.place.y, piece.place.side, &places) }
    }
    let (atHome, underWay) = (homes, places)
    context.workers.each(strips) { strip in
      let rows = region.minY + strip * height..<min(region.maxY, region.minY + (strip + 1) * height)
      for index in atHome[strip] {
        let piece = pieces[Int(index)]
        paint(piece.home, over: frame, rows: rows) { row, i, cover in
          let k = 1 - cover * (1 - piece.left)
          row.red[i] = Fracture.bounded(row.red[i]) * k
          row.green[i] = Fracture.bounded(row.green[i]) * k
          row.blue[i] = Fracture.bounded(row.blue[i]) * k
          row.alpha[i] *= row.alpha[i] < 1 ? k : 1
        }
      }
      for index in underWay[strip] {
        let piece = pieces[Int(index)]
        paint(piece.place, over: frame, rows: rows) { row, i, cover in
          let k = cover * piece.set
          let (r, g, b) = (
            Fracture.bounded(row.red[i]), Fracture.bounded(row.green[i]), Fracture.bounded(row.blue[i])
          )
          row.red[i] = r + (piece.color.x - r) * k
          row.green[i] = g + (piece.color.y - g) * k
          row.blue[i] = b + (piece.color.z - b) * k
        }
      }
    }
  }

  @inline(__always)
  private static func bounded(_ v: Float) -> Float {
    v == v ? min(brightest, max(-brightest, v)) : 0
  }

  /// Calls `body` for each pixel of `rows` that a square covers, with the share that it covers.
  @inline(__always)
  private func paint(
    _ square: (x: Float, y: Float, side: Float), over frame: Framebuffer, rows: Range<Int>,
    _ body: (Row, Int, Float) -> Void
  ) {
    let region = frame.region
    func whole(_ v: Float) -> Int { Int(max(-1e9, min(1e9, v.rounded(.down)))) }
    let (right, bottom) = (square.x + square.side, square.y + square.side)
    let left = max(region.minX, whole(square.x))
    let end = min(region.maxX, whole(right) + 1)
    let top = max(rows.lowerBound, whole(square.y))
    let below = min(rows.upperBound, whole(bottom) + 1)
    guard left < end, top < below else { return }
    for y in top..<below {
      let high = min(bottom, Float(y + 1)) - max(square.y, Float(y))
      guard high > 0 else { continue }
      let row = frame.row(y)
      for x in left..<end {
        let wide = min(right, Float(x + 1)) - max(square.x, Float(x))
        if wide > 0 { body(row, x - region.minX, min(1, wide) * min(1, high)) }
      }
    }
  }

  /// The pieces in the order in which they are painted.
  private func pieces(_ means: PyramidScale, _ lattice: Lattice, _ context: EffectContext) -> [Piece] {
    let cells = means.rect
    let seed = context.seed.derived("fracture")
    let time = SlowTime(context.moment)
    let unit = lattice.unit
    let origin = lattice.origin
    let scale = Double(max(1, context.geometry.trimHeight))
    let turns = angle / 360
    let ahead = (x: cosine(ofTurns: turns), y: cosine(ofTurns: turns - 0.25))
    // Currents move a little in time, and come back in a loop.
    let sway = (
      x: time.drift(seed.derived("sway x"), rate: 0.25), y: time.drift(seed.derived("sway y"), rate: 0.25)
    )
    let whole = CoherentNoise(form: .fbm, octaves: 2, seed: seed.derived("breaks").low)
    let current = CoherentNoise(form: .fbm, octaves: 3, seed: seed.derived("current").low)
    let corner = seed.derived("piece").low
    let group = seed.derived("group").low

    func unitHash(_ x: Int, _ y: Int, _ seed: UInt32) -> Double {
      Double(latticeHash(Int32(truncatingIfNeeded: x), Int32(truncatingIfNeeded: y), seed) >> 8) * 0x1p-24
    }
    func noise(_ noise: CoherentNoise, _ x: Double, _ y: Double) -> Double {
      var out: Float = 0
      withUnsafePointer(to: Float(x)) { x in
        withUnsafePointer(to: Float(y)) { y in noise.fill(&out, x: x, y: y, count: 1) }
      }
      return Double(out)
    }
    func floorDivided(_ a: Int, _ b: Int) -> Int { Int((Double(a) / Double(b)).rounded(.down)) }

    var resting: [Piece] = []
    var moving: [Piece] = []
    func add(_ x: Int, _ y: Int, _ side: Int) {
      let area = PixelRect(minX: x, minY: y, maxX: x + side, maxY: y + side).intersection(cells)
      guard !area.isEmpty else { return }
      var color = SIMD3<Float>()
      for j in area.rows {
        for i in area.columns {
          color += SIMD3(
            Fracture.bounded(means.planes[0].row(j - cells.minY)[i - cells.minX]),
            Fracture.bounded(means.planes[1].row(j - cells.minY)[i - cells.minX]),
            Fracture.bounded(means.planes[2].row(j - cells.minY)[i - cells.minX]))
        }
      }
      color /= Float(area.area)
      let own = unitHash(x, y, corner)
      let middle = (
        x: (Double(x) + Double(side) / 2) * unit / scale, y: (Double(y) + Double(side) / 2) * unit / scale
      )
      // When it breaks loose: patches of the picture go together, those that lie ahead go first, pieces one by one.
      let patch = max(0, min(1, (noise(whole, middle.x * 3.2, middle.y * 3.2) - 0.5) * 1.7 + 0.5))
      let along = max(0, min(1, 0.5 + (middle.x - 0.5) * ahead.x * 0.3 + (middle.y - 0.5) * ahead.y))
      let moment = Fracture.first + 0.8 * (0.62 * patch + 0.18 * (1 - along) + 0.2 * own)
      let sets = moment - 0.05 - 0.1 * unitHash(x, y, corner ^ 0x51ed)
      let now = Double(amount)
      guard now > max(0, sets) else { return }
      let set = min(1, (now - max(0, sets)) / 0.03)
      let home = (
        x: Float(origin + Double(x) * unit), y: Float(origin + Double(y) * unit),
        side: Float(Double(side) * unit)
      )
      guard now > moment else {
        resting.append(Piece(home: home, place: home, color: color, left: 1, set: Float(set)))
        return
      }
      let way = min(1, (now - moment) / (1 - moment))
      let started = Fracture.started(now, since: moment)
      let light = Double(max(0, min(1e6, 0.2126 * color.x + 0.7152 * color.y + 0.0722 * color.z)))
      let bright = (light / (light + 0.18)).squareRoot()
      let pull = (1 - sort) * (0.35 + 0.65 * unitHash(x, y, corner ^ 0x9f4a)) + sort * (0.12 + 0.88 * bright)
      let far = distance * started * pull * Fracture.boost
      let (cx, cy) = (middle.x * 2.1 + 0.35 * sway.x, middle.y * 2.1 + 0.35 * sway.y)
      let eddy = (
        x: (noise(current, cx, cy) - 0.5) * 2 + 0.25 * (own - 0.5),
        y: (noise(current, cx + 31.7, cy - 17.3) - 0.5) * 2 + 0.25 * (unitHash(x, y, corner ^ 0x77) - 0.5)
      )
      let reach = drift * (0.15 + 0.55 * distance) * started
      let dx = (ahead.x * far + eddy.x * reach) * scale
      let dy = (ahead.y * far + eddy.y * reach) * scale
      // On its way it gets smaller; at the very end it is gone.
      let shrunk = (1 - 0.45 * started) * (1 - max(0, (now - 0.85) / 0.15) * max(0, (now - 0.85) / 0.15))
      let side = Float(Double(home.side) * shrunk)
      let inset = (home.side - side) / 2
      let gone = min(1, way / 0.08)
      moving.append(
        Piece(
          home: home,
          place: (
            x: home.x + inset + Float(max(-1e7, min(1e7, dx))),
            y: home.y + inset + Float(max(-1e7, min(1e7, dy))),
            side: side
          ), color: color, left: Float(1 - gone * (1 - Double(max(0, min(1, leave))))), set: Float(set)))
    }
    // Squares of four cells, some of them whole, others in quarters, others in single cells.
    let (low, high) = (
      (x: floorDivided(cells.minX, 4), y: floorDivided(cells.minY, 4)),
      (x: floorDivided(cells.maxX + 3, 4), y: floorDivided(cells.maxY + 3, 4))
    )
    for qy in low.y..<max(low.y, high.y) {
      for qx in low.x..<max(low.x, high.x) {
        if unitHash(qx, qy, group) < grouping * 0.22 {
          add(4 * qx, 4 * qy, 4)
          continue
        }
        for half in 0..<4 {
          let (hx, hy) = (2 * qx + half % 2, 2 * qy + half / 2)
          if unitHash(hx, hy, group ^ 0x2545) < grouping * 0.5 {
            add(2 * hx, 2 * hy, 2)
          } else {
            for cell in 0..<4 { add(2 * hx + cell % 2, 2 * hy + cell / 2, 1) }
          }
        }
      }
    }
    return resting + moving
  }
}
