import Outline
import Raster

/// A drawn person: named parts that lie one over the other, the last in front. All numbers are thousandths of the
/// standing body's height: x to the right of the body's axis, y up from the ground.
///
/// Drawings are written as text, so that they can be edited like a picture:
///
///     faces left              # where the drawn person looks
///     wind below 600          # cloth hangs free below this height
///     limb near leg           # a round line that tapers: x,y,half its width
///       -16,480,54  -44,380,48  -62,290,42
///     cloth coat | trench     # a closed curve; hangs open at its lower end; only in a trench coat
///       -30,856  -64,842 …
///     shape swing arm, edged  # a closed curve; its edge shows before what lies behind it
///       70,832  104,822 …
///     plate cassette, edged   # a closed curve, flat
///       -52,792  84,800 …
///     hair crown              # a strand for each line: x,y,half its width
///       40,74,4  56,80,2  62,76,1
///     fold lapel              # a crease of the cloth: x,y,half its width
///       -46,880,4  -40,830,4 …
///     ridge lock              # the same, raised
///       44,54,2  14,74,3 …
///     glow eye                # a closed curve that gives light
///       -20,8  -12,10 …
///     head profile at -42,930 bowed 4 | trench   # a head, drawn elsewhere, looking where the person does
///
/// Curves are smooth through all points, but corners of more than 62° stay corners.
struct FigureDrawing: Sendable {
  struct Part: Sendable {
    enum Form: String, CaseIterable, Sendable {
      case shape, cloth, plate, limb, hair, fold, ridge, glow

      /// Whether the part covers what is behind it.
      var isBody: Bool { self != .fold && self != .ridge && self != .glow }
      /// Whether its points come with half widths.
      var hasWidth: Bool { self == .limb || self == .hair || self == .fold || self == .ridge }
    }
    var form: Form
    var name: String
    /// Whether its edge catches light before what lies behind it.
    var isEdged: Bool
    /// Coats that it belongs to; empty for all.
    var coats: [FigureCoat]
    var points: [Point]
    /// Half widths at the points of limbs, hair, folds and ridges.
    var halfWidths: [Double]
  }
  var facesLeft = true
  /// Cloth below this height moves in the wind.
  var windBelow = 600.0
  var parts: [Part] = []

  /// What is wrong with a drawing's text.
  struct Mistake: Error, CustomStringConvertible {
    let line: Int
    let reason: String
    var description: String { "line \(line): \(reason)" }
  }

  init(_ text: String) throws(Mistake) {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard let first = words.first else { continue }
      if first.first.map({ $0.isNumber || $0 == "-" }) ?? false {
        try addPoints(words, line: index + 1)
      } else if words.count == 2, first == "faces" {
        facesLeft = words[1] == "left"
      } else if words.count == 3, first == "wind", let height = Double(words[2]) {
        windBelow = height
      } else if first == "head" {
        try addHead(words.dropFirst(), line: index + 1)
      } else if let form = Part.Form(rawValue: String(first)) {
        try addPart(form, words.dropFirst(), line: index + 1)
      } else {
        throw Mistake(line: index + 1, reason: "'\(first)' is no part")
      }
    }
    for part in parts where part.points.count < (part.form.hasWidth ? 2 : 3) {
      throw Mistake(line: 0, reason: "'\(part.name)' has too few points")
    }
  }

  private mutating func addPart(
    _ form: Part.Form, _ words: ArraySlice<Substring>, line: Int
  ) throws(Mistake) {
    let bar = words.firstIndex(of: "|") ?? words.endIndex
    let coats = try Self.coats(words[bar...], line: line)
    var name = words[..<bar].joined(separator: " ")
    let isEdged = name.hasSuffix(", edged")
    if isEdged { name.removeLast(", edged".count) }
    parts.append(
      Part(form: form, name: name, isEdged: isEdged, coats: coats, points: [], halfWidths: []))
  }

  /// `head NAME at X,Y bowed DEGREES`
  private mutating func addHead(_ words: ArraySlice<Substring>, line: Int) throws(Mistake) {
    let bar = words.firstIndex(of: "|") ?? words.endIndex
    let coats = try Self.coats(words[bar...], line: line)
    let said = Array(words[..<bar])
    guard said.count == 5, let head = FigureHead(rawValue: String(said[0])), let degrees = Double(said[4]),
      abs(degrees) <= 360
    else { throw Mistake(line: line, reason: "'\(words.joined(separator: " "))' is no head") }
    let place = said[2].split(separator: ",").compactMap { Double($0) }
    guard place.count == 2, place.allSatisfy({ abs($0) < 10_000 }) else {
      throw Mistake(line: line, reason: "'\(said[2])' is no place")
    }
    let (sine, cosine) = sineAndCosine(degrees: -degrees)
    let side = facesLeft ? -1.0 : 1.0
    for var part in try FigureDrawing(head.text).parts {
      part.coats = coats
      part.points = part.points.map { p in
        Point(place[0] + side * (p.x * cosine - p.y * sine), place[1] + p.x * sine + p.y * cosine)
      }
      parts.append(part)
    }
  }

  private static func coats(_ words: ArraySlice<Substring>, line: Int) throws(Mistake) -> [FigureCoat] {
    var coats: [FigureCoat] = []
    for word in words.dropFirst() {
      guard let coat = FigureCoat(rawValue: String(word)) else {
        throw Mistake(line: line, reason: "'\(word)' is no coat")
      }
      coats.append(coat)
    }
    return coats
  }

  private mutating func addPoints(_ words: [Substring], line: Int) throws(Mistake) {
    guard let last = parts.indices.last else { throw Mistake(line: line, reason: "points without a part") }
    let hasWidth = parts[last].form.hasWidth
    if parts[last].form == .hair, !parts[last].points.isEmpty {
      var strand = parts[last]
      strand.points = []
      strand.halfWidths = []
      parts.append(strand)
    }
    let index = parts.count - 1
    for word in words {
      let numbers = word.split(separator: ",").compactMap { Double($0) }
      guard numbers.count == (hasWidth ? 3 : 2), numbers.allSatisfy({ abs($0) < 10_000 }) else {
        throw Mistake(line: line, reason: "'\(word)' is no point of a \(parts[index].form.rawValue)")
      }
      parts[index].points.append(Point(numbers[0], numbers[1]))
      if hasWidth { parts[index].halfWidths.append(max(0.1, numbers[2])) }
    }
  }
}

