import Catalog
import Effects
import Layers
import Markup
import Raster
import Typography

/// A preset, read and checked: a picture for every moment.
///
/// ```swift
/// let preset = try Preset(path: "presets/teaser.yaml")
/// let picture = try preset.render()
/// try picture.write(to: "teaser.png")
/// ```
public struct Preset: Sendable {
  /// What a preset is read with.
  public struct Options: Sendable {
    public var overrides: [Override] = []
    /// Ids of effects and layers that are switched off.
    public var disabled: [String] = []
    /// Replaces the canvas's size: the name of a ``Format``.
    public var format: String?
    /// Replaces the canvas's size, in pixels.
    public var size: (width: Int, height: Int)?
    public var dpi: Double?
    /// Size beside the described size; a draft at a quarter is `0.25`.
    public var scale = 1.0
    public var seed: UInt64?
    /// Folders that the preset may read beside those of the language's rule.
    public var allowedPaths: [String] = []
    /// Where `fonts/` and `presets/` of the program lie; nil looks for them.
    public var resources: Resources?

    public init() {}
  }

  public let title: String
  public let description: String
  public let geometry: Geometry
  /// The name of the format, if the size is given by one.
  public let format: String?
  /// Formats that the preset says something special of.
  public let variants: [String]
  /// What is demanded of type.
  let checks: TypeChecks
  /// Whether files say how many dots an inch has: not where a photo does not.
  let statesDensity: Bool
  public let seed: UInt64
  /// Seconds, or nil for a still picture.
  public let duration: Double?
  public let loops: Bool
  public let fps: Double
  /// The moment to show, in seconds.
  public let still: Double
  /// What is worth knowing but is not wrong.
  public let notes: [Diagnostic]
  /// The whole preset after `extends` and all overrides, as YAML: the picture's recipe.
  public let recipe: String
  /// A fingerprint of the pictures, drawings and tables that the preset reads, nil if there are none: the recipe names
  /// them, but does not hold them.
  let files: String?

  let layers: [LayerItem]
  let effects: [EffectItem]
  let fonts: FontSearch
}

/// A layer of a preset.
struct LayerItem: Sendable {
  enum Content: Sendable {
    case layer(@Sendable (Moment) -> any Layer)
    case group([LayerItem])
    /// Another layer once more, by its id.
    case copy(String)
  }
  var id: String?
  var kind: String
  var place: Place
  /// Where each given parameter stands.
  var places: [String: Place]
  var seed: Seed
  var placement: Settings<Placement>
  var content: Content
  /// The other layers that it shows.
  var looks: [LayerLook] = []
  var mask: MaskItem?
  var effects: [EffectItem]
}

/// An effect of a preset.
struct EffectItem: Sendable {
  var id: String?
  var kind: String
  var place: Place
  var seed: Seed
  var common: Settings<EffectCommon>
  var mask: MaskItem?
  var make: @Sendable (Moment) -> any Effect
  /// Where each given parameter stands.
  var places: [String: Place]
  /// The other layers that it looks at.
  var looks: [LayerLook]
}

/// Where a layer or an effect shows.
struct MaskItem: Sendable {
  indirect enum Source: Sendable {
    case inline(LayerItem)
    /// The layer with this id.
    case layer(String)
  }
  var source: Source
  var place: Place
  /// Where `channel` stands, else the mask's place.
  var channelPlace: Place
  var settings: @Sendable (Moment) -> MaskSettings
}

/// The keys that every effect has.
public struct EffectCommon: Kind {
  public static let name = "effect"
  public static let summary = "The keys that every effect has."

  public var enabled = true
  public var mix: Float = 1

  public static let parameters: [Parameter<EffectCommon>] = [
    .init("enabled", \.enabled, .flag, "Whether the effect is applied."),
    .init("mix", \.mix, .number(0...1), "How much of the changed picture replaces the unchanged."),
  ]

  public init() {}
}

/// How a mask reads the layer that it is made from.
public struct MaskSettings: Kind {
  public static let name = "mask"
  public static let summary = "Where a layer or an effect shows: a layer, or {layer: ID}."

  public var channel = LayerChannel.luminance
  public var from: Float = 0
  public var to: Float = 1
  public var invert = false
  public var feather: Float = 0

  public static let parameters: [Parameter<MaskSettings>] = [
    .init(
      "channel", \.channel, .choice,
      "What of the layer counts: what it covers, how bright it is, and of a set also how far away things are, or how bright what shines by itself is. An inline mask shows where it is bright, {layer: ID} where that layer covers."
    ),
    .init("from", \.from, .number(0...1), "The value that becomes 0."),
    .init("to", \.to, .number(0...1), "The value that becomes 1."),
    .init("invert", \.invert, .flag, "Show where the mask would hide."),
    .init(
      "feather", \.feather, .length(0...0.5, suggested: 0...0.05), "How far the mask's edge is softened."),
  ]

  public init() {}
}

/// How a mask reads the depth of a set.
public struct DepthMaskSettings: Kind {
  public static let name = "depth-mask"
  public static let summary = "What a mask says differently if its channel is depth: it counts meters."

  var channel = LayerChannel.depth
  var from: Float = 0
  var to: Float = 100
  var invert = false
  var feather: Float = 0

  public static let parameters: [Parameter<DepthMaskSettings>] = [
    .init("channel", \.channel, .choice, "Here, depth: how far away what is seen is."),
    .init(
      "from", \.from, .meters(0...100_000, suggested: 0...200),
      "The distance at which the mask begins to show."),
    .init("to", \.to, .meters(0...100_000, suggested: 0...400), "The distance from which it shows all."),
    .init("invert", \.invert, .flag, "Show what is near instead."),
    .init(
      "feather", \.feather, .length(0...0.5, suggested: 0...0.05), "How far the mask's edge is softened."),
  ]

  public init() {}

  var mask: MaskSettings {
    var mask = MaskSettings()
    mask.channel = .depth
    (mask.from, mask.to, mask.invert, mask.feather) = (from, to, invert, feather)
    return mask
  }
}
