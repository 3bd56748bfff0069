import CZlib

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a picture is cut for the coder: bands of equal height that depend on nothing but its width, so that the
/// file is the same for any number of threads.
struct BandPlan: Hashable, Sendable {
  let height, rowBytes, pixelBytes, bandHeight: Int

  init(header: PNGHeader) {
    height = header.height
    pixelBytes = header.bytesPerPixel
    rowBytes = header.width * header.bytesPerPixel
    bandHeight = max(1, Self.bandBytes / rowBytes)
  }

  /// Enough for deflate not to notice the cuts.
  static let bandBytes = 1 << 20

  var count: Int { (height + bandHeight - 1) / bandHeight }
  func rows(of band: Int) -> Range<Int> { band * bandHeight..<min(height, (band + 1) * bandHeight) }
  /// Bytes of the largest band with the filter type in front of each row.
  var filteredBytes: Int { (rowBytes + 1) * min(height, bandHeight) }
}

/// One thread's means of coding: fill, filter, deflate a band of rows.
final class BandCoder {
  struct Coded {
    /// Bytes in the output buffer.
    var count: Int
    /// Adler-32 of the filtered bytes, and their number.
    var adler: UInt
    var filteredCount: Int
  }

  private let plan: BandPlan
  private let pixels, filtered: UnsafeMutableRawPointer
  private let grain, structured: Deflater

  init?(plan: BandPlan) {
    self.plan = plan
    guard let grain = Deflater(level: 1, strategy: Z_RLE),
      let structured = Deflater(level: 6, strategy: Z_DEFAULT_STRATEGY),
      let pixels = malloc(plan.rowBytes * min(plan.height, plan.bandHeight))
    else { return nil }
    guard let filtered = malloc(plan.filteredBytes) else {
      free(pixels)
      return nil
    }
    self.pixels = pixels
    self.filtered = filtered
    self.grain = grain
    self.structured = structured
  }

  deinit {
    free(pixels)
    free(filtered)
  }

  /// Room that any band needs in the output.
  var bound: Int { max(grain.bound(plan.filteredBytes), structured.bound(plan.filteredBytes)) }

  /// nil if zlib fails, which it has no reason to.
  func code(
    band: Int, into output: UnsafeMutableRawBufferPointer,
    fill: (Range<Int>, UnsafeMutableRawBufferPointer) throws -> Void
  ) throws -> Coded? {
    let rows = plan.rows(of: band)
    let source = UnsafeMutableRawBufferPointer(start: pixels, count: rows.count * plan.rowBytes)
    try fill(rows, source)
    let source8 = UnsafePointer(pixels.assumingMemoryBound(to: UInt8.self))
    let target = filtered.assumingMemoryBound(to: UInt8.self)
    let survey = BandSurvey(pixels: source8, rows: rows.count, plan: plan)
    let stride = plan.rowBytes + 1
    for row in 0..<rows.count {
      // The row above belongs to another band and may not exist yet.
      let filter = row == 0 && survey.filter.needsRowAbove ? .sub : survey.filter
      filter.apply(
        to: source8 + row * plan.rowBytes, count: plan.rowBytes, pixelBytes: plan.pixelBytes,
        into: target + row * stride)
    }
    let bytes = UnsafeBufferPointer(start: UnsafePointer(target), count: rows.count * stride)
    let deflater = survey.isNoisy || !structuredPays(bytes) ? grain : structured
    let isLast = rows.upperBound == plan.height
    guard let count = deflater.deflate(bytes, into: output, isLast: isLast) else { return nil }
    return Coded(
      count: count, adler: UInt(adler32(1, bytes.baseAddress, uInt(bytes.count))), filteredCount: bytes.count)
  }

  /// Whether the search for repeated strings saves a third of the bytes: tried on a piece of the band. Flat art
  /// and lettering pass; dithered gradients, where it takes six times as long to save a seventh, do not.
  private func structuredPays(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let sample = 1 << 15
    guard bytes.count > sample else { return true }
    let start = (bytes.count - sample) / 2
    let piece = UnsafeBufferPointer(rebasing: bytes[start..<start + sample])
    return withUnsafeTemporaryAllocation(byteCount: structured.bound(sample), alignment: 16) { space in
      guard let withRuns = grain.deflate(piece, into: space, isLast: true),
        let withStrings = structured.deflate(piece, into: space, isLast: true)
      else { return false }
      return withStrings * 3 < withRuns * 2
    }
  }
}

