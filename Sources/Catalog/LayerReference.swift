import Markup
import Raster

/// What of a layer somebody looks at; depth and emission are those of a set.
public enum LayerChannel: String, CaseIterable, Sendable { case alpha, luminance, depth, emission }

/// Another layer of the preset that an item looks at, and what of it counts.
public struct LayerReference: Hashable, Sendable {
  /// The layer's id.
  public var layer: String
  public var channel: LayerChannel

  public init(_ layer: String, _ channel: LayerChannel) {
    self.layer = layer
    self.channel = channel
  }
}

/// Another layer that an effect or a layer looks at.
///
/// The renderer hands what is seen of it to an effect as a plane; what a layer shows of another is a part of the plan.
public struct LayerLook: Hashable, Sendable {
  /// The parameter that names the layer.
  public var parameter: String
  /// The layer's id; nil if the preset names none. That stands for its only set where depth or emission is looked at,
  /// and is a mistake of the preset elsewhere.
  public var layer: String?
  public var channel: LayerChannel

  public init(_ parameter: String, layer: String?, _ channel: LayerChannel) {
    self.parameter = parameter
    self.layer = layer
    self.channel = channel
  }

  /// What a parameter of type ``LayerReference`` names.
  public init(_ parameter: String, _ reference: LayerReference?, standard: LayerChannel) {
    self.init(parameter, layer: reference?.layer, reference?.channel ?? standard)
  }
}

extension Codec where Value == LayerReference? {
  /// The id of a layer, or `{layer: ID, channel: luminance}`. A bare id means the first of `channels`, which are all
  /// that may be named. That there is such a layer is checked when all layers are read.
  public static func layer(_ channels: [LayerChannel]) -> Codec<LayerReference?> {
    let names = channels.map { $0.rawValue }
    let standard = channels.first ?? .alpha
    return Codec<LayerReference?>(
      form: .layer(channels: names),
      still: { node, reader -> LayerReference?? in
        guard let node = reader.resolved(node) else { return nil }
        guard case .mapping = node.content else {
          guard let id = reader.layerID(node) else { return nil }
          return .some(LayerReference(id, standard))
        }
        guard
          let fields = reader.fields(
            node, required: ["layer"], optional: ["channel"], of: "a reference to a layer"),
          let id = fields["layer"].flatMap({ reader.layerID($0) })
        else { return nil }
        guard let channel = fields["channel"] else { return .some(LayerReference(id, standard)) }
        return reader.choice(channel, among: names).flatMap { LayerChannel(rawValue: $0) }
          .map { .some(LayerReference(id, $0)) }
      },
      text: { reference in
        guard let reference else { return "" }
        return reference.channel == standard
          ? reference.layer : "{layer: \(reference.layer), channel: \(reference.channel.rawValue)}"
      })
  }
}

extension Reader {
  /// The id of a layer. That there is such a layer is checked when all layers are read.
  public mutating func layerID(_ node: Node) -> String? {
    guard let text = node.scalarText, !text.isEmpty else {
      error("the id of a layer is due here, not \(node.kindName)", at: node.place)
      return nil
    }
    return text
  }
}