extension FigureDrawing {
  /// The drawing with one coat alone.
  func wearing(_ coat: FigureCoat) -> FigureDrawing {
    var drawing = self
    drawing.parts.removeAll { !$0.coats.isEmpty && !$0.coats.contains(coat) }
    return drawing
  }

  /// The drawing with each point of its cloth moved.
  func movingCloth(_ offset: (Point) -> Point) -> FigureDrawing {
    var drawing = self
    for index in drawing.parts.indices where drawing.parts[index].form == .cloth {
      drawing.parts[index].points = drawing.parts[index].points.map { $0 + offset($0) }
    }
    return drawing
  }

  /// What has come out of the ground: nothing that lies entirely above `share` of the body, and as long as the knee
  /// is not out, only the leg whose shoe is foremost.
  func risen(to share: Double) -> FigureDrawing {
    var drawing = self
    let top = share * 1000
    let foremost = parts.filter { $0.name.hasSuffix(" shoe") }.max { a, b in
      func ahead(_ part: Part) -> Double {
        (part.points.map(\.x).reduce(0, +) / Double(max(1, part.points.count))) * (facesLeft ? -1 : 1)
      }
      return ahead(a) < ahead(b)
    }
    let leg = foremost.map { $0.name.prefix { $0 != " " } }
    drawing.parts.removeAll { part in
      if part.points.allSatisfy({ $0.y > top }) { return true }
      guard top < Self.knee, let leg else { return false }
      return !part.name.hasPrefix(leg + " ")
    }
    return drawing
  }

  /// Thousandths of the standing body's height.
  private static let knee = 290.0

  /// What covers: all but creases and lights.
  var bodies: [Part] { parts.filter(\.form.isBody) }

  /// The smallest rectangle around all parts, in thousandths of the height, y up.
  var bounds: Rect {
    bodies.reduce(into: Rect.null) { box, part in
      let bounds = part.outline.bounds
      guard !bounds.isNull else { return }
      box.extend(to: Point(bounds.minX, bounds.minY))
      box.extend(to: Point(bounds.maxX, bounds.maxY))
    }
  }
}

extension FigureDrawing.Part {
  /// The closed outline, counterclockwise with y up; for a fold or a ridge, its line.
  var outline: Path {
    if form == .fold || form == .ridge { return Polyline(points, isClosed: false).smoothed(cornerAngle: 180) }
    var ring = form == .limb || form == .hair ? limbRing : points
    var area = 0.0
    for (a, b) in zip(ring, ring.dropFirst() + ring.prefix(1)) { area += a.x * b.y - a.y * b.x }
    // All contours wind the same way, so that the nonzero rule makes their union.
    if area < 0 { ring.reverse() }
    return Polyline(ring, isClosed: true).smoothed()
  }

  /// Points around a tapered line, with round ends.
  private var limbRing: [Point] {
    let count = points.count
    guard count > 1 else { return points }
    var left: [Point] = []
    var right: [Point] = []
    var ahead = Point(0, 1)
    var start: [Point] = []
    for i in 0..<count {
      let d = points[min(count - 1, i + 1)] - points[max(0, i - 1)]
      let length = d.magnitude
      if length > 0 { ahead = d * (1 / length) }
      let side = Point(-ahead.y, ahead.x) * halfWidths[i]
      left.append(points[i] + side)
      right.append(points[i] - side)
      if i == 0 { start = cap(points[0], Point(-ahead.x, -ahead.y), halfWidths[0]) }
    }
    let end = cap(points[count - 1], ahead, halfWidths[count - 1])
    return left + end + right.reversed() + start
  }

  /// The inner points of a half circle about `p`, from the left of `direction` to its right.
  private func cap(_ p: Point, _ direction: Point, _ radius: Double) -> [Point] {
    let ahead = direction * radius
    let left = Point(-ahead.y, ahead.x)
    let slant = 0.5.squareRoot()
    return [p + (left + ahead) * slant, p + ahead, p + (ahead - left) * slant]
  }
}
