import Markup
import Raster

/// Something whose stored properties are plain values with defaults, and a table that is the only description of them.
///
/// By itself it is a group of parameters that several kinds have in common: each stores it as one value and puts
/// ``including(_:)`` into its own table. Presets do not know of groups, and a kind's defaults may differ from the group's.
public protocol Parameterized: Sendable {
  init()
  /// Every stored property, or the parameters of the group that it holds.
  static var parameters: [Parameter<Self>] { get }
}

extension Parameterized {
  /// The parameters of the group that is stored here, as this one's own.
  public static func including<Group: Parameterized>(
    _ keyPath: WritableKeyPath<Self, Group> & Sendable
  ) -> [Parameter<Self>] {
    Group.parameters.map { Parameter($0, in: keyPath) }
  }
}

/// A layer, an effect or a prop: something a preset names by the key of an item.
///
/// Decoding, range errors, `--set`, `describe`, the reference page and the tests derive from its table, in which the main
/// parameter, which bears the kind's name, comes first.
public protocol Kind: Parameterized {
  /// The name in presets: `pixel-sort`.
  static var name: String { get }
  /// One sentence for lists and for the reference page.
  static var summary: String { get }
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
public struct Parameter<Owner: Parameterized>: Sendable {
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

  fileprivate init<Group: Parameterized>(
    _ part: Parameter<Group>, in keyPath: WritableKeyPath<Owner, Group> & Sendable
  ) {
    name = part.name
    form = part.form
    help = part.help
    isRequired = part.isRequired
    property = part.property
    defaultText = { part.defaultText($0[keyPath: keyPath]) }
    read = { node, reader in
      guard let set = part.read(node, &reader) else { return nil }
      return { owner, moment in set(&owner[keyPath: keyPath], moment) }
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
  /// What everything else is taken from.
  private let standard: Owner
  /// Where each given parameter stands, and parts of some by paths, for complaints that can only be made later.
  public let places: [String: Place]

  /// Reads the pairs that belong to the kind. `pairs` holds none of the common keys.
  /// Complaints go to `reader`; unknown keys are complained of with the nearest known name.
  ///
  /// - Parameter standard: holds the values of what is not given.
  public init(
    _ pairs: [Node.Pair], at place: Place, commonKeys: [String], standard: Owner = Owner(),
    reader: inout Reader
  ) {
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
    self.standard = standard
    self.places = places
  }

  public func instance(at moment: Moment) -> Owner {
    var owner = standard
    for set in setters { set(&owner, moment) }
    return owner
  }
}
