import Catalog
import Raster

/// When the film comes, at the foot of a poster.
public struct Release: TypeLayer {
  public static let name = "release"
  public static let summary = "When the film comes, at the foot of the poster: COMING AT MIDNIGHT."

  var text = "COMING SOON"
  var caption = Caption(size: 0.0105, tracking: 520)

  public static let parameters: [Parameter<Release>] =
    [.init("release", \.text, .text, "What is set; a line break begins a line.")] + including(\.caption)

  public static let sampleValues = ["release": "COMING AT MIDNIGHT", "size": "0.05"]

  public static var placement: Placement {
    var placement = Placement()
    placement.at = Point(0.5, 0.9765)
    return placement
  }

  public init() {}

  public var looks: [LayerLook] { caption.look.looks }

  public func prepare(in context: LayerContext) throws -> any Painter {
    let row = try caption.row(text, parameter: Release.name, in: context)
    return try caption.painter([(row, .zero, 1)], in: context)
  }
}
