import Catalog
import Outline
import PNGCodec
import PhotoCodec
import Raster

/// A picture from a PNG or JPEG file.
public struct Image: Layer {
  public static let name = "image"
  public static let summary =
    "A picture from a PNG or JPEG file, filling its box, fitted into it, or repeated as tiles."

  enum Fit: String, CaseIterable, Sendable { case fill, fit, stretch, tile, none }

  var file = ""
  var fit = Fit.fill
  var width: Double?
  var height: Double?
  var size: Double?
  var filter = ImageRaster.Filter.smooth

  public static let parameters: [Parameter<Image>] = [
    .init(
      "image", \.file, .file, required: true,
      "A PNG file, 8 or 16 bits, or a JPEG; its color profile or gamma is heeded."),
    .init(
      "fit", \.fit, .choice,
      "fill covers the box and is cut off, fit lies within it, stretch ignores proportions, tile repeats; "
        + "none takes a pixel of the file for one of the full-size picture."),
    .init(
      "width", \.width, Codec<Double>.width(0...100).optional,
      "Width of the box; without it the picture keeps its proportions."),
    .init(
      "height", \.height, Codec<Double>.length(0...100, suggested: 0.01...1).optional,
      "Height of the box; without width and height the box is the whole picture."),
    .init(
      "size", \.size, Codec<Double>.length(0.0001...100, suggested: 0.01...1).optional,
      "Height of a tile; without it a pixel of the file is one of the full-size picture."),
    .init(
      "filter", \.filter, .choice, "How pixels are enlarged: smooth, or nearest, which leaves them square."),
  ]

  /// A sheet of 27 × 40 inches with bleed at 300 dpi has 100 million pixels. Decoding takes 20 bytes for each
  /// (24 where the file has 16 bits); after that only what the output's pixels can show is kept.
  static let limits = PNGLimits(maxPixels: 120_000_000)

  public init() {}

  public func prepare(in context: LayerContext) throws -> any Painter {
    try checkParameters()
    let image = try PhotoImage.read(contentsOf: file, limits: Image.limits, parameter: "image")
    let layout = Layout(
      self, imageWidth: Double(image.width), imageHeight: Double(image.height), context.geometry)
    let transform = context.transform(of: LayerBox(layout.box))
    let bounds = context.geometry.bounds
    let raster: ImageRaster?
    do {
      raster = try ImageRaster(
        image, placement: layout.placement.then(transform), repeats: fit == .tile, filter: filter,
        bounds: bounds,
        workers: context.workers)
    } catch {
      throw LayerProblems("image", "\(error)")
    }
    guard let raster else { return PainterStack([]) }
    let frame =
      layout.frame.map { Path.rectangle($0).transformed(by: transform) }
      ?? .rectangle(
        Rect(
          minX: Double(bounds.minX), minY: Double(bounds.minY), maxX: Double(bounds.maxX),
          maxY: Double(bounds.maxY)))
    return PaintedCoverage(
      CoverageMask(path: frame, clip: bounds, workers: context.workers), source: raster)
  }

  private func checkParameters() throws {
    var problems: [LayerProblems.Problem] = []
    if fit == .none {
      for (name, isGiven) in [("width", width != nil), ("height", height != nil)] where isGiven {
        problems.append(
          .init(
            name, "'fit: none' keeps the file's own size", hint: "'fit: stretch' gives it the size of its box"
          ))
      }
    }
    if size != nil, fit != .tile {
      problems.append(.init("size", "'size' is the height of a tile", hint: "it needs 'fit: tile'"))
    }
    guard problems.isEmpty else { throw LayerProblems(problems) }
  }
}

extension PhotoImage {
  /// Reads a picture for a layer.
  ///
  /// - Throws: ``LayerProblems`` named by `parameter` if the file cannot be read, or if nobody knows its colors.
  static func read(
    contentsOf file: String, limits: PNGLimits, parameter: String
  ) throws(LayerProblems) -> PhotoImage {
    let image: PhotoImage
    do {
      image = try read(contentsOf: file, limits: limits)
    } catch {
      throw LayerProblems(parameter, "\(error)")
    }
    if let problem = image.profileProblem {
      throw LayerProblems(
        parameter, "the picture's ICC profile cannot be used: \(problem)",
        hint: "save it without a profile, or as sRGB")
    }
    return image
  }
}

extension Image {
  /// Where things lie, in the layer's own pixels.
  struct Layout {
    /// What the anchor refers to.
    var box: Rect
    /// What is seen; nil for everything.
    var frame: Rect?
    /// From the file's pixels.
    var placement: Affine

    init(_ image: Image, imageWidth w: Double, imageHeight h: Double, _ geometry: Geometry) {
      let isWhole = image.width == nil && image.height == nil
      let given = (
        width: image.width.map { geometry.pixels($0) }, height: image.height.map { geometry.pixels($0) }
      )
      let natural = geometry.scale
      var box = Rect(
        minX: 0, minY: 0, maxX: given.width ?? given.height.map { $0 * w / h } ?? Double(geometry.trimWidth),
        maxY: given.height ?? given.width.map { $0 * h / w } ?? Double(geometry.trimHeight))
      // A picture that covers the sheet covers what will be cut off, too.
      let covered = isWhole ? box.expanded(by: Double(geometry.bleed)) : box
      let stretch = Point(covered.width / w, covered.height / h)

      /// In the middle of `target`.
      func centered(_ x: Double, _ y: Double, in target: Rect) -> (Affine, Rect) {
        let left = target.minX + (target.width - w * x) / 2
        let top = target.minY + (target.height - h * y) / 2
        return (
          Affine(a: x, b: 0, c: 0, d: y, tx: left, ty: top),
          Rect(minX: left, minY: top, maxX: left + w * x, maxY: top + h * y)
        )
      }
      switch image.fit {
      case .fill:
        let k = max(stretch.x, stretch.y)
        placement = centered(k, k, in: covered).0
        frame = covered
      case .fit:
        let k = min(box.width / w, box.height / h)
        (placement, frame) = centered(k, k, in: box)
      case .stretch:
        placement = centered(stretch.x, stretch.y, in: covered).0
        frame = covered
      case .tile:
        let k = image.size.map { geometry.pixels($0) / h } ?? natural
        placement = .scale(k, k)
        frame = isWhole ? nil : box
      case .none:
        box = Rect(minX: 0, minY: 0, maxX: w * natural, maxY: h * natural)
        placement = .scale(natural, natural)
        frame = box
      }
      self.box = box
    }
  }
}
