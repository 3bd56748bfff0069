import Markup
import Raster

/// How a type of value is read from a preset, described to people, and written back.
public struct Codec<Value: Sendable>: Sendable {
  public let form: Form
  /// The value as a function of the moment, or nil if the node was complained of.
  package let read: @Sendable (Node, inout Reader) -> (@Sendable (Moment) -> Value)?
  package let text: @Sendable (Value) -> String

  public init(
    form: Form, read: @escaping @Sendable (Node, inout Reader) -> (@Sendable (Moment) -> Value)?,
    text: @escaping @Sendable (Value) -> String
  ) {
    self.form = form
    self.read = read
    self.text = text
  }

  /// A value that cannot move.
  public init(
    form: Form, still: @escaping @Sendable (Node, inout Reader) -> Value?,
    text: @escaping @Sendable (Value) -> String
  ) {
    self.init(
      form: form,
      read: { node, reader in
        guard let value = still(node, &reader) else { return nil }
        return { _ in value }
      }, text: text)
  }

  /// The value as a function of the moment, or nil if the node was complained of; for codecs made of others.
  public func reading(_ node: Node, _ reader: inout Reader) -> (@Sendable (Moment) -> Value)? {
    read(node, &reader)
  }

  /// The value as a preset writes it; for codecs made of others.
  public func written(_ value: Value) -> String { text(value) }

  /// The same value, which may also be absent.
  public var optional: Codec<Value?> {
    Codec<Value?>(
      form: form,
      read: { node, reader in
        guard let value = read(node, &reader) else { return nil }
        return { moment in value(moment) }
      }, text: { $0.map(text) ?? "" })
  }

  /// A list of such values.
  public func list(_ count: ClosedRange<Int> = 1...10_000) -> Codec<[Value]> {
    let form = Form.list(of: form, count: count)
    return Codec<[Value]>(
      form: form,
      read: { node, reader in
        guard let items = reader.items(node, count: count, due: form.summary) else { return nil }
        let values = items.map { read($0, &reader) }
        let complete = values.compactMap { $0 }
        guard complete.count == items.count else { return nil }
        return { moment in complete.map { $0(moment) } }
      }, text: { "[\($0.map(text).joined(separator: ", "))]" })
  }

  /// A list, or one value that stands for a list of one.
  public func oneOrMore(_ count: ClosedRange<Int> = 1...10_000) -> Codec<[Value]> {
    let many = list(count)
    return Codec<[Value]>(
      form: .either(form, many.form),
      read: { node, reader in
        guard let resolved = reader.resolved(node) else { return nil }
        if case .sequence = resolved.content { return many.read(resolved, &reader) }
        guard let one = read(resolved, &reader) else { return nil }
        return { [one($0)] }
      }, text: { $0.count == 1 ? text($0[0]) : many.text($0) })
  }
}

/// Numbers as the planes of a picture hold them, or as set-up code computes with them.
public protocol Scalar: BinaryFloatingPoint, Sendable {}
extension Float: Scalar {}
extension Double: Scalar {}

extension Codec where Value: Scalar {
  private static func moving(_ rule: Reader.NumberRule, _ form: Form) -> Codec<Value> {
    Codec(
      form: form,
      read: { node, reader in
        guard let motion = reader.motion(node, rule) else { return nil }
        return { Value(motion.value(at: $0)) }
      }, text: { trimmed(Double($0)) })
  }

  /// A number that may move.
  public static func number(
    _ legal: ClosedRange<Double>, suggested: ClosedRange<Double>? = nil, unit: Form.Unit = .none
  ) -> Codec<Value> {
    let units: Reader.NumberRule.Units =
      switch unit {
      case .degrees: .angle
      case .seconds: .seconds
      case .hertz: .hertz
      case .millimeters: .millimeters
      case .none: .percent
      default: .plain
      }
    return moving(
      Reader.NumberRule(legal, units), .number(legal: legal, suggested: suggested, unit: unit))
  }

  /// A length, stored in shares of the picture's height.
  public static func length(
    _ legal: ClosedRange<Double>, suggested: ClosedRange<Double>? = nil
  ) -> Codec<Value> {
    moving(
      Reader.NumberRule(legal, .length(bare: .height), name: "a length"),
      .number(legal: legal, suggested: suggested, unit: .share))
  }

