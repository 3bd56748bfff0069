import Catalog
import Markup
import PNGCodec
import Raster
import Synchronization

/// A rendered picture, or a part of one: linear light, ready to be written as PNG.
public struct Picture: Sendable {
  /// Which file is written.
  public struct Encoding: Sendable, Hashable {
    /// 8 or 16 bits a sample.
    public enum Depth: Int, Sendable, Hashable, CaseIterable { case eight = 8, sixteen = 16 }
    public var depth = Depth.eight
    /// Keeps transparency; without it the picture lies on black.
    public var alpha = false

    public init(depth: Depth = .eight, alpha: Bool = false) {
      self.depth = depth
      self.alpha = alpha
    }
  }

  /// The part of the picture that is shown, in pixels of the whole.
  public let region: PixelRect
  /// The pixels: planar, premultiplied, linear-light Rec. 709; it may reach beyond ``region``.
  public let framebuffer: Framebuffer
  public let geometry: Geometry
  /// Print density, if the file is to state it.
  let pixelsPerMeter: Int?
  /// The records that a file carries: program, preset, seed, time.
  public let records: [(keyword: String, text: String)]
  /// What of the type falls short of the preset's `checks`: warnings with their places.
  public let findings: [Diagnostic]
  let ditherSeed: UInt32
  let workers: Workers

  public var width: Int { region.width }
  public var height: Int { region.height }

  /// The bytes of a PNG file.
  public func pngData(_ encoding: Encoding = Encoding()) throws -> [UInt8] {
    let bytes = Mutex<[UInt8]>([])
    try encode(encoding, progress: nil) { chunk in bytes.withLock { $0.append(contentsOf: chunk) } }
    return bytes.withLock { $0 }
  }

  /// Writes a PNG file: to a temporary name first, so that a failure leaves nothing and spoils nothing.
  /// Pipes, devices and `-` (standard output) are written to directly.
  ///
  /// ``PictureFile`` does the same in two steps, so that a path that cannot be written to is found out before a
  /// long rendering.
  ///
  /// - Throws: ``RenderError``.
  public func write(to path: String, _ encoding: Encoding = Encoding(), progress: RenderProgress? = nil)
    throws
  {
    try PictureFile(path: path).write(self, encoding, progress: progress)
  }

  func encode(
    _ encoding: Encoding, progress: RenderProgress?,
    _ write: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let header = PNGHeader(
      width: region.width, height: region.height, color: encoding.alpha ? .rgba : .rgb,
      depth: encoding.depth == .eight ? .eight : .sixteen,
      pixelsPerMeter: pixelsPerMeter,
      texts: records.map { PNGText(keyword: $0.keyword, text: $0.text) })
    let finish = Finish(depth: header.depth, hasAlpha: encoding.alpha, seed: ditherSeed)
    let encoder = try PNGEncoder(header: header)
    let stride = header.bytesPerPixel * region.width
    try encoder.encode(
      workers: workers,
      fill: { rows, target in
        guard let base = target.baseAddress else { return }
        for i in rows {
          let y = region.minY + i
          finish.finish(
            row: framebuffer.row(y).dropping(region.minX - framebuffer.region.minX, count: region.width),
            y: y, x: region.minX, into: base + (i - rows.lowerBound) * stride)
        }
      },
      progress: { [height] rows in progress?.encoded(rows: rows, of: height) },
      write: write)
  }
}

/// Why a preset that is right could not be rendered, or a photo not be read.
public enum RenderError: Error, Sendable, CustomStringConvertible {
  /// Bytes that the picture would take, and bytes that may be used.
  case needsMemory(needed: Int, available: Int, width: Int, height: Int)
  case outOfMemory(String)
  /// A layer came out as light that is infinite or no number.
  case notFinite(layer: String)
  /// The part of the picture that was asked for is not in the picture.
  case regionOutside(PixelRect, width: Int, height: Int)
  case cannotWrite(path: String, reason: String)
  /// A photo is not there, or may not be read.
  case cannotRead(path: String, reason: String)
  /// A photo is damaged, or no picture at all.
  case wrongPhoto(path: String, reason: String)
  /// Whoever read the pipe that the picture was written to has gone.
  case readerGone(path: String)

  public var description: String {
    switch self {
    case .needsMemory(let needed, let available, let width, let height):
      "a picture of \(width) × \(height) pixels needs \(RenderError.size(needed)) of memory for this preset; "
        + "\(RenderError.size(available)) may be used. Render it smaller with --scale, or a part with --region"
    case .outOfMemory(let what): what
    case .notFinite(let layer):
      "the layer '\(layer)' came out as light that is infinite or no number; nothing is written"
    case .regionOutside(let region, let width, let height):
      "the region \(region) does not lie in the picture of \(width) × \(height) pixels"
    case .cannotWrite(_, let reason), .cannotRead(_, let reason): reason
    case .wrongPhoto(let path, let reason): "\(path): \(reason)"
    case .readerGone(let path): "nobody reads \(path == "-" ? "standard output" : path) any more"
    }
  }

  private static func size(_ bytes: Int) -> String {
    bytes >= 1 << 30
      ? "\(trimmed((Double(bytes) / Double(1 << 30) * 10).rounded() / 10)) GiB"
      : "\((bytes + (1 << 20) - 1) >> 20) MiB"
  }
}
