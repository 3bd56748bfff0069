import CJPEG
import PNGCodec
import Raster

/// A picture from a PNG or JPEG file: upright, and ready to be read as linear light.
///
/// The samples stay as the file codes them, 4 or 8 bytes a pixel; rows become light when they are asked for.
package struct PhotoImage: Sendable {
  package let width, height: Int
  /// 16 if the file has 16 bits a sample.
  package let depth: PNGHeader.Depth
  package let hasAlpha: Bool
  /// Print density, if the file states it and both directions agree.
  package let pixelsPerMeter: Int?
  /// What is wrong with the embedded profile, which therefore is not applied; nil if nothing is.
  package let profileProblem: String?
  /// What else is worth knowing about the file: damage that was read past, colors that are taken for others.
  package let warnings: [String]
  /// The most that decoding took at a time beyond the samples that are kept, bytes.
  package let decodingBytes: Int
  /// The most light that a channel of the file can hold.
  package let peak: Float

  private let samples: PixelSamples
  private let conversion: LightConversion

  /// Bytes that are held.
  package var bytes: Int { samples.byteCount }

  init(_ image: PNGImage) throws(PhotoError) {
    (width, height, depth, hasAlpha) = (image.width, image.height, image.depth, image.hasAlpha)
    pixelsPerMeter = image.pixelsPerMeter.flatMap { $0.x == $0.y && $0.x > 0 ? $0.x : nil }
    var warnings = image.warnings
    // libpng drops a profile that it finds wrong, and says so.
    var problem: String?
    if image.profile == nil, let index = warnings.firstIndex(where: { $0.hasPrefix("iCCP") }) {
      problem = "libpng says: \(warnings.remove(at: index))"
    }
    let colorimetry = image.colorimetry
    let fallback = LightConversion(
      depth: image.depth, curve: colorimetry.transfer.decode, primaries: colorimetry.primaries)
    (conversion, profileProblem) = PhotoImage.conversion(
      colorimetry.hasProfile ? image.profile : nil, depth: image.depth, problem: problem, fallback: fallback)
    self.warnings = warnings + colorimetry.compromises
    peak = conversion.peak
    samples = image.samples
    decodingBytes = 0
  }

  init(jpeg bytes: UnsafeRawBufferPointer, limits: PNGLimits) throws(PhotoError) {
    guard let base = bytes.baseAddress,
      let reader = cjpeg_reader_create(base.assumingMemoryBound(to: UInt8.self), bytes.count)
    else { throw .outOfMemory }
    defer { cjpeg_reader_destroy(reader) }
    func check(_ status: CJPEGStatus) throws(PhotoError) {
      guard status != CJPEGStatusDone else { return }
      throw PhotoError(status, message: String(cString: cjpeg_reader_message(reader)))
    }
    func bounded(_ limit: Int) -> UInt32 { UInt32(max(0, min(limit, 65_535))) }

    var header = CJPEGHeader()
    let status = cjpeg_reader_header(
      reader, bounded(limits.maxWidth), bounded(limits.maxHeight), UInt64(max(0, limits.maxPixels)), &header)
    if status == CJPEGStatusTooLarge {
      throw .tooLarge(width: Int(header.width), height: Int(header.height), limits: limits)
    }
    try check(status)
    switch header.color {
    case CJPEGColorGray, CJPEGColorRGB: break
    case CJPEGColorCMYK:
      throw .unsupportedJPEG("this JPEG holds inks (CMYK), not light; convert it to RGB first")
    default: throw .unsupportedJPEG("this JPEG holds neither RGB nor gray")
    }
    let segments = JPEGSegments(bytes)
    let work = Int(clamping: header.workBytes)
    guard work <= limits.maxBytes,
      let decoded = PixelSamples(
        width: Int(header.width), height: Int(header.height), depth: .eight, maxBytes: limits.maxBytes - work)
    else { throw .outOfMemory }
    try check(cjpeg_reader_pixels(reader, decoded.bytes))
    guard let upright = decoded.upright(segments.orientation) else { throw .outOfMemory }

    samples = upright
    (width, height, depth, hasAlpha) = (upright.width, upright.height, .eight, false)
    pixelsPerMeter = segments.pixelsPerMeter
    let fallback = LightConversion(depth: .eight, curve: PNGTransfer.sRGB.decode, primaries: nil)
    (conversion, profileProblem) = PhotoImage.conversion(
      segments.profile, depth: .eight, problem: segments.profileProblem, fallback: fallback)
    peak = conversion.peak
    let warning = String(cString: cjpeg_reader_warning(reader))
    warnings = warning.isEmpty ? [] : [warning]
    decodingBytes = max(work, upright === decoded ? 0 : decoded.byteCount) + bytes.count
  }

  /// What an embedded profile makes of the samples; without one, or if it is of no use, `fallback`.
  private static func conversion(
    _ profile: [UInt8]?, depth: PNGHeader.Depth, problem: String?, fallback: LightConversion
  ) -> (LightConversion, problem: String?) {
    guard problem == nil, let profile else { return (fallback, problem) }
    do {
      return (try LightConversion(depth: depth, profile: ColorProfile(profile)), nil)
    } catch {
      return (fallback, error.reason)
    }
  }

  // MARK: Light

  /// Writes `row.count` pixels of row `y` from column `x` on, which must lie in the picture: premultiplied linear light.
  /// From any number of threads.
  package func fill(_ row: Row, x: Int, y: Int) {
    conversion.convert(samples, x: x, y: y, into: row)
  }

  /// The picture in linear light, with its top left pixel at (0, 0).
  package func framebuffer(workers: Workers) throws(OutOfMemory) -> Framebuffer {
    let result = try Framebuffer(region: PixelRect(width: width, height: height))
    workers.bands(rows: height, width: width) { rows in
      for y in rows { fill(result.row(y), x: 0, y: y) }
    }
    return result
  }
}
