import Outline
import Raster
import Typography

/// Text that has been shaped and broken into lines, in em; what `text` and other layers that set type share.
///
/// Problems are named after the parameters `font`, `features`, `language` and `text`, which those layers have in common,
/// the last of them by the layer's own name.
package struct Lettering: Sendable {
  /// What is set.
  package let text: String
  package let layout: TextLayout

  /// - Parameters:
  ///   - parameter: the parameter that holds the text.
  ///   - fonts: names, in the order in which fonts are asked for each letter.
  ///   - style: everything but the faces.
  package init(
    _ text: String, parameter: String, fonts: [String], library: FontSearch, style: (inout TextStyle) -> Void
  ) throws(LayerProblems) {
    self.text = text
    var problems: [LayerProblems.Problem] = []
    var faces: [Face] = []
    for name in fonts {
      do throws(FontError) {
        faces.append(try library.find(name))
      } catch {
        problems.append(Lettering.problem(error))
      }
    }
    guard problems.isEmpty else { throw LayerProblems(problems) }
    var textStyle = TextStyle(faces: faces)
    style(&textStyle)
    do throws(TextError) {
      layout = try TextLayout(text, style: textStyle)
    } catch {
      switch error {
      case .font(let error): throw LayerProblems([Lettering.problem(error)])
      case .outOfRange("language"):
        throw LayerProblems("language", "this is not the name of a language", hint: "write zh-Hans, ja or en")
      default: throw LayerProblems(parameter, error.description)
      }
    }
    library.use(layout.glyphs.lazy.map(\.face))
    guard layout.missing.isEmpty else {
      throw LayerProblems(
        parameter, "no font has \(Lettering.list(layout.missing))",
        hint: "fonts tried: \(faces.map { $0.descriptor.name }.joined(separator: ", "))")
    }
    if let problem = Lettering.problem(layout.missingFeatures, layout) { throw LayerProblems([problem]) }
  }

  /// What is asked for and no font of the text has, with what they have.
  private static func problem(_ missing: [FontFeature], _ layout: TextLayout) -> LayerProblems.Problem? {
    guard !missing.isEmpty else { return nil }
    func list(_ features: some Sequence<FontFeature>) -> String {
      features.map { $0.name == $0.description ? $0.name : "\($0.name) (\($0))" }.joined(separator: ", ")
    }
    var seen: Set<ObjectIdentifier> = []
    let faces = layout.glyphs.map(\.face).filter { seen.insert(ObjectIdentifier($0)).inserted }
    let offers = faces.map { face in
      let features = face.optionalFeatures
      return "\(face.descriptor.name) has \(features.isEmpty ? "none" : list(features))"
    }
    return .init(
      "features", "no font of this text has \(list(missing))",
      hint: offers.isEmpty ? nil : offers.joined(separator: "; "))
  }

  private static func problem(_ error: FontError) -> LayerProblems.Problem {
    guard case .unknown(let name, let nearest) = error else { return .init("font", error.description) }
    return .init(
      "font", "there is no font '\(name)'",
      hint: nearest.isEmpty ? nil : "did you mean \(nearest.map { "'\($0)'" }.joined(separator: " or "))?")
  }

  /// Each character once, and no endless list.
  private static func list(_ missing: [MissingCharacter]) -> String {
    var seen: Set<Unicode.Scalar> = []
    let names = missing.filter { seen.insert($0.scalar).inserted }.map { $0.description }
    return names.count <= 6
      ? names.joined(separator: ", ")
      : names.prefix(5).joined(separator: ", ") + " and \(names.count - 5) more"
  }

  /// The box of the letters in filled faces, in em; null without any.
  package var outlineBox: Rect {
    layout.glyphs.reduce(.null) { $1.face.isStroke ? $0 : $0.union($1.inkBox) }
  }

  /// The outlines of letters in filled faces, in em, one path for each face: contours of OpenType and TrueType
  /// fonts run in opposite directions, and would cancel where letters of both overlap.
  package var outlines: [Path] {
    var paths: [Path] = []
    var numbers: [ObjectIdentifier: Int] = [:]
    for glyph in layout.glyphs where !glyph.face.isStroke && !glyph.glyph.path.isEmpty {
      let number = numbers[ObjectIdentifier(glyph.face)] ?? paths.count
      if number == paths.count {
        numbers[ObjectIdentifier(glyph.face)] = number
        paths.append(Path())
      }
      paths[number].append(glyph.glyph.path.transformed(by: glyph.transform))
    }
    return paths
  }

  /// What the pen of single-stroke faces draws, in em.
  package var penStrokes: Path {
    var path = Path()
    for letter in layout.letters where letter.isStroke {
      path.append(letter.path.penSmoothed.transformed(by: .translation(letter.origin.x, letter.origin.y)))
    }
    return path
  }
}

