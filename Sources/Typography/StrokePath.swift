import Outline
import Raster

extension Path {
  /// The path data of a stroke font's glyph, brought to em units with y downward.
  ///
  /// Moves, lines, Bézier curves and closes, absolute or relative; nil for anything else, for numbers that are
  /// not finite, and beyond 100,000 elements. Contours stay open unless the data close them.
  init?(strokes data: String, unitsPerEm: Double) {
    var numbers = PathNumbers(data)
    var elements: [Element] = []
    var current = Point.zero
    var start = Point.zero
    var command: UInt8?
    while let next = numbers.nextCommand(after: command) {
      guard elements.count < 100_000, !elements.isEmpty || next | 0x20 == UInt8(ascii: "m") else { return nil }
      command = next
      let isRelative = next & 0x20 != 0
      let origin = isRelative ? current : .zero
      func point() -> Point? {
        guard let x = numbers.next(), let y = numbers.next() else { return nil }
        return origin + Point(x, y)
      }
      switch next | 0x20 {
      case UInt8(ascii: "m"):
        guard let p = point() else { return nil }
        elements.append(.move(p))
        current = p
        start = p
        // Further pairs are lines.
        command = isRelative ? UInt8(ascii: "l") : UInt8(ascii: "L")
      case UInt8(ascii: "l"):
        guard let p = point() else { return nil }
        elements.append(.line(p))
        current = p
      case UInt8(ascii: "h"):
        guard let x = numbers.next() else { return nil }
        current = Point(origin.x + x, current.y)
        elements.append(.line(current))
      case UInt8(ascii: "v"):
        guard let y = numbers.next() else { return nil }
        current = Point(current.x, origin.y + y)
        elements.append(.line(current))
      case UInt8(ascii: "q"):
        guard let c = point(), let p = point() else { return nil }
        elements.append(.quad(c, p))
        current = p
      case UInt8(ascii: "c"):
        guard let c1 = point(), let c2 = point(), let p = point() else { return nil }
        elements.append(.cubic(c1, c2, p))
        current = p
      case UInt8(ascii: "z"):
        elements.append(.close)
        current = start
        command = nil
      default: return nil
      }
      guard abs(current.x) < 1e9, abs(current.y) < 1e9 else { return nil }
    }
    guard numbers.isAtEnd else { return nil }
    // Division, not a factor: 700 of 1000 units are exactly 0.7.
    self = Path(elements).converted { Point($0.x / unitsPerEm, (0 - $0.y) / unitsPerEm) }
  }

  private func converted(_ body: (Point) -> Point) -> Path {
    Path(
      elements.map { element in
        switch element {
        case .move(let p): .move(body(p))
        case .line(let p): .line(body(p))
        case .quad(let c, let p): .quad(body(c), body(p))
        case .cubic(let c1, let c2, let p): .cubic(body(c1), body(c2), body(p))
        case .close: .close
        }
      })
  }
}

/// Splits path data into commands and numbers.
private struct PathNumbers {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position >= bytes.count }

  private mutating func skipSeparators() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains(bytes[position]) {
      position += 1
    }
  }

  /// The letter that comes next, or the one before again if a number follows.
  mutating func nextCommand(after last: UInt8?) -> UInt8? {
    skipSeparators()
    guard position < bytes.count else { return nil }
    let byte = bytes[position]
    let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    if isLetter {
      position += 1
      return byte
    }
    return last
  }

  mutating func next() -> Double? {
    skipSeparators()
    let start = position
    var hasPoint = false
    var hasExponent = false
    while position < bytes.count, position - start < 64 {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): break
      case UInt8(ascii: "+"), UInt8(ascii: "-"):
        let isFirst = position == start || bytes[position - 1] | 0x20 == UInt8(ascii: "e")
        if !isFirst { return value(from: start) }
      case UInt8(ascii: ".") where !hasPoint && !hasExponent: hasPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        if hasExponent { return value(from: start) }
        hasExponent = true
      default: return value(from: start)
      }
      position += 1
    }
    return value(from: start)
  }

  private func value(from start: Int) -> Double? {
    guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }
}
