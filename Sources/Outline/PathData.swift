import Raster

extension Path {
  /// The most elements that path data may give.
  package static let maximumElementCount = 1_000_000

  /// Reads SVG path data (SVG 1.1, section 8.3; a number may end in its point, as that grammar allows).
  ///
  /// Arcs become cubic curves of at most a quarter turn (error 2.7e-4 of the radius). Drawing that goes on
  /// after a `Z` starts with an explicit move. Empty data give an empty path.
  package init(svg data: String) throws(PathDataError) {
    var reader = PathDataReader(text: Array(data.utf8))
    try reader.read()
    self.init(reader.elements)
  }
}

private struct PathDataReader {
  let text: [UInt8]
  var position = 0
  var elements: [Path.Element] = []
  private var current = Point.zero
  private var start = Point.zero
  /// The last control point, for the reflections of `S` and `T`.
  private var cubicControl: Point?
  private var quadControl: Point?
  private var needsMove = false

  init(text: [UInt8]) { self.text = text }

  mutating func read() throws(PathDataError) {
    skipSpace()
    guard position < text.count else { return }
    guard let first = peek, first | 0x20 == UInt8(ascii: "m") else {
      throw failure("'M' or 'm', which every path begins with")
    }
    while let letter = peek {
      guard let command = Command(rawValue: letter | 0x20), letter.isLetter else {
        throw failure("a command letter or a number")
      }
      position += 1
      try read(command, isRelative: letter & 0x20 != 0)
      skipSpace()
    }
  }

  private enum Command: UInt8 {
    case move = 0x6d  // m
    case line = 0x6c  // l
    case horizontal = 0x68  // h
    case vertical = 0x76  // v
    case cubic = 0x63  // c
    case smoothCubic = 0x73  // s
    case quad = 0x71  // q
    case smoothQuad = 0x74  // t
    case arc = 0x61  // a
    case close = 0x7a  // z
  }

  /// Reads one command and its implicit repetitions.
  private mutating func read(_ command: Command, isRelative: Bool) throws(PathDataError) {
    if command == .close {
      try append(.close)
      current = start
      needsMove = true
      forgetControls()
      return
    }
    var command = command
    skipSpace()
    repeat {
      let origin = isRelative ? current : .zero
      switch command {
      case .move:
        current = try point(from: origin)
        start = current
        needsMove = false
        forgetControls()
        try append(.move(current))
        // Further pairs are lines (8.3.2).
        command = .line
      case .line:
        try line(to: point(from: origin))
      case .horizontal:
        let x = try coordinate(from: origin.x)
        try line(to: Point(x, current.y))
      case .vertical:
        let y = try coordinate(from: origin.y)
        try line(to: Point(current.x, y))
      case .cubic:
        let a = try point(from: origin)
        skipSeparator()
        let b = try point(from: origin)
        skipSeparator()
        try cubic(a, b, point(from: origin))
      case .smoothCubic:
        let a = cubicControl.map { current + (current - $0) } ?? current
        let b = try point(from: origin)
        skipSeparator()
        try cubic(a, b, point(from: origin))
      case .quad:
        let a = try point(from: origin)
        skipSeparator()
        try quad(a, point(from: origin))
      case .smoothQuad:
        let a = quadControl.map { current + (current - $0) } ?? current
        try quad(a, point(from: origin))
      case .arc:
        try arc(from: origin)
      case .close:
        break
      }
    } while try continues()
  }

  /// Whether another set of arguments follows; a comma promises one.
  private mutating func continues() throws(PathDataError) -> Bool {
    skipSpace()
    if peek == UInt8(ascii: ",") {
      position += 1
      skipSpace()
      guard startsNumber else { throw failure("a number") }
      return true
    }
    return startsNumber
  }

  // MARK: Elements

  private mutating func append(_ element: Path.Element) throws(PathDataError) {
    guard elements.count < Path.maximumElementCount else {
      throw failure("at most \(Path.maximumElementCount) elements")
    }
    elements.append(element)
  }

  private mutating func beginContour() throws(PathDataError) {
    guard needsMove else { return }
    try append(.move(current))
    needsMove = false
  }

