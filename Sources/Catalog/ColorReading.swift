import Markup
import Raster

/// What fills a shape or a letter.
public enum Paint: Hashable, Sendable {
  case color(LinearColor)
  case gradient(GradientPaint)
}

/// A gradient as a fill: laid over the box of what it fills.
public struct GradientPaint: Hashable, Sendable {
  public enum Form: String, CaseIterable, Sendable { case linear, radial, conic }
  public var form: Form
  public var stops: [RampStop]
  /// Degrees, clockwise; 90 runs from top to bottom.
  public var angle: Double
  public var space: RampSpace
  public var hue: HuePath

  public init(
    form: Form = .linear, stops: [RampStop], angle: Double = 90, space: RampSpace = .oklab,
    hue: HuePath = .shorter
  ) {
    self.form = form
    self.stops = stops
    self.angle = angle
    self.space = space
    self.hue = hue
  }
}

extension Codec where Value == LinearColor {
  public static var color: Codec<LinearColor> {
    Codec(form: .color, still: { $1.color($0) }, text: { ColorSyntax.text($0) })
  }
}

extension Codec where Value == [RampStop] {
  public static var stops: Codec<[RampStop]> {
    Codec(
      form: .stops,
      read: { $1.stops($0) },
      text: { stops in
        "{\(stops.map { "\(trimmed($0.position)): \(ColorSyntax.text($0.color))" }.joined(separator: ", "))}"
      })
  }
}

extension Codec where Value == Paint {
  /// A color, or `{gradient: linear, stops: …, angle: …}`.
  public static var paint: Codec<Paint> {
    Codec(
      form: .paint, read: { $1.paint($0) },
      text: {
        switch $0 {
        case .color(let color): ColorSyntax.text(color)
        case .gradient(let gradient): "{gradient: \(gradient.form.rawValue)}"
        }
      })
  }
}

extension Reader {
  /// A color: `#ff2e88`, `rgb(255 46 136)`, `oklch(0.7 0.2 350)`, a CSS name, `$name`; `* 8` makes it light.
  public mutating func color(_ node: Node) -> LinearColor? {
    switch node.content {
    case .scalar(let text, _): return color(text.trimmingSpaces, at: node.place, depth: 0)
    default:
      error("a color is due here, not \(node.kindName)", at: node.place, hint: emptyHint(node))
      return nil
    }
  }

  private mutating func color(_ text: String, at place: Place, depth: Int) -> LinearColor? {
    if let star = text.lastIndex(of: "*") {
      let factor = String(text[text.index(after: star)...]).trimmingSpaces
      let base = String(text[..<star]).trimmingSpaces
      let rule = NumberRule(0...10_000, name: "an intensity")
      guard let color = color(base, at: place, depth: depth),
        let k = number(Node(scalar: factor, quoted: false, place: place), rule)
      else { return nil }
      return color * k
    }
    if text.hasPrefix("$") {
      guard let name = NameTable.wholeReference(text) else {
        error(
          "'\(text)' is not a reference", at: place, hint: "a reference is a dollar sign and a name, $pink")
        return nil
      }
      guard depth < 16, case .found(let node) = names.value(of: name) else {
        if case .unknown = names.value(of: name) {
          unknownName(name, at: place)
        } else {
          error("the reference '$\(name)' goes in a circle", at: place)
        }
        return nil
      }
      guard let value = node.scalarText, case .scalar = node.content else {
        error(
          "'$\(name)' is \(node.kindName), and a color is due here", at: place, hint: emptyHint(node))
        return nil
      }
      return color(value.trimmingSpaces, at: place, depth: depth + 1)
    }
    switch ColorSyntax.parse(text) {
    case .success(let parsed):
      if let message = parsed.note { note(message, at: place) }
      return parsed.color
    case .failure(let problem):
      error(problem.message, at: place, hint: problem.hint)
      return nil
    }
  }

  mutating func stops(_ node: Node) -> (@Sendable (Moment) -> [RampStop])? {
    guard let entries = pairList(node, what: "color stops, {0: red, 1: blue},") else { return nil }
    guard (1...1000).contains(entries.count) else {
      error("a gradient has 1 to 1000 stops, not \(entries.count)", at: node.place)
      return nil
    }
    var stops: [(Motion, LinearColor, Ease)] = []
    for (key, value) in entries {
      let position = motion(key, NumberRule(-100...100, .percent, name: "a position"))
      var color: LinearColor?
      var ease = Ease.linear
      if case .mapping = value.content {
        if let fields = fields(value, required: ["color"], optional: ["ease"], of: "a stop") {
          color = fields["color"].flatMap { self.color($0) }
          if let node = fields["ease"], let name = choice(node, among: Ease.allCases.map { $0.rawValue }) {
            ease = Ease(rawValue: name) ?? .linear
          }
        }
      } else {
        color = self.color(value)
      }
      if let position, let color { stops.append((position, color, ease)) }
    }
    guard stops.count == entries.count else { return nil }
    let complete = stops
    return { moment in complete.map { RampStop($0.0.value(at: moment), $0.1, ease: $0.2) } }
  }

  public mutating func paint(_ node: Node) -> (@Sendable (Moment) -> Paint)? {
    guard let node = resolved(node) else { return nil }
    guard case .mapping = node.content else {
      guard let color = color(node) else { return nil }
      return { _ in .color(color) }
    }
    guard
      let fields = fields(
        node, required: ["gradient", "stops"], optional: ["angle", "space", "hue"], of: "a gradient"),
      let formNode = fields["gradient"], let stopsNode = fields["stops"]
    else { return nil }
    let form = choice(formNode, among: GradientPaint.Form.allCases.map { $0.rawValue })
      .flatMap { GradientPaint.Form(rawValue: $0) }
    let stops = stops(stopsNode)
    var angle: Motion? = .constant(90)
    if let node = fields["angle"] { angle = motion(node, NumberRule(-36_000...36_000, .angle)) }
    var space: RampSpace? = .oklab
    if let node = fields["space"] {
      space = choice(node, among: RampSpace.allCases.map { $0.rawValue }).flatMap { RampSpace(rawValue: $0) }
    }
    var hue: HuePath? = .shorter
    if let node = fields["hue"] {
      hue = choice(node, among: HuePath.allCases.map { $0.rawValue }).flatMap { HuePath(rawValue: $0) }
    }
    guard let form, let stops, let angle, let space, let hue else { return nil }
    return { moment in
      .gradient(
        GradientPaint(
          form: form, stops: stops(moment), angle: angle.value(at: moment), space: space, hue: hue))
    }
  }
}
