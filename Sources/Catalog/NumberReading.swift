import Markup
import Raster

extension Reader {
  /// A number as a preset writes it: digits and, for lengths and frequencies, a unit.
  struct Quantity {
    var value: Double
    var unit: Substring
  }

  /// Splits `12.5mm` into 12.5 and `mm`; nil unless it begins with a whole decimal number.
  static func quantity(_ text: String) -> Quantity? {
    let bytes = Array(text.utf8)
    var i = 0
    func digits() -> Bool {
      let start = i
      while i < bytes.count, (48...57).contains(bytes[i]) { i += 1 }
      return i > start
    }
    if i < bytes.count, bytes[i] == 43 || bytes[i] == 45 { i += 1 }
    var some = digits()
    if i < bytes.count, bytes[i] == 46 {
      i += 1
      some = digits() || some
    }
    guard some else { return nil }
    if i + 1 < bytes.count, bytes[i] == 101 || bytes[i] == 69 {
      let mark = i
      i += 1
      if bytes[i] == 43 || bytes[i] == 45 { i += 1 }
      // `2em` has no exponent: what follows the e must be digits.
      if !digits() { i = mark }
    }
    guard let end = text.utf8.index(text.utf8.startIndex, offsetBy: i, limitedBy: text.utf8.endIndex),
      let value = Double(text[..<end])
    else { return nil }
    return Quantity(value: value, unit: Substring(text[end...].drop { $0 == " " }))
  }

  /// What a number may be, and how its units are understood.
  public struct NumberRule: Sendable {
    public enum Units: Sendable, Hashable {
      case plain, percent, angle, seconds, hertz, meters, millimeters
      /// A length in shares of the picture's height; a bare number counts `bare`.
      case length(bare: Length.Unit)
      /// A length in shares of the picture's width.
      case widthLength
      case integer
    }
    public var legal: ClosedRange<Double>
    public var units: Units
    public var name: String

    public init(_ legal: ClosedRange<Double>, _ units: Units = .plain, name: String = "a number") {
      self.legal = legal
      self.units = units
      self.name = name
    }
  }

  /// A number that stands still.
  public mutating func number(_ node: Node, _ rule: NumberRule) -> Double? {
    guard let (text, node) = scalar(node, due: rule.name) else { return nil }
    // `$mood * 2`: a reference with a factor.
    if let star = text.lastIndex(of: "*"), text.hasPrefix("$") {
      let name = String(text[..<star]).trimmingSpaces
      let factor = String(text[text.index(after: star)...]).trimmingSpaces
      guard
        let value = number(
          Node(scalar: name, quoted: false, place: node.place),
          NumberRule(-1e12...1e12, rule.units, name: rule.name)),
        let k = number(Node(scalar: factor, quoted: false, place: node.place), NumberRule(-1e12...1e12))
      else { return nil }
      return checked(value * k, text: text, rule, at: node.place)
    }
    if let sum = sum(text, rule, at: node.place) {
      return sum.flatMap { checked($0, text: text, rule, at: node.place) }
    }
    guard let quantity = Reader.quantity(text) else {
      let special = [".nan", "nan", ".inf", "-.inf", "inf", "-inf", "infinity"].contains(text.lowercased())
      error(
        special ? "'\(text)' is not a number that can be drawn" : "'\(text)' is not a number", at: node.place,
        hint: special ? nil : "\(rule.name) is due here, \(Form.words(rule.legal))")
      return nil
    }
    guard let value = convert(quantity, rule, text: text, at: node.place) else { return nil }
    return checked(value, text: text, rule, at: node.place)
  }

  /// A sum of lengths, `0.5w - 0.2h`: signs between them have spaces on both sides, signs of numbers have not. nil if
  /// the text is no sum, nil inside if something of it was complained of.
  private mutating func sum(_ text: String, _ rule: NumberRule, at place: Place) -> Double?? {
    switch rule.units {
    case .length, .widthLength: break
    default: return nil
    }
    let words = text.split(separator: " ")
    guard words.count > 2, words.count.isMultiple(of: 2) == false,
      stride(from: 1, to: words.count, by: 2).allSatisfy({ words[$0] == "+" || words[$0] == "-" })
    else { return nil }
    let part = NumberRule(-1e12...1e12, rule.units, name: rule.name)
    var result = 0.0
    for (index, word) in words.enumerated() where index.isMultiple(of: 2) {
      guard let value = number(Node(scalar: String(word), quoted: false, place: place), part) else {
        return .some(nil)
      }
      result += index > 0 && words[index - 1] == "-" ? -value : value
    }
    return result
  }

