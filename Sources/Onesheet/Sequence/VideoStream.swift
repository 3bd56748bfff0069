import PNGCodec
import Raster

/// Uncompressed video for other programs: YUV4MPEG2, as mjpegtools defined it and ffmpeg, mpv and x264 read it.
///
/// Every pixel has its own chroma (4:4:4); Rec. 709 luma in the range of video (16…235 at 8 bits). The picture's curve
/// is sRGB's, as in its PNG. Not for several threads at once.
public final class VideoStream {
  private let output: OutputFile
  private let width, height: Int
  private let depth: Picture.Encoding.Depth

  /// - Parameters:
  ///   - path: a file, a pipe, or `-` for standard output.
  ///   - rate: frames a second.
  ///   - depth: 8 bits a sample, or 16.
  /// - Throws: ``RenderError``.
  public init(path: String, width: Int, height: Int, rate: Double, depth: Picture.Encoding.Depth = .eight)
    throws
  {
    self.width = width
    self.height = height
    self.depth = depth
    let fraction = FrameRange.fraction(of: rate)
    let format = depth == .eight ? "C444" : "C444p16 XYSCSS=444P16"
    do {
      output = try OutputFile(path: path)
      try write(
        Array(
          "YUV4MPEG2 W\(width) H\(height) F\(fraction.numerator):\(fraction.denominator) Ip A1:1 \(format) XCOLORRANGE=LIMITED\n"
            .utf8))
    } catch {
      throw RenderError(error)
    }
  }

  /// - Throws: ``RenderError``.
  public func append(_ picture: Picture) throws {
    guard picture.width == width, picture.height == height else {
      throw RenderError.cannotWrite(path: output.path, reason: "a frame differs in size from those before")
    }
    do {
      try write(Array("FRAME\n".utf8))
      for plane in picture.videoPlanes(depth) { try write(plane) }
    } catch {
      output.discard()
      throw RenderError(error)
    }
  }

  /// Closes the file and gives it its name.
  ///
  /// - Throws: ``RenderError``.
  public func close() throws {
    do {
      try output.commit()
    } catch {
      throw RenderError(error)
    }
  }

  private func write(_ bytes: [UInt8]) throws(OutputError) {
    // `withUnsafeBytes` does not pass typed errors on.
    try bytes.withUnsafeBytes { buffer in Result { () throws(OutputError) in try output.write(buffer) } }
      .get()
  }
}

extension Picture {
  /// Luma and the two chroma planes, one or two bytes a sample (low byte first).
  func videoPlanes(_ depth: Encoding.Depth) -> [[UInt8]] {
    let count = width * height
    let size = depth == .eight ? 1 : 2
    let planes = (0..<3).map { _ in
      UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, count * size))
    }
    defer { for plane in planes { plane.deallocate() } }
    nonisolated(unsafe) let out = planes
    let finish = Finish(depth: .sixteen, hasAlpha: false, seed: ditherSeed)
    workers.bands(rows: height, width: width) { rows in
      withUnsafeTemporaryAllocation(byteCount: width * 6, alignment: 16) { space in
        guard let base = space.baseAddress else { return }
        for i in rows {
          let y = region.minY + i
          finish.finish(
            row: framebuffer.row(y).dropping(region.minX - framebuffer.region.minX, count: width), y: y,
            x: region.minX, into: base)
          for x in 0..<width {
            func sample(_ channel: Int) -> Float {
              let at = (x * 3 + channel) * 2
              return Float(UInt16(space[at]) << 8 | UInt16(space[at + 1])) * (1 / 65_535)
            }
            let (red, green, blue) = (sample(0), sample(1), sample(2))
            // ITU-R BT.709-6, item 3.
            let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
            let values = (
              16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748
            )
            let at = (i * width + x) * size
            func put(_ plane: Int, _ value: Float) {
              if size == 1 {
                // Dithered by less than half a code, so that slow gradients show no bands.
                let hash = latticeHash(
                  Int32(truncatingIfNeeded: x), Int32(truncatingIfNeeded: y), ditherSeed &+ UInt32(plane))
                let noise = Float(hash >> 8) * 0x1p-24
                out[plane][at] = UInt8(max(0, min(255, (value + 0.9 * (noise - 0.5)).rounded())))
              } else {
                let wide = UInt16(max(0, min(65_535, (value * 256).rounded())))
                out[plane][at] = UInt8(wide & 255)
                out[plane][at + 1] = UInt8(wide >> 8)
              }
            }
            put(0, values.0)
            put(1, values.1)
            put(2, values.2)
          }
        }
      }
    }
    return planes.map { Array($0.prefix(count * size)) }
  }
}