  /// A width, stored in shares of the picture's height like every length, but bare numbers count widths.
  public static func width(_ legal: ClosedRange<Double>) -> Codec<Value> {
    moving(
      Reader.NumberRule(legal, .length(bare: .width), name: "a width"),
      .number(legal: legal, suggested: nil, unit: .widthShare))
  }

  public static func angle(_ legal: ClosedRange<Double> = -36_000...36_000) -> Codec<Value> {
    number(legal, unit: .degrees)
  }
}

extension Codec where Value == Int {
  public static func integer(_ legal: ClosedRange<Int>) -> Codec<Int> {
    let rule = Reader.NumberRule(
      Double(legal.lowerBound)...Double(legal.upperBound), .integer, name: "a whole number")
    return Codec(
      form: .integer(legal: legal),
      read: { node, reader in
        guard let motion = reader.motion(node, rule) else { return nil }
        return { Int(motion.value(at: $0).rounded()) }
      }, text: { "\($0)" })
  }
}

extension Codec where Value == Bool {
  public static var flag: Codec<Bool> {
    Codec(form: .flag, still: { $1.flag($0) }, text: { "\($0)" })
  }
}

extension Codec where Value == String {
  /// A text, references replaced.
  public static var text: Codec<String> {
    Codec(form: .text, still: { $1.text($0) }, text: { "\"\($0)\"" })
  }

  /// A file that the preset may read, stored as an absolute path.
  public static var file: Codec<String> {
    Codec(
      form: .file,
      still: { node, reader in reader.text(node).flatMap { reader.file($0, at: node.place) } },
      text: { "\"\($0)\"" })
  }
}

extension Codec where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  public static var choice: Codec<Value> {
    let names = Value.allCases.map { $0.rawValue }
    return Codec(
      form: .choice(names),
      still: { node, reader in reader.choice(node, among: names).flatMap { Value(rawValue: $0) } },
      text: { $0.rawValue })
  }
}

extension Codec where Value == Point {
  /// A point `[x, y]`, both of which may move: shares of the picture's width and height.
  public static var point: Codec<Point> {
    Codec(
      form: .point,
      read: { node, reader in
        guard let items = reader.items(node, count: 2...2, due: "a point [x, y]") else { return nil }
        let x = reader.motion(items[0], Reader.NumberRule(-1000...1000, .widthLength))
        let y = reader.motion(items[1], Reader.NumberRule(-1000...1000, .length(bare: .height)))
        guard let x, let y else { return nil }
        return { Point(x.value(at: $0), y.value(at: $0)) }
      }, text: { "[\(trimmed($0.x)), \(trimmed($0.y))]" })
  }
}

extension Codec where Value == Point {
  /// A way `[x, y]` to the right and down, both of which may move, counted in `unit`.
  public static func offset(_ legal: ClosedRange<Double>, unit: Form.Unit) -> Codec<Point> {
    let rule = Reader.NumberRule(legal, .percent)
    return Codec(
      form: .offset(unit),
      read: { node, reader in
        guard let items = reader.items(node, count: 2...2, due: "an offset [x, y]") else { return nil }
        guard let x = reader.motion(items[0], rule), let y = reader.motion(items[1], rule) else { return nil }
        return { Point(x.value(at: $0), y.value(at: $0)) }
      }, text: { "[\(trimmed($0.x)), \(trimmed($0.y))]" })
  }
}

extension Reader {
  /// The absolute path of a file that may be read, or nil (complained of).
  public mutating func file(_ path: String, at place: Place) -> String? {
    do {
      let absolute = try files.resolve(path, from: place.source.folder ?? ".")
      files.note(absolute)
      return absolute
    } catch {
      switch error {
      case .missing(let path): self.error("there is no file '\(path)'", at: place)
      case .notAFile(let path): self.error("'\(path)' is not a file", at: place)
      case .outside(let path):
        self.error(
          "'\(path)' lies outside the folders that this preset may read", at: place,
          hint: "move the file beside the preset, or allow its folder with --allow-path")
      }
      return nil
    }
  }
}