/// A raw deflate stream that is used again for each band.
private final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>

  init?(level: Int32, strategy: Int32) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Without zlib's wrapper; the large hash and symbol buffer of memory level 9 mean fewer block headers.
    let status = deflateInit2_(
      stream, level, Z_DEFLATED, -15, 9, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func bound(_ bytes: Int) -> Int { Int(deflateBound(stream, uLong(bytes))) + 64 }

  /// Deflates all of `bytes` into a part of a stream that ends on a byte and refers to nothing before it.
  func deflate(
    _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableRawBufferPointer, isLast: Bool
  ) -> Int? {
    guard let to = output.baseAddress, deflateReset(stream) == Z_OK else { return nil }
    let room = min(output.count, Int(UInt32.max))
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    stream.pointee.avail_in = uInt(bytes.count)
    stream.pointee.next_out = to.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = uInt(room)
    let status = CZlib.deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
    guard status == (isLast ? Z_STREAM_END : Z_OK), stream.pointee.avail_in == 0, stream.pointee.avail_out > 0
    else { return nil }
    return room - Int(stream.pointee.avail_out)
  }
}

/// A look at a sample of a band's pixels, from which filter and strategy follow.
private struct BandSurvey {
  let filter: RowFilter
  /// More than four bits of entropy per byte even after the best filter: repeated strings do not happen.
  let isNoisy: Bool

  init(pixels: UnsafePointer<UInt8>, rows: Int, plan: BandPlan) {
    // Up to 12 pieces of up to 2048 bytes, spread over the band along a diagonal.
    let pieces = min(12, max(1, rows - 1))
    let length = min(plan.rowBytes, 2048)
    let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: length + 1)
    defer { scratch.deallocate() }
    var best = (filter: RowFilter.sub, bits: Double.infinity)
    for filter in RowFilter.allCases where rows > 1 || !filter.needsRowAbove {
      var histogram = [Int](repeating: 0, count: 256)
      for piece in 0..<pieces {
        let row = rows > 1 ? 1 + piece * (rows - 1) / pieces : 0
        let free = (plan.rowBytes - length) / plan.pixelBytes
        let start = (pieces > 1 ? free * piece / (pieces - 1) : 0) * plan.pixelBytes
        let at = pixels + row * plan.rowBytes + start
        filter.apply(
          to: at, count: length, pixelBytes: plan.pixelBytes, into: scratch,
          above: rows > 1 ? at - plan.rowBytes : nil)
        // A piece's first pixel has no left neighbor here, and is not typical.
        for i in min(length, plan.pixelBytes)..<length { histogram[Int(scratch[1 + i])] += 1 }
      }
      let bits = Self.entropy(histogram)
      if bits < best.bits - 0.01 { best = (filter, bits) }
    }
    filter = best.filter
    isNoisy = best.bits > 4
  }

  /// Bits per symbol.
  private static func entropy(_ histogram: [Int]) -> Double {
    let total = Double(histogram.reduce(0, +))
    guard total > 0 else { return 0 }
    return histogram.reduce(0) { sum, count in
      count == 0 ? sum : sum - Double(count) / total * log2(Double(count) / total)
    }
  }
}

/// The filters of PNG (third edition, 9.2) that are used here; Average never wins by much. The order is that of
/// preference between equals.
enum RowFilter: UInt8, CaseIterable {
  case sub = 1
  case none = 0
  case up = 2
  case paeth = 4

  var needsRowAbove: Bool { self == .up || self == .paeth }

  /// Writes the filter's type and `count` filtered bytes. The row above lies `count` bytes before `row` unless
  /// stated otherwise.
  func apply(
    to row: UnsafePointer<UInt8>, count: Int, pixelBytes: Int, into target: UnsafeMutablePointer<UInt8>,
    above: UnsafePointer<UInt8>? = nil
  ) {
    target[0] = rawValue
    let to = target + 1
    let first = min(count, pixelBytes)
    switch self {
    case .none:
      to.update(from: row, count: count)
    case .sub:
      to.update(from: row, count: first)
      let left = row - pixelBytes
      var i = first
      while i < count {
        to[i] = row[i] &- left[i]
        i += 1
      }
    case .up:
      let above = above ?? row - count
      var i = 0
      while i < count {
        to[i] = row[i] &- above[i]
        i += 1
      }
    case .paeth:
      let above = above ?? row - count
      for i in 0..<first { to[i] = row[i] &- above[i] }
      let left = row - pixelBytes
      let corner = above - pixelBytes
      var i = first
      while i < count {
        let a = Int16(left[i])
        let b = Int16(above[i])
        let c = Int16(corner[i])
        let pa = abs(b &- c)
        let pb = abs(a &- c)
        let pc = abs(a &+ b &- c &- c)
        let guess = pa <= pb && pa <= pc ? a : (pb <= pc ? b : c)
        to[i] = row[i] &- UInt8(truncatingIfNeeded: guess)
        i += 1
      }
    }
  }
}