  private mutating func checked(_ value: Double, text: String, _ rule: NumberRule, at place: Place) -> Double?
  {
    guard value.isFinite else {
      error("'\(text)' is too large a number", at: place)
      return nil
    }
    if rule.units == .integer, value != value.rounded() {
      error("'\(text)' is not a whole number", at: place)
      return nil
    }
    // A hair of tolerance for lengths that were written in millimeters.
    let slack = 1e-9 * max(1, abs(rule.legal.upperBound))
    guard value >= rule.legal.lowerBound - slack, value <= rule.legal.upperBound + slack else {
      error("\(text) is outside the legal range", at: place, hint: "legal: \(Form.words(rule.legal))")
      return nil
    }
    return value
  }

  private mutating func convert(_ q: Quantity, _ rule: NumberRule, text: String, at place: Place) -> Double? {
    let unit = String(q.unit)
    func length(_ bare: Length.Unit) -> Double? {
      if unit.isEmpty { return geometry.share(Length(q.value, bare)) }
      if unit == "%" { return geometry.share(Length(q.value / 100, bare)) }
      return Length.Unit(rawValue: unit).map { geometry.share(Length(q.value, $0)) }
    }
    let factors: [String: Double]
    switch rule.units {
    case .length(let bare):
      if let share = length(bare) { return share }
      factors = Dictionary(uniqueKeysWithValues: Length.Unit.allCases.map { ($0.rawValue, 1) })
    case .widthLength:
      if let share = length(.width) {
        return share * Double(geometry.trimHeight) / Double(geometry.trimWidth)
      }
      factors = Dictionary(uniqueKeysWithValues: Length.Unit.allCases.map { ($0.rawValue, 1) })
    case .plain, .percent: factors = ["": 1, "%": 0.01]
    case .integer: factors = ["": 1]
    case .angle: factors = ["": 1, "deg": 1, "°": 1, "turn": 360]
    case .seconds: factors = ["": 1, "s": 1, "ms": 0.001]
    case .meters: factors = ["": 1, "m": 1, "cm": 0.01, "mm": 0.001, "km": 1000]
    case .millimeters: factors = ["": 1, "mm": 1, "cm": 10]
    case .hertz: factors = ["": 1, "Hz": 1, "kHz": 1e3, "MHz": 1e6]
    }
    if let factor = factors[unit] { return q.value * factor }
    let known = factors.keys.filter { !$0.isEmpty }.sorted()
    error(
      "'\(unit)' is not a unit that can stand here", at: place,
      hint: known.isEmpty ? "a bare number is due" : "units: \(known.joined(separator: ", "))")
    return nil
  }

  /// A number that may move.
  public mutating func motion(_ node: Node, _ rule: NumberRule) -> Motion? {
    guard let node = resolved(node) else { return nil }
    guard case .mapping(let pairs) = node.content else { return number(node, rule).map { .constant($0) } }
    let kinds = ["keys", "wave", "pulse", "flicker"]
    let found = pairs.filter { kinds.contains($0.key.scalarText ?? "") }
    guard found.count == 1, let pair = found.first, let kind = pair.key.scalarText else {
      error(
        "\(rule.name) is due here, or one that moves: {keys: …}, {wave: …}, {pulse: …} or {flicker: …}",
        at: node.place,
        hint: pairs.first?.key.scalarText.flatMap { nearest($0, among: kinds) }.map {
          "did you mean '\($0)'?"
        })
      return nil
    }
    for other in pairs
    where other.key.scalarText != kind && !(kind == "keys" && other.key.scalarText == "ease") {
      error("'\(other.key.scalarText ?? "")' has no meaning beside '\(kind)'", at: other.key.place)
    }
    let motion: Motion?
    if kind == "keys" {
      motion = keys(pair.value, ease: pairs.first { $0.key.scalarText == "ease" }?.value, rule)
    } else {
      motion = oscillation(kind, pair.value, rule)
    }
    if let motion, let loop, let adjustment = motion.adjustment(forLoop: loop) {
      note(adjustment, at: pair.key.place)
    }
    return motion
  }

