import Raster

/// Numbers as attributes of SVG write them.
enum SVGNumbers {
  /// Numbers with spaces, a comma or nothing between them: `10,20 -5-7`; nil if it is anything else, or not finite.
  static func list(_ text: some StringProtocol) -> [Double]? {
    let bytes = Array(text.utf8)
    var result: [Double] = []
    var i = 0
    func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
    func skipSpace() { while i < bytes.count, isSpace(bytes[i]) { i += 1 } }
    func digits() -> Int {
      let start = i
      while i < bytes.count, (0x30...0x39).contains(bytes[i]) { i += 1 }
      return i - start
    }
    skipSpace()
    while i < bytes.count {
      let start = i
      if [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[i]) { i += 1 }
      var count = digits()
      if i < bytes.count, bytes[i] == UInt8(ascii: ".") {
        i += 1
        count += digits()
      }
      guard count > 0 else { return nil }
      if i < bytes.count, bytes[i] | 0x20 == UInt8(ascii: "e") {
        i += 1
        if i < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[i]) { i += 1 }
        guard digits() > 0 else { return nil }
      }
      guard let value = Double(String(decoding: bytes[start..<i], as: UTF8.self)), value.isFinite else {
        return nil
      }
      result.append(value)
      skipSpace()
      if i < bytes.count, bytes[i] == UInt8(ascii: ",") {
        i += 1
        skipSpace()
        guard i < bytes.count else { return nil }
      }
    }
    return result
  }

  /// A length in user units, which are pixels of 1/96 inch where a unit is given; nil if it depends on anything else.
  static func length(_ text: String) -> Double? {
    let text = text.filter { !$0.isWhitespace }
    let units = ["px": 1, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "pt": 96.0 / 72, "pc": 16]
    for (unit, factor) in units where text.hasSuffix(unit) {
      return list(text.dropLast(unit.count)).flatMap { $0.count == 1 ? $0[0] * factor : nil }
    }
    return list(text).flatMap { $0.count == 1 ? $0[0] : nil }
  }

  /// A list of transforms, the last of which is applied first (SVG 1.1, section 7.6); nil if it is not such a list.
  static func transform(_ text: String) -> Affine? {
    var result = Affine.identity
    var rest = Substring(text)
    func isSeparator(_ c: Character) -> Bool { c.isWhitespace || c == "," }
    rest = rest.drop(while: isSeparator)
    while !rest.isEmpty {
      guard let open = rest.firstIndex(of: "("), let close = rest[open...].firstIndex(of: ")") else {
        return nil
      }
      let name = rest[..<open].filter { !$0.isWhitespace }
      guard let v = list(rest[rest.index(after: open)..<close]), let one = transform(name, v) else {
        return nil
      }
      result = one.then(result)
      rest = rest[rest.index(after: close)...].drop(while: isSeparator)
    }
    return result
  }

  private static func transform(_ name: String, _ v: [Double]) -> Affine? {
    switch (name, v.count) {
    case ("matrix", 6): Affine(a: v[0], b: v[1], c: v[2], d: v[3], tx: v[4], ty: v[5])
    case ("translate", 1): .translation(v[0], 0)
    case ("translate", 2): .translation(v[0], v[1])
    case ("scale", 1): .scale(v[0], v[0])
    case ("scale", 2): .scale(v[0], v[1])
    case ("rotate", 1): .rotation(degrees: v[0])
    case ("rotate", 3):
      Affine.translation(-v[1], -v[2]).then(.rotation(degrees: v[0])).then(.translation(v[1], v[2]))
    case ("skewX", 1): skew(v[0]).map { Affine(a: 1, b: 0, c: $0, d: 1, tx: 0, ty: 0) }
    case ("skewY", 1): skew(v[0]).map { Affine(a: 1, b: $0, c: 0, d: 1, tx: 0, ty: 0) }
    default: nil
    }
  }

  /// The tangent; nil where it has none.
  private static func skew(_ degrees: Double) -> Double? {
    let (sine, cosine) = sineAndCosine(degrees: degrees)
    return cosine == 0 ? nil : sine / cosine
  }
}
