import Markup
import Raster

/// A layer, an effect or a prop: something a preset names by the key of an item.
///
/// Stored properties are plain values with their defaults; ``parameters`` is the only description of them.
/// Decoding, range errors, `--set`, `describe`, the reference page and the tests derive from it.
public protocol Kind: Sendable {
  init()
  /// The name in presets: `pixel-sort`.
  static var name: String { get }
  /// One sentence for lists and for the reference page.
  static var summary: String { get }
  /// Every stored property, the main parameter (which bears the kind's name) first.
  static var parameters: [Parameter<Self>] { get }
  /// Values for the example of the reference, by parameter and as a preset writes them, where defaults would
  /// show little or a required value cannot be guessed. Empty by default.
  static var sampleValues: [String: String] { get }
}

extension Kind {
  public static var sampleValues: [String: String] { [:] }

  /// Whether the kind may stand alone (`- grain`), without a value for its main parameter.
  public static var standsAlone: Bool { parameters.first.map { !$0.isRequired } ?? true }
}

/// Gives a parameter's value at a moment to an instance.
public typealias Setter<Owner> = @Sendable (inout Owner, Moment) -> Void

/// One parameter of a kind: its name, its legal values, its help, and how it is read and stored.
public struct Parameter<Owner: Kind>: Sendable {
  public let name: String
  public let form: Form
  public let help: String
  /// True if a preset must give it.
  public let isRequired: Bool
  /// The stored property, as `Mirror` names it.
  public let property: String
  let defaultText: @Sendable (Owner) -> String
  let read: @Sendable (Node, inout Reader) -> Setter<Owner>?

  public init<Value>(
    _ name: String, _ keyPath: WritableKeyPath<Owner, Value> & Sendable, _ codec: Codec<Value>,
    required: Bool = false, _ help: String
  ) {
    self.name = name
    self.form = codec.form
    self.help = help
    self.isRequired = required
    self.property = Parameter.camelCased(name)
    defaultText = { codec.text($0[keyPath: keyPath]) }
    read = { node, reader in
      guard let value = codec.read(node, &reader) else { return nil }
      return { owner, moment in owner[keyPath: keyPath] = value(moment) }
    }
  }

  /// `row-shift` becomes `rowShift`. The main parameter may be stored under any name: `amount`, `text`, `form`.
  private static func camelCased(_ name: String) -> String {
    let parts = name.split(separator: "-")
    guard let first = parts.first else { return name }
    return String(first) + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}

extension Kind {
  /// This instance with one parameter changed, as a preset would write it; nil if the value is not legal.
  package func setting(_ name: String, to text: String, geometry: Geometry) -> Self? {
    guard let parameter = Self.parameters.first(where: { $0.name == name }) else { return nil }
    let source = Source(name: name, text: text)
    var reader = Reader(
      geometry: geometry, names: NameTable(), files: FileAccess(roots: []), seed: Seed(0))
    guard let node = YAMLReader.read(fragment: text, in: source).0, let set = parameter.read(node, &reader),
      reader.diagnostics.isEmpty
    else { return nil }
    var changed = self
    set(&changed, Moment())
    return changed
  }

  /// The value of a parameter as a preset would write it.
  package func text(of name: String) -> String? {
    Self.parameters.first { $0.name == name }?.defaultText(self)
  }
}

/// A parameter without its owner's type, for lists and pages.
public struct ParameterDescription: Sendable {
  public let name: String
  public let form: Form
  public let help: String
  public let isRequired: Bool
  public let isMain: Bool
  public let property: String
  /// The default as a preset would write it.
  public let defaultText: String
}

extension Kind {
  public static var parameterDescriptions: [ParameterDescription] {
    let plain = Self()
    return parameters.enumerated().map { index, parameter in
      ParameterDescription(
        name: parameter.name, form: parameter.form, help: parameter.help, isRequired: parameter.isRequired,
        isMain: index == 0, property: parameter.property, defaultText: parameter.defaultText(plain))
    }
  }
}

/// The values that a preset gives to an item, read and checked: an instance for every moment.
public struct Settings<Owner: Kind>: Sendable {
  private let setters: [Setter<Owner>]
  /// Where each given parameter stands, and parts of some by paths, for complaints that can only be made later.
  public let places: [String: Place]

  /// Reads the pairs that belong to the kind. `pairs` holds none of the common keys.
  /// Complaints go to `reader`; unknown keys are complained of with the nearest known name.
  public init(_ pairs: [Node.Pair], at place: Place, commonKeys: [String], reader: inout Reader) {
    let table = Dictionary(Owner.parameters.map { ($0.name, $0) }) { first, _ in first }
    var setters: [Setter<Owner>] = []
    var places: [String: Place] = [:]
    for pair in pairs {
      guard let name = pair.key.scalarText else {
        reader.error("a parameter's name is due here, not \(pair.key.kindName)", at: pair.key.place)
        continue
      }
      guard let parameter = table[name] else {
        let names = Owner.parameters.map { $0.name }
        reader.error(
          "'\(Owner.name)' has no parameter '\(name)'", at: pair.key.place,
          hint: nearest(name, among: names + commonKeys).map { "did you mean '\($0)'?" }
            ?? "its parameters are \(names.joined(separator: ", "))")
        continue
      }
      places[name] = pair.value.place
      // `- grain` alone: the main parameter keeps its default.
      if name == Owner.name, case .null = pair.value.content, pair.value.scalarText?.isEmpty ?? true,
        !pair.value.commentFollows
      {
        if parameter.isRequired { places[name] = nil }
        continue
      }
      let outer = reader.parameterPath
      reader.parameterPath.append(name)
      if let setter = parameter.read(pair.value, &reader) { setters.append(setter) }
      reader.parameterPath = outer
      for (path, place) in reader.takePartPlaces() { places["\(name).\(path)"] = place }
    }
    for parameter in Owner.parameters where parameter.isRequired && places[parameter.name] == nil {
      reader.error(
        "'\(Owner.name)' needs '\(parameter.name)' (\(parameter.form.summary))", at: place)
    }
    self.setters = setters
    self.places = places
  }

  public func instance(at moment: Moment) -> Owner {
    var owner = Owner()
    for set in setters { set(&owner, moment) }
    return owner
  }
}