  private mutating func keys(_ node: Node, ease: Node?, _ rule: NumberRule) -> Motion? {
    var easing = Ease.smooth
    if let ease {
      guard let name = choice(ease, among: Ease.allCases.map { $0.rawValue }) else { return nil }
      easing = Ease(rawValue: name) ?? .smooth
    }
    guard let entries = pairList(node, what: "keys, {0: 0.2, 1.5: 1},") else { return nil }
    var keys: [Motion.Key] = []
    for (time, value) in entries {
      guard let t = number(time, NumberRule(0...1e6, .seconds, name: "a time in seconds")),
        let v = number(value, rule)
      else { continue }
      keys.append(Motion.Key(t, v))
    }
    guard keys.count == entries.count else { return nil }
    guard !keys.isEmpty else {
      error("keys need at least one time", at: node.place)
      return nil
    }
    for (a, b) in zip(keys, keys.dropFirst()) where b.time < a.time {
      error("the times of keys must rise: \(trimmed(b.time)) comes after \(trimmed(a.time))", at: node.place)
      return nil
    }
    if let loop, let last = keys.last, last.time > loop + 1e-9 {
      error(
        "a key at \(trimmed(last.time)) s lies behind the end of the loop at \(trimmed(loop)) s",
        at: node.place)
      return nil
    }
    return .keys(keys, easing)
  }

  private mutating func oscillation(_ kind: String, _ node: Node, _ rule: NumberRule) -> Motion? {
    let extra =
      ["wave": ["period", "phase"], "pulse": ["bpm", "phase"], "flicker": ["rate", "steady"]][kind] ?? []
    guard let fields = fields(node, required: ["low", "high"], optional: extra, of: "'\(kind)'") else {
      return nil
    }
    guard let lowNode = fields["low"], let highNode = fields["high"] else { return nil }
    let low = number(lowNode, rule)
    let high = number(highNode, rule)
    var failed = false
    func field(_ key: String, _ standard: Double, _ rule: NumberRule, _ reader: inout Reader) -> Double {
      guard let node = fields[key] else { return standard }
      guard let value = reader.number(node, rule) else {
        failed = true
        return standard
      }
      return value
    }
    let result: Motion?
    switch kind {
    case "wave":
      let period = field("period", 2, NumberRule(0.001...1e6, .seconds, name: "a period in seconds"), &self)
      let phase = field("phase", 0, NumberRule(-1e6...1e6, name: "a phase in turns"), &self)
      result = low.flatMap { low in high.map { .wave(low: low, high: $0, period: period, phase: phase) } }
    case "pulse":
      let bpm = field("bpm", 60, NumberRule(0.01...10_000, name: "beats a minute"), &self)
      let phase = field("phase", 0, NumberRule(-1e6...1e6, name: "a phase in turns"), &self)
      result = low.flatMap { low in high.map { .pulse(low: low, high: $0, bpm: bpm, phase: phase) } }
    default:
      let rate = field("rate", 9, NumberRule(0.001...1000, .hertz, name: "steps a second"), &self)
      let steady = field("steady", 0.6, NumberRule(0...1, .percent, name: "a share"), &self)
      var seed = itemSeed
      for name in parameterPath { seed = seed.derived(name) }
      result = low.flatMap { low in
        high.map { .flicker(low: low, high: $0, rate: rate, steady: steady, seed: seed) }
      }
    }
    return failed ? nil : result
  }

  /// `{0: a, 1: b}` or `[[0, a], [1, b]]`, in order.
  public mutating func pairList(_ node: Node, what: String) -> [(Node, Node)]? {
    guard let node = resolved(node) else { return nil }
    switch node.content {
    case .mapping(let pairs): return pairs.map { ($0.key, $0.value) }
    case .sequence(let items):
      var result: [(Node, Node)] = []
      for item in items {
        guard case .sequence(let pair) = item.content, pair.count == 2 else {
          error("a pair [position, value] is due here, not \(item.kindName)", at: item.place)
          return nil
        }
        result.append((pair[0], pair[1]))
      }
      return result
    default:
      error("\(what) are due here, not \(node.kindName)", at: node.place, hint: emptyHint(node))
      return nil
    }
  }
}
