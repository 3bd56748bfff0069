/// What a parameter holds, as people are told it.
public indirect enum Form: Hashable, Sendable {
  case number(legal: ClosedRange<Double>, suggested: ClosedRange<Double>?, unit: Unit)
  case integer(legal: ClosedRange<Int>)
  case flag
  case choice([String])
  case text
  case color
  case paint
  /// What letters are filled with; chrome comes in these styles.
  case fill(chrome: [String])
  case stops
  case point
  /// To the right and down.
  case offset(Unit)
  case place
  case file
  /// Another layer, by its id; if it may be seen in several ways, these are their names.
  case layer(channels: [String])
  case list(of: Form, count: ClosedRange<Int>)
  case layers
  /// Something of several parts, told in words.
  case structure(String)
  case either(Form, Form)

  /// What a number counts.
  public enum Unit: String, Hashable, Sendable {
    case none = ""
    case share = "share of the picture's height"
    case widthShare = "share of the picture's width"
    case degrees, seconds, meters, millimeters
    case hertz = "Hz"
    case linearLight = "linear light"
    case stops = "stops of light"
    case em, thousandths = "thousandths of an em"
    case percent, kelvin, lines
    case perMinute = "a minute"
    case times
  }

  /// One phrase: "a number from 0 to 4", "one of linear, radial, conic".
  public var summary: String {
    switch self {
    case .number(let legal, _, let unit):
      var text = Form.isOpen(legal) ? "a number" : "a number \(Form.words(legal))"
      if unit != .none { text += ", \(unit.rawValue)" }
      return text
    case .integer(let legal):
      return "a whole number \(Form.words(Double(legal.lowerBound)...Double(legal.upperBound)))"
    case .flag: return "true or false"
    case .choice(let names): return "one of \(names.joined(separator: ", "))"
    case .text: return "a text"
    case .color: return "a color"
    case .paint: return "a color or a gradient"
    case .fill(let styles):
      return
        "a color, a gradient, {chrome: \(styles.joined(separator: "|"))}, {image: FILE}, or {layer: ID}"
    case .stops: return "color stops, {0: red, 1: blue}"
    case .point: return "a point [x, y]"
    case .offset(let unit): return "an offset [x, y], \(unit.rawValue)"
    case .place: return "a place [x, y, z] in meters"
    case .file: return "a file"
    case .layer(let channels):
      return channels.count < 2
        ? "the id of a layer"
        : "the id of a layer, or {layer: ID, channel: \(channels.joined(separator: "|"))}"
    case .list(let form, let count):
      return count.lowerBound == count.upperBound
        ? "a list of \(count.lowerBound), each \(form.summary)" : "a list, each \(form.summary)"
    case .layers: return "a list of layers"
    case .structure(let words): return words
    case .either(let first, let second): return "\(first.summary), or \(second.summary)"
    }
  }

  /// The values that look right in most pictures, "from 0.5 to 1"; nil if all legal ones do.
  public var suggestion: String? {
    switch self {
    case .number(let legal, let suggested?, _): suggested == legal ? nil : Form.words(suggested)
    case .either(let first, let second): first.suggestion ?? second.suggestion
    default: nil
    }
  }

  /// Bounds this far out are technical, not of interest to people.
  static func isOpen(_ range: ClosedRange<Double>) -> Bool {
    range.lowerBound <= -1e6 && range.upperBound >= 1e6
  }

  static func words(_ range: ClosedRange<Double>) -> String {
    if isOpen(range) { return "of any size" }
    if range.upperBound >= 1e6 { return "from \(trimmed(range.lowerBound)) up" }
    return "from \(trimmed(range.lowerBound)) to \(trimmed(range.upperBound))"
  }
}
