import Outline
import Raster

/// The edges of a drawing in thousandths of the body's height, y up: where the union of all parts ends, where an
/// edged part lies before another, and the layers that its relief is made of.
///
/// Lines run counterclockwise about what they bound: the outward normal of a line lies to its right.
struct FigureContours: Sendable {
  /// The union's edge. Lines' payload is the number of their polygon.
  var silhouette: [FieldSegment] = []
  /// Edges of parts before other parts.
  var inner: [FieldSegment] = []
  /// Lights' outlines.
  var glows: [Path] = []
  /// What the relief is made of, in the order in which it lies.
  var layers: [Layer] = []
  /// Each part's outline; filled together with the nonzero rule, they are the silhouette.
  var outlines: [Path] = []
  /// The same as straight lines, with what they belong to.
  var polygons: [Polygon] = []

  enum Layer: Sendable {
    /// A body part, one of ``polygons``.
    case polygon(Int)
    case fold(Fold)
  }

  /// A crease or a ridge of the cloth, in pieces.
  struct Fold: Sendable {
    var pieces: [FieldSegment] = []
    var halfWidths: [Float] = []
    /// Folds begin and end softly: 0 at the ends, 1 in the middle.
    var strengths: [Float] = []
    var isRaised: Bool
  }

  /// One body part as a polygon.
  struct Polygon: Sendable {
    var points: [Point]
    var box: Rect
    var form: FigureDrawing.Part.Form
    var isEdged: Bool
    /// Half the part's breadth, thousandths; of long forms only, else so much that it does not matter.
    var halfWidth: Float

    func contains(_ p: Point) -> Bool {
      guard p.x > box.minX, p.x < box.maxX, p.y > box.minY, p.y < box.maxY else { return false }
      var winding = 0
      guard var a = points.last else { return false }
      for b in points {
        if (a.y <= p.y) != (b.y <= p.y) {
          let side = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
          if b.y > a.y, side > 0 { winding += 1 } else if b.y <= a.y, side < 0 { winding -= 1 }
        }
        a = b
      }
      return winding != 0
    }
  }

  /// Curves become lines within this distance.
  private let tolerance: Double
  /// No line is longer, so that one has at most one crossing with another part's edge.
  private let longest: Double
  /// How far beside an edge one looks for what lies there.
  private static let step = 0.05

  /// - Parameter pixel: size of a pixel, thousandths of the body's height. Lines stray from their curves by no more
  ///   than a tenth of it.
  init(_ drawing: FigureDrawing, pixel: Double = 0.3) {
    tolerance = max(0.03, min(0.5, pixel / 10))
    longest = max(4, min(12, 2 * pixel))
    for part in drawing.parts {
      if part.form == .glow {
        glows.append(part.outline)
      } else if part.form.isBody {
        let outline = part.outline
        let halfWidth =
          part.form == .limb || part.form == .hair ? Float(part.halfWidths.reduce(0, max)) : 100
        outlines.append(outline)
        for line in outline.flattened(tolerance: tolerance) where line.points.count > 2 {
          let box = line.points.reduce(into: Rect.null) { $0.extend(to: $1) }
          layers.append(.polygon(polygons.count))
          polygons.append(
            Polygon(
              points: line.points, box: box, form: part.form, isEdged: part.isEdged, halfWidth: halfWidth))
        }
      } else {
        layers.append(.fold(fold(part)))
      }
    }
    for (index, polygon) in polygons.enumerated() { addEdges(of: polygon, index) }
  }

  private func fold(_ part: FigureDrawing.Part) -> Fold {
    var fold = Fold(isRaised: part.form == .ridge)
    for line in part.outline.flattened(tolerance: tolerance) where line.length > 0 {
      let whole = line.length
      for piece in FieldSegment.segments(line) {
        let length = (piece.to - piece.from).magnitude
        let count = max(1, Int(min(1000, (length / longest).rounded(.up))))
        for k in 0..<count {
          let from = piece.from + (piece.to - piece.from) * (Double(k) / Double(count))
          let to = piece.from + (piece.to - piece.from) * (Double(k + 1) / Double(count))
          let share = (piece.arcStart + length * (Double(k) + 0.5) / Double(count)) / whole
          // Widths by the share of the way: their points lie about evenly.
          let place = share * Double(part.halfWidths.count - 1)
          let index = max(0, min(part.halfWidths.count - 2, Int(place)))
          let a = part.halfWidths[index]
          let b = part.halfWidths[index + 1]
          fold.pieces.append(FieldSegment(from: from, to: to))
          fold.halfWidths.append(Float(a + (b - a) * (place - Double(index))))
          fold.strengths.append(Float(min(1, 6.4 * share * (1 - share))))
        }
      }
    }
    return fold
  }

  private enum Side { case outside, before, hidden }

  private mutating func addEdges(of polygon: Polygon, _ index: Int) {
    guard var a = polygon.points.last else { return }
    for b in polygon.points {
      let d = b - a
      let length = d.magnitude
      let start = a
      a = b
      guard length > 1e-9 else { continue }
      let outward = Point(d.y, -d.x) * (Self.step / length)
      let pieces = max(1, Int(min(1000, (length / longest).rounded(.up))))
      func point(_ t: Double) -> Point { start + d * t }
      func side(_ t: Double) -> Side {
        let p = point(t) + outward
        var isBefore = false
        for (other, shape) in polygons.enumerated() where shape.contains(p) {
          if other >= index { return .hidden }
          isBefore = true
        }
        return isBefore ? .before : .outside
      }
      var from = 0.0
      var first = side(0)
      for piece in 1...pieces {
        let to = Double(piece) / Double(pieces)
        let last = side(to)
        if first == last {
          add(first, point(from), point(to), polygon, index)
        } else {
          // Where it changes, by bisection.
          var low = from
          var high = to
          for _ in 0..<16 {
            let middle = (low + high) / 2
            if side(middle) == first { low = middle } else { high = middle }
          }
          add(first, point(from), point(low), polygon, index)
          add(last, point(low), point(to), polygon, index)
        }
        from = to
        first = last
      }
    }
  }

  private mutating func add(_ side: Side, _ a: Point, _ b: Point, _ polygon: Polygon, _ index: Int) {
    let line = FieldSegment(from: a, to: b, payload: Int32(truncatingIfNeeded: index))
    switch side {
    case .outside: silhouette.append(line)
    case .before where polygon.isEdged: inner.append(line)
    default: break
    }
  }
}