extension Path {
  /// Single-stroke fonts hold curves as polylines: their facets would show in large letters.
  var penSmoothed: Path {
    var smooth = Path()
    for line in flattened(tolerance: 0.0005) { smooth.append(line.penSmoothed) }
    return smooth
  }
}

extension Polyline {
  /// A sharper bend, in degrees, is a corner.
  private static let cornerAngle = 62.0

  /// The curve that a pen, or a bent tube, makes of the points: bends are round, long lines stay straight.
  ///
  /// A spline bulges along a line that is much longer than its neighbors. Such a line gets another point just
  /// before its bend, so that the curve leaves in its direction and the short neighbor makes the whole turn.
  var penSmoothed: Path {
    let count = points.count
    guard count > 2 else { return smoothed(cornerAngle: Polyline.cornerAngle) }
    let lines = isClosed ? count : count - 1
    let vectors = (0..<lines).map { points[($0 + 1) % count] - points[$0] }
    /// The length of the other line at a gentle bend; nil at corners, at ends and where the line goes straight on.
    func neighbor(_ line: Int, _ other: Int) -> Double? {
      guard isClosed || lines > other && other >= 0 else { return nil }
      let (a, b) = (vectors[line], vectors[(other + lines) % lines])
      let cosine = (a.x * b.x + a.y * b.y) / max(1e-300, a.magnitude * b.magnitude)
      // Between 10° and the corner angle.
      return cosine < 0.985 && cosine > 0.469 ? b.magnitude : nil
    }
    var cut: [Point] = []
    for line in 0..<lines {
      cut.append(points[line])
      let length = vectors[line].magnitude
      let ends = [neighbor(line, line - 1), neighbor(line, line + 1)]
      let reach = ends.map { end in end.flatMap { $0 * 2.2 < length ? $0 * 0.02 / length : nil } }
      if let share = reach[0] { cut.append(points[line] + vectors[line] * share) }
      if let share = reach[1] { cut.append(points[line] + vectors[line] * (1 - share)) }
    }
    if !isClosed, let last = points.last { cut.append(last) }
    return Polyline(cut, isClosed: isClosed).smoothed(cornerAngle: Polyline.cornerAngle)
  }
}

/// Ink of which some parts grow with the size of the letters and the pen's width need not.
struct InkExtent: Sendable {
  /// Boxes in em, and how far ink goes beyond them: a share of the em and a length.
  private var parts: [(box: Rect, em: Double, length: Double)] = []

  mutating func add(_ box: Rect, em: Double = 0, length: Double = 0) {
    if !box.isNull { parts.append((box, em, length)) }
  }

  var isEmpty: Bool { parts.isEmpty }

  /// The ink of letters of `size`, in the unit of `size`.
  func box(size: Double) -> Rect {
    parts.reduce(.null) { sum, part in
      let b = part.box
      let scaled = Rect(minX: b.minX * size, minY: b.minY * size, maxX: b.maxX * size, maxY: b.maxY * size)
      return sum.union(scaled.expanded(by: part.em * size + part.length))
    }
  }

  /// The size at which the ink is as wide as `width`, or as high with another side; nil if no size makes it so.
  func size(fitting width: Double, _ side: KeyPath<Rect, Double> = \.width) -> Double? {
    let unit = box(size: 1)[keyPath: side]
    guard !isEmpty, unit > 0, width.isFinite, width > box(size: 0)[keyPath: side] else { return nil }
    // The width grows with the size, in straight pieces: a secant from both sides meets it at once as a rule.
    var low = 0.0
    var high = max(width, 1)
    for _ in 0..<200 where box(size: high)[keyPath: side] < width { high *= 2 }
    guard high.isFinite, box(size: high)[keyPath: side] >= width else { return nil }
    for _ in 0..<200 where high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if box(size: middle)[keyPath: side] < width { low = middle } else { high = middle }
    }
    return high
  }
}
