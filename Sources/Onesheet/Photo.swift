import Catalog
import Layers
import Markup
import PNGCodec
import PhotoCodec
import Raster

/// A picture that exists already, from a PNG or JPEG file: effects can be applied to it.
///
/// ```swift
/// let photo = try Photo(path: "photo.jpg")
/// let preset = try Preset(photo: photo, effects: ["vhs: ep, tracking: 0.4", "vignette"])
/// try preset.render().write(to: "out.png", photo.encoding)
/// ```
///
/// It is upright, as its Exif data ask for; its embedded ICC profile, or else its gamma, is heeded.
public struct Photo: Sendable {
  /// The file's name, without its folders.
  public let name: String
  /// What is worth knowing about the file: a profile that cannot be used, damage that was read past.
  public let notes: [Diagnostic]
  let image: PhotoImage

  /// The largest picture that is read: as much as a printed sheet of 27 × 40 inches.
  static let mostPixels = 120_000_000

  /// Reads the file at `path`; `-` is standard input.
  ///
  /// - Throws: ``RenderError/cannotRead(path:reason:)``, ``RenderError/wrongPhoto(path:reason:)`` or
  ///   ``RenderError/outOfMemory(_:)``.
  public init(path: String) throws {
    // Half: what is decoded is drawn into a picture that is larger.
    let limits = PNGLimits(maxPixels: Photo.mostPixels, maxBytes: MemoryLimit.usableBytes / 2)
    do {
      image = try PhotoImage.read(contentsOf: path, limits: limits)
    } catch {
      switch error {
      case .unreadable: throw RenderError.cannotRead(path: path, reason: "\(error)")
      case .outOfMemory: throw RenderError.outOfMemory("\(path): \(error)")
      default: throw RenderError.wrongPhoto(path: path, reason: "\(error)")
      }
    }
    name = path == "-" ? "standard input" : path.split(separator: "/").last.map(String.init) ?? path
    var notes = image.warnings.map { Diagnostic.note("\(path): \($0)") }
    if let problem = image.profileProblem {
      notes.append(
        Diagnostic(
          .warning, "\(path): its ICC profile cannot be used: \(problem)",
          hint: "its colors are taken as if it had none"))
    }
    self.notes = notes
  }

  /// Pixels.
  public var width: Int { image.width }
  public var height: Int { image.height }
  /// What a file must have to hold as much as this one: its depth, and alpha, if it has any.
  public var encoding: Picture.Encoding {
    Picture.Encoding(depth: image.depth == .eight ? .eight : .sixteen, alpha: image.hasAlpha)
  }
  /// Dots per inch, if the file states them.
  public var dpi: Double? { image.pixelsPerMeter.map { Double($0) * 0.0254 } }
}

/// The photo as the one layer of a preset, a pixel of the file for one of the picture.
struct PhotoLayer: Layer {
  static let name = "photo"
  static let summary = "A picture in its own size."
  static let parameters: [Parameter<PhotoLayer>] = []

  private var photo: PhotoImage?

  init() {}
  init(_ photo: Photo) { self.photo = photo.image }

  func prepare(in context: LayerContext) throws -> any Painter {
    guard let photo else { throw LayerProblems(nil, "there is no photo") }
    return PhotoPainter(photo: photo)
  }
}

private struct PhotoPainter: Painter {
  let photo: PhotoImage

  var bounds: PixelRect { PixelRect(width: photo.width, height: photo.height) }
  // What decoding took beside it is gone before the picture is planned.
  var memory: PainterMemory { PainterMemory(held: photo.bytes) }

  func paint(_ row: Row, x: Int, y: Int) { photo.fill(row, x: x, y: y) }
}
