import CVector
import Catalog
import Raster

/// Where the rows of a picture lie when lines of it slide sideways: decided by lines of a raster that is tied to the
/// picture. A row of pixels gets its share of each line that it covers, so that lines finer than pixels average out.
struct RowShifts: Sendable {
  /// A part of a row that lies at one displacement.
  struct Piece: Sendable {
    /// Displacement of red, green (and alpha) and blue to the right, shares of the picture's height.
    var shift: SIMD3<Double>
    /// Share of the row.
    var weight: Double
    /// Where along the row it begins to lie so, and how what is before lies.
    var turn: Turn?
  }

  /// A line that is displaced from somewhere along it on.
  struct Turn: Sendable {
    /// Share of the picture's width.
    var place: Double
    /// Displacements of what lies before.
    var before: SIMD3<Double>
  }

  /// Lines over the picture's height.
  static let lines = 540

  private let lattice: Lattice
  private let first: Int
  private var shifts: [SIMD3<Double>]
  /// Lines that begin to be displaced somewhere along them.
  var turns: [Int: Turn] = [:]

  /// Lines that the rows of `region` touch, all at rest.
  init(_ region: PixelRect, _ geometry: Geometry) {
    lattice = Lattice(
      unit: Double(max(1, geometry.trimHeight)) / Double(RowShifts.lines), origin: Double(geometry.bleed))
    let cells = lattice.cells(touching: region)
    first = cells.minY
    shifts = Array(repeating: .zero, count: cells.height)
  }

  /// The lines, counted from the trim's upper edge.
  var range: Range<Int> { first..<first + shifts.count }

  subscript(line: Int) -> SIMD3<Double> {
    get { shifts.indices.contains(line - first) ? shifts[line - first] : .zero }
    set { if shifts.indices.contains(line - first) { shifts[line - first] = newValue } }
  }

  /// The displacements of row `y`, neighbors that agree taken together; empty if all of it is at rest.
  func pieces(row y: Int) -> [Piece] {
    var pieces: [Piece] = []
    forEachLine(of: y) { line, weight in
      let shift = self[line]
      let turn = turns[line]
      if turn == nil, let last = pieces.last, last.turn == nil, last.shift == shift {
        pieces[pieces.count - 1].weight += weight
      } else {
        pieces.append(Piece(shift: shift, weight: weight, turn: turn))
      }
    }
    return pieces.allSatisfy { $0.shift == .zero && $0.turn == nil } ? [] : pieces
  }

  /// The lines that row `y` covers, each with its share of the row.
  func forEachLine(of y: Int, _ body: (_ line: Int, _ weight: Double) -> Void) {
    let (top, bottom) = (lattice.place(ofEdge: y), lattice.place(ofEdge: y + 1))
    let (low, high) = (Int(top.rounded(.down)), Int(bottom.rounded(.up)))
    for line in low..<max(low + 1, high) {
      let weight = (min(bottom, Double(line + 1)) - max(top, Double(line))) / (bottom - top)
      if weight > 1e-9 { body(line, weight) }
    }
  }
}

/// A channel of a row as it was, with what lies beyond its ends, to be read at any displacement. For one thread.
final class ShiftedLine {
  /// What lies beyond the ends of a row.
  enum Beyond { case wrapped, mirrored }

  private let width, margin: Int
  private let beyond: Beyond
  private let storage: UnsafeMutablePointer<Float>

  /// Light is bounded by this, so that sums of products stay finite.
  private static let brightest: Float = 1e30

  /// - Parameter margin: the farthest displacement, pixels.
  init(width: Int, margin: Int, beyond: Beyond) {
    self.width = width
    self.margin = margin + 4
    self.beyond = beyond
    storage = .allocate(capacity: width + 2 * self.margin + 16)
    storage.initialize(repeating: 0, count: width + 2 * self.margin + 16)
  }

  deinit { storage.deallocate() }

  /// Bytes that one takes.
  static func bytes(width: Int, margin: Int) -> Int { (width + 2 * margin + 24) * 4 }

  func load(_ source: UnsafePointer<Float>) {
    let line = storage + margin
    for i in 0..<width {
      let v = source[i]
      line[i] = v == v ? min(ShiftedLine.brightest, max(-ShiftedLine.brightest, v)) : 0
    }
    for i in 1...margin {
      line[-i] = line[index(-i)]
      line[width - 1 + i] = line[index(width - 1 + i)]
    }
  }

  private func index(_ i: Int) -> Int {
    switch beyond {
    case .wrapped: return ((i % width) + width) % width
    case .mirrored:
      let r = ((i % (2 * width)) + 2 * width) % (2 * width)
      return r < width ? r : 2 * width - 1 - r
    }
  }

  /// The line `shift` pixels to the right, times `weight`, in place of `out` or on top of it; from its pixel `start` on.
  ///
  /// Between pixels a cubic (Catmull and Rom), held between the two pixels beside: as sharp as it can be without seams.
  func read(
    shift: Double, weight: Float, adding: Bool, into out: UnsafeMutablePointer<Float>, start: Int = 0,
    count: Int
  ) {
    let bounded = max(-Double(margin - 3), min(Double(margin - 3), shift))
    let whole = (-bounded).rounded(.down)
    let t = Float(-bounded - whole)
    let p = UnsafePointer(storage) + margin + start + Int(whole)
    let isWhole = t < 1e-3 || t > 1 - 1e-3
    let nearest = p + (t > 0.5 ? 1 : 0)
    let s = 1 - t
    let (a, b) = (-0.5 * t * s * s, 1 + t * t * (1.5 * t - 2.5))
    let (c, d) = (1 + s * s * (1.5 * s - 2.5), -0.5 * s * t * t)
    var i = 0
    while i < count {
      var v: v8f
      if isWhole {
        v = v8_load(nearest + i)
      } else {
        let (l, r) = (v8_load(p + i), v8_load(p + i + 1))
        v = v8_load(p + i - 1) * a + l * b + r * c + v8_load(p + i + 2) * d
        v = v8_max(v8_min(l, r), v8_min(v8_max(l, r), v))
      }
      v *= weight
      if i + 8 <= count {
        if adding { v += v8_load(out + i) }
        v8_store(out + i, v)
      } else {
        for lane in 0..<(count - i) { out[i + lane] = adding ? out[i + lane] + v[lane] : v[lane] }
      }
      i += 8
    }
  }
}

extension Row {
  /// Slides the row's channels sideways by `pieces`; `scale` is the picture's height in pixels. Pieces that turn along
  /// the row need all of it.
  func slide(_ pieces: [RowShifts.Piece], scale: Double, through line: ShiftedLine, wholePixels: Bool) {
    for (channel, plane) in [red, green, blue, alpha].enumerated() {
      line.load(plane)
      for (index, piece) in pieces.enumerated() {
        func pixels(_ shift: SIMD3<Double>) -> Double {
          let shift = shift[channel == 3 ? 1 : channel] * scale
          return wholePixels ? shift.rounded() : shift
        }
        var turn = 0
        if let first = piece.turn {
          turn = Int((max(0, min(1, first.place)) * Double(count)).rounded())
          line.read(
            shift: pixels(first.before), weight: Float(piece.weight), adding: index > 0, into: plane,
            count: turn)
        }
        line.read(
          shift: pixels(piece.shift), weight: Float(piece.weight), adding: index > 0, into: plane + turn,
          start: turn, count: count - turn)
      }
    }
    for i in 0..<count { alpha[i] = alpha[i] > 1 - 1e-5 ? 1 : max(0, alpha[i]) }
  }
}
