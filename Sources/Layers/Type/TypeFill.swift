import Catalog
import Markup
import Outline
import PNGCodec
import PhotoCodec
import Raster

/// What letters are filled with.
enum TypeFill: Hashable, Sendable {
  case paint(Paint)
  case chrome(Chrome)
  /// A picture file, laid over the ink so that it covers it.
  case image(String)
  /// Another layer of the preset, seen through the letters where it lies.
  case layer(String)

  static func color(_ color: LinearColor) -> TypeFill { .paint(.color(color)) }
}

extension Codec where Value == TypeFill {
  /// A color, a gradient, `{chrome: dusk}`, `{image: FILE}` or `{layer: ID}`.
  static var fill: Codec<TypeFill> {
    Codec(
      form: .fill(chrome: Chrome.Style.allCases.map { $0.rawValue }), read: { $1.fill($0) }, text: { $0.text }
    )
  }
}

extension Reader {
  fileprivate mutating func fill(_ node: Node) -> (@Sendable (Moment) -> TypeFill)? {
    guard let node = resolved(node) else { return nil }
    if let style = node.value(forKey: Chrome.key) {
      guard let chrome = chrome(node, style: style) else { return nil }
      return { .chrome(chrome($0)) }
    }
    if node.pair(forKey: "image") != nil {
      guard let file = fields(node, required: ["image"], of: "an image as a fill")?["image"],
        let name = text(file), let path = self.file(name, at: file.place)
      else { return nil }
      return { _ in .image(path) }
    }
    if node.pair(forKey: "layer") != nil {
      guard let target = fields(node, required: ["layer"], of: "a layer as a fill")?["layer"],
        let id = layerID(target)
      else { return nil }
      return { _ in .layer(id) }
    }
    guard let paint = paint(node) else { return nil }
    return { .paint(paint($0)) }
  }
}

extension TypeFill {
  /// More than that no letters can show; the same as of pictures on cards.
  private static let limits = PNGLimits(maxPixels: 40_000_000)

  /// As a preset would write it.
  fileprivate var text: String {
    switch self {
    case .paint(let paint): Codec<Paint>.paint.text(paint)
    case .chrome(let chrome): "{chrome: \(chrome.style.rawValue)}"
    case .image(let file): "{image: \"\(file)\"}"
    case .layer(let id): "{layer: \(id)}"
    }
  }

  /// What the fill looks like from afar.
  var meanColor: LinearColor {
    switch self {
    case .paint(let paint): paint.meanColor
    case .chrome(let chrome): chrome.meanColor
    case .image, .layer: .white
    }
  }

  /// The picture that fills the letters, laid over `box` so that it covers it; nil for other fills, and where it is
  /// flattened to nothing.
  func picture(over box: Rect, _ transform: Affine, in context: LayerContext) throws -> (any PixelSource)? {
    guard case .image(let file) = self else { return nil }
    let image = try PhotoImage.read(contentsOf: file, limits: TypeFill.limits, parameter: "color")
    let (width, height) = (Double(max(1, image.width)), Double(max(1, image.height)))
    let k = max(box.width / width, box.height / height)
    let placement = Affine.scale(k, k)
      .then(
        .translation(
          (box.minX + box.maxX - width * k) / 2, (box.minY + box.maxY - height * k) / 2)
      ).then(transform)
    do {
      return try ImageRaster(
        image, placement: placement, repeats: false, filter: .smooth, bounds: context.geometry.bounds,
        workers: context.workers)
    } catch let error as OutOfMemory {
      throw LayerProblems("color", "\(error)")
    }
  }
}