  private mutating func forgetControls() {
    cubicControl = nil
    quadControl = nil
  }

  private mutating func line(to p: Point) throws(PathDataError) {
    try beginContour()
    try append(.line(p))
    current = p
    forgetControls()
  }

  private mutating func cubic(_ a: Point, _ b: Point, _ p: Point) throws(PathDataError) {
    guard a.isFinite else { throw failure("coordinates that stay finite") }
    try beginContour()
    try append(.cubic(a, b, p))
    current = p
    quadControl = nil
    cubicControl = b
  }

  private mutating func quad(_ a: Point, _ p: Point) throws(PathDataError) {
    guard a.isFinite else { throw failure("coordinates that stay finite") }
    try beginContour()
    try append(.quad(a, p))
    current = p
    cubicControl = nil
    quadControl = a
  }

  private mutating func arc(from origin: Point) throws(PathDataError) {
    let begin = position
    let radiusX = abs(try number())
    skipSeparator()
    let radiusY = abs(try number())
    skipSeparator()
    let rotation = try number()
    skipSeparator()
    let isLarge = try flag()
    skipSeparator()
    let isClockwise = try flag()
    skipSeparator()
    let end = try point(from: origin)
    try beginContour()
    let curves = ellipticArc(
      from: current, to: end, radiusX: radiusX, radiusY: radiusY, rotation: rotation,
      isLarge: isLarge, isClockwise: isClockwise)
    guard Path(curves).isFinite else {
      throw PathDataError(offset: begin, expected: "an arc whose curves stay finite")
    }
    for curve in curves { try append(curve) }
    current = end
    forgetControls()
  }

  // MARK: Tokens

  private var peek: UInt8? { position < text.count ? text[position] : nil }

  private func failure(_ expected: String) -> PathDataError {
    PathDataError(offset: position, expected: expected)
  }

  private mutating func skipSpace() {
    while let c = peek, c == 0x20 || (c >= 0x09 && c <= 0x0d && c != 0x0b) { position += 1 }
  }

  /// White space with at most one comma in it.
  private mutating func skipSeparator() {
    skipSpace()
    guard peek == UInt8(ascii: ",") else { return }
    position += 1
    skipSpace()
  }

  private var startsNumber: Bool {
    guard let c = peek else { return false }
    return c.isDigit || c == UInt8(ascii: "+") || c == UInt8(ascii: "-") || c == UInt8(ascii: ".")
  }

  private mutating func point(from origin: Point) throws(PathDataError) -> Point {
    let x = try coordinate(from: origin.x)
    skipSeparator()
    return try Point(x, coordinate(from: origin.y))
  }

  private mutating func coordinate(from origin: Double) throws(PathDataError) -> Double {
    let begin = position
    let sum = try origin + number()
    guard sum.isFinite else { throw PathDataError(offset: begin, expected: "a coordinate that stays finite") }
    return sum
  }

  private mutating func flag() throws(PathDataError) -> Bool {
    guard let c = peek, c == UInt8(ascii: "0") || c == UInt8(ascii: "1") else {
      throw failure("a flag, 0 or 1")
    }
    position += 1
    return c == UInt8(ascii: "1")
  }

  private mutating func number() throws(PathDataError) -> Double {
    let begin = position
    if let c = peek, c == UInt8(ascii: "+") || c == UInt8(ascii: "-") { position += 1 }
    var digits = skipDigits()
    if peek == UInt8(ascii: ".") {
      position += 1
      digits += skipDigits()
    }
    guard digits > 0 else { throw failure(position == begin ? "a number" : "a digit") }
    if let c = peek, c | 0x20 == UInt8(ascii: "e") {
      position += 1
      if let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() > 0 else { throw failure("a digit of the exponent") }
    }
    let token = String(decoding: text[begin..<position], as: UTF8.self)
    guard let value = Double(token), value.isFinite else {
      throw PathDataError(offset: begin, expected: "a number below 1.8e308")
    }
    return value
  }

  private mutating func skipDigits() -> Int {
    let begin = position
    while let c = peek, c.isDigit { position += 1 }
    return position - begin
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  fileprivate var isLetter: Bool { (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self) }
}
