import CPNG
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A decoded PNG: straight-alpha RGBA samples as the file codes them, and what it says about them.
///
/// Gray, palette, transparency keys, depths of 1 to 16 bits and interlacing are expanded; nothing is converted.
package struct PNGImage: Sendable {
  package let width, height: Int
  /// 8, or 16 if the file has 16 bits per sample.
  package let depth: PNGHeader.Depth
  /// Whether the file has an alpha channel, or colors that are transparent.
  package let hasAlpha: Bool
  package let colorimetry: PNGColorimetry
  /// The embedded ICC profile; nil if there is none.
  package let profile: [UInt8]?
  /// Print density, if the file states it and its unit is the meter.
  package let pixelsPerMeter: (x: Int, y: Int)?
  package let texts: [PNGText]
  /// Damage that could be read past, in libpng's words.
  package let warnings: [String]
  package let samples: PixelSamples

  /// The four samples of a pixel, 0…65535; a file with 8 bits fills that range (255 becomes 65535).
  package struct Pixel: Hashable, Sendable {
    package var red, green, blue, alpha: UInt16
    package init(red: UInt16, green: UInt16, blue: UInt16, alpha: UInt16) {
      self.red = red
      self.green = green
      self.blue = blue
      self.alpha = alpha
    }
  }

  /// Bytes that the samples take.
  package var bytes: Int { samples.byteCount }

  /// nil outside the picture.
  package subscript(x: Int, y: Int) -> Pixel? {
    guard 0..<width ~= x, 0..<height ~= y else { return nil }
    let first = (y * width + x) * 4
    switch depth {
    case .eight:
      let at = samples.bytes + first
      return Pixel(
        red: UInt16(at[0]) * 257, green: UInt16(at[1]) * 257, blue: UInt16(at[2]) * 257,
        alpha: UInt16(at[3]) * 257)
    case .sixteen:
      let at = samples.words + first
      return Pixel(red: at[0], green: at[1], blue: at[2], alpha: at[3])
    }
  }
}

// MARK: - Reading

extension PNGImage {
  /// Reads a file, or a pipe that somebody writes to already.
  package static func read(contentsOf path: String, limits: PNGLimits = PNGLimits()) throws(PNGError)
    -> PNGImage
  {
    func failure(_ code: Int32) -> PNGError {
      .unreadable(path: path, reason: String(cString: strerror(code)))
    }
    guard !path.utf8.contains(0) else { throw failure(EINVAL) }
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    return try read(descriptor: descriptor, name: path, limits: limits)
  }

  /// Reads from a file that is open, from where it stands; errors call it `name`.
  package static func read(descriptor: Int32, name: String, limits: PNGLimits = PNGLimits()) throws(PNGError)
    -> PNGImage
  {
    guard let reader = cpng_reader_create(nil, 0, descriptor) else { throw .outOfMemory }
    defer { cpng_reader_destroy(reader) }
    return try PNGImage(reader: reader, path: name, limits: limits)
  }

  package static func read(
    bytes: UnsafeRawBufferPointer, limits: PNGLimits = PNGLimits()
  ) throws(PNGError) -> PNGImage {
    // An empty buffer may have no address, which the reader would take for "use the descriptor".
    guard let base = bytes.baseAddress, !bytes.isEmpty else { throw .notPNG }
    guard let reader = cpng_reader_create(base.assumingMemoryBound(to: UInt8.self), bytes.count, -1) else {
      throw .outOfMemory
    }
    defer { cpng_reader_destroy(reader) }
    return try PNGImage(reader: reader, path: "", limits: limits)
  }

  package static func read(bytes: [UInt8], limits: PNGLimits = PNGLimits()) throws(PNGError) -> PNGImage {
    // `withUnsafeBytes` does not pass typed errors on.
    try bytes.withUnsafeBytes { buffer in
      Result { () throws(PNGError) in try read(bytes: buffer, limits: limits) }
    }.get()
  }

  private init(reader: OpaquePointer, path: String, limits: PNGLimits) throws(PNGError) {
    func check(_ status: CPNGStatus) throws(PNGError) {
      if status == CPNGStatusDone { return }
      if status == CPNGStatusUnreadable {
        throw .unreadable(path: path, reason: String(cString: strerror(cpng_reader_errno(reader))))
      }
      throw PNGError(status, message: cpng_reader_message(reader))
    }
    // PNG itself ends at 2³¹ − 1.
    func bounded(_ limit: Int) -> UInt32 { UInt32(max(0, min(limit, Int(Int32.max)))) }

    var header = CPNGHeader()
    let status = cpng_reader_header(
      reader, bounded(limits.maxWidth), bounded(limits.maxHeight), UInt64(max(0, limits.maxPixels)), &header)
    if status == CPNGStatusTooLarge {
      throw .tooLarge(width: Int(header.width), height: Int(header.height), limits: limits)
    }
    try check(status)

    width = Int(header.width)
    height = Int(header.height)
    depth = header.bitDepth == 16 ? .sixteen : .eight
    hasAlpha = header.colorType & 4 != 0 || header.hasTransparency != 0
    var profileLength = 0
    profile = cpng_reader_profile(reader, &profileLength).map {
      Array(UnsafeBufferPointer(start: $0, count: profileLength))
    }
    pixelsPerMeter =
      header.hasDensity != 0 ? (x: Int(header.pixelsPerMeterX), y: Int(header.pixelsPerMeterY)) : nil
    let c = header.chromaticities
    let codes = header.codePoints
    colorimetry = PNGColorimetry(
      codePoints: header.hasCodePoints != 0 ? [codes.0, codes.1, codes.2, codes.3] : nil,
      hasProfile: header.hasProfile != 0, hasSRGB: header.hasSRGB != 0,
      gamma: header.hasGamma != 0 ? header.gamma : nil,
      chromaticities: header.hasChromaticities != 0
        ? PNGChromaticities(white: [c.0, c.1], red: [c.2, c.3], green: [c.4, c.5], blue: [c.6, c.7]) : nil)

    guard
      let samples = PixelSamples(width: width, height: height, depth: depth, maxBytes: limits.maxBytes)
    else { throw .outOfMemory }
    self.samples = samples
    let pixelStatus = cpng_reader_pixels(reader, samples.base)

    texts = (0..<cpng_reader_text_count(reader)).map { index in
      let record = cpng_reader_text(reader, index)
      let bytes = UnsafeRawBufferPointer(start: record.text, count: record.length)
      return PNGText(
        keyword: String(cString: record.keyword),
        text: record.isUTF8 != 0
          ? String(decoding: bytes, as: UTF8.self)
          : String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })))
    }
    warnings = (0..<8).map { String(cString: cpng_reader_warning(reader, $0)) }.filter { !$0.isEmpty }
    try check(pixelStatus)
  }
}

// MARK: - Conversion

extension PNGImage {
  /// The picture in linear light, premultiplied, with its top left pixel at (0, 0).
  ///
  /// Each possible code is converted once, in double precision, and rounded to Float.
  package func framebuffer(workers: Workers) throws(OutOfMemory) -> Framebuffer {
    let result = try Framebuffer(region: PixelRect(width: width, height: height))
    let table = LightTable(depth: depth, curve: colorimetry.transfer.decode)
    workers.bands(rows: height, width: width) { rows in
      for y in rows { table.convert(samples, x: 0, y: y, into: result.row(y)) }
    }
    return result
  }
}
