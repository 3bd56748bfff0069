import Catalog
import Raster

/// The line below a title: what the film promises.
public struct Tagline: TypeLayer {
  public static let name = "tagline"
  public static let summary = "The line below the title, wide and quiet; it keeps to a width."

  var text = ""
  var caption = Caption(size: 0.0125, tracking: 420)

  public static let parameters: [Parameter<Tagline>] =
    [.init("tagline", \.text, .text, required: true, "What is set; a line break begins a line.")]
    + including(\.caption)

  public static let sampleValues = ["tagline": "SOME TAPES WON'T REWIND", "size": "0.05"]

  public static var placement: Placement {
    var placement = Placement()
    placement.at = Point(0.5, 0.8775)
    return placement
  }

  public init() {}

  public var looks: [LayerLook] { caption.look.looks }

  public func prepare(in context: LayerContext) throws -> any Painter {
    let row = try caption.row(text, parameter: Tagline.name, in: context)
    return try caption.painter([(row, .zero, 1)], in: context)
  }
}
