import CPNG
import CZlib
import Dispatch
import Raster
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a PNG from rows that are made on demand, in parallel bands.
///
/// Each band is a stretch of the deflate stream that needs nothing of its neighbors (joined by sync flushes);
/// libpng writes the container and its checksums. At most two bands per thread are in memory.
package struct PNGEncoder: Sendable {
  package let header: PNGHeader

  package init(header: PNGHeader) throws(PNGError) {
    if let problem = header.problem { throw .invalidHeader(problem) }
    self.header = header
  }

  /// Encodes the picture; must not be called from inside `Workers.each` or `bands`.
  ///
  /// - Parameters:
  ///   - fill: Writes packed rows (straight alpha, 16-bit samples big-endian) into the buffer, which holds exactly
  ///     the rows asked for. Called from several threads at once.
  ///   - progress: Called with the number of rows written so far, in order.
  ///   - write: Takes the next bytes of the file. Called from several threads, but by one at a time and in order.
  /// - Throws: `PNGError`, or what `fill` or `write` throw; the bytes written so far are then no PNG.
  package func encode(
    workers: Workers,
    fill: @Sendable (_ rows: Range<Int>, _ into: UnsafeMutableRawBufferPointer) throws -> Void,
    progress: (@Sendable (_ rowsWritten: Int) -> Void)? = nil,
    write: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let plan = BandPlan(header: header)
    let threads = min(workers.count, plan.count)
    let container = try Container(header: header, write: write)
    let line = try AssemblyLine(plan: plan, threads: threads, container: container, progress: progress)
    try container.start()
    workers.each(threads) { _ in line.work(fill) }
    try line.finish()
    try container.end()
  }
}

/// The bands in work and their way into the file.
///
/// Bands are taken in order, and no more are in work than there are slots; the lowest one not yet written always
/// belongs to a thread that does not wait, so the line cannot come to a halt.
private final class AssemblyLine: Sendable {
  private struct State {
    var taken = 0
    var written = 0
    var isWriting = false
    var ready: [Int: BandCoder.Coded] = [:]
    var adler = UInt(1)
    var failure: (any Error)?
  }

  private let plan: BandPlan
  private let threads: Int
  private let container: Container
  private let progress: (@Sendable (Int) -> Void)?
  private let state = Mutex(State())
  private let freeSlots = DispatchSemaphore(value: 0)
  private let slots: Slots
  private let coders: Coders

  /// One coder per thread, made beforehand so that want of memory shows before anything is written.
  private final class Coders: @unchecked Sendable {
    private let idle: Mutex<Int>
    private let coders: [BandCoder]
    init(_ coders: [BandCoder]) {
      self.coders = coders
      idle = Mutex(coders.count)
    }
    var bound: Int { coders.first?.bound ?? 0 }
    /// Each coder is handed out once.
    func take() -> BandCoder? {
      idle.withLock { count in
        guard count > 0 else { return nil }
        count -= 1
        return coders[count]
      }
    }
  }

  /// Room for coded bands; a band belongs to the slot of its number modulo their count.
  private final class Slots: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let size, count: Int
    init?(size: Int, count: Int) {
      let (bytes, overflow) = size.multipliedReportingOverflow(by: count)
      guard !overflow, let base = malloc(bytes) else { return nil }
      self.base = base
      self.size = size
      self.count = count
    }
    deinit { free(base) }
    subscript(band: Int) -> UnsafeMutableRawPointer { base + band % count * size }
  }

  /// In front of the first band lies the zlib header, behind the last the checksum.
  private static let headerBytes = 2
  private static let trailerBytes = 4

  init(
    plan: BandPlan, threads: Int, container: Container, progress: (@Sendable (Int) -> Void)?
  ) throws(PNGError) {
    let made = (0..<threads).compactMap { _ in BandCoder(plan: plan) }
    let coders = Coders(made)
    let room = (coders.bound + Self.headerBytes + Self.trailerBytes + 63) / 64 * 64
    guard made.count == threads, let slots = Slots(size: room, count: 2 * threads) else { throw .outOfMemory }
    self.plan = plan
    self.threads = threads
    self.container = container
    self.progress = progress
    self.slots = slots
    self.coders = coders
    for _ in 0..<slots.count { freeSlots.signal() }
  }

  /// Works until all bands are taken or something has failed.
  func work(_ fill: (Range<Int>, UnsafeMutableRawBufferPointer) throws -> Void) {
    guard let coder = coders.take() else { return }
    while true {
      freeSlots.wait()
      let band: Int? = state.withLock { state in
        guard state.failure == nil, state.taken < plan.count else { return nil }
        state.taken += 1
        return state.taken - 1
      }
      guard let band else { return }
      do {
        let output = UnsafeMutableRawBufferPointer(
          start: slots[band] + Self.headerBytes, count: slots.size - Self.headerBytes - Self.trailerBytes)
        guard let coded = try coder.code(band: band, into: output, fill: fill) else {
          throw PNGError.corrupt("zlib refused a band")
        }
        state.withLock { $0.ready[band] = coded }
        try writeReadyBands()
      } catch {
        fail(error)
        return
      }
    }
  }

  private func fail(_ error: any Error) {
    state.withLock { state in
      if state.failure == nil { state.failure = error }
    }
    for _ in 0..<threads { freeSlots.signal() }
  }

  /// Writes what is next in order, unless another thread is doing so; that one then finds this band too.
  private func writeReadyBands() throws {
    while true {
      let next: (band: Int, coded: BandCoder.Coded, adler: UInt)? = state.withLock { state in
        guard !state.isWriting, state.failure == nil,
          let coded = state.ready.removeValue(forKey: state.written)
        else { return nil }
        state.isWriting = true
        let following = UInt(
          adler32_combine(uLong(state.adler), uLong(coded.adler), .init(coded.filteredCount)))
        state.adler = following
        return (state.written, coded, following)
      }
      guard let next else { return }
      var bytes = UnsafeMutableRawBufferPointer(
        start: slots[next.band] + Self.headerBytes, count: next.coded.count)
      if next.band == 0 {
        bytes = UnsafeMutableRawBufferPointer(start: slots[0], count: bytes.count + Self.headerBytes)
        // Deflate, 32 KiB window; fastest level; a multiple of 31.
        bytes[0] = 0x78
        bytes[1] = 0x01
      }
      if next.band == plan.count - 1, let start = bytes.baseAddress {
        bytes = UnsafeMutableRawBufferPointer(start: start, count: bytes.count + Self.trailerBytes)
        for i in 0..<4 { bytes[bytes.count - 1 - i] = UInt8(truncatingIfNeeded: next.adler >> (8 * i)) }
      }
      try container.data(UnsafeRawBufferPointer(bytes))
      progress?(plan.rows(of: next.band).upperBound)
      state.withLock { state in
        state.written += 1
        state.isWriting = false
      }
      freeSlots.signal()
    }
  }

  /// To be called when all threads have come back.
  func finish() throws {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      guard state.written == plan.count else { throw PNGError.corrupt("a band was not written") }
    }
  }
}

/// libpng's writer. Used by one thread at a time.
private final class Container: @unchecked Sendable {
  private final class Sink {
    let write: (UnsafeRawBufferPointer) throws -> Void
    var failure: (any Error)?
    init(write: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.write = write }
  }

  private let header: PNGHeader
  private let sink: Sink
  private let writer: OpaquePointer

  init(header: PNGHeader, write: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    let sink = Sink(write: write)
    let writer = cpng_writer_create(
      { context, bytes, count in
        guard let context else { return 1 }
        let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
        do {
          try sink.write(UnsafeRawBufferPointer(start: bytes, count: count))
          return 0
        } catch {
          sink.failure = error
          return 1
        }
      }, Unmanaged.passUnretained(sink).toOpaque())
    guard let writer else { throw PNGError.outOfMemory }
    self.header = header
    self.sink = sink
    self.writer = writer
  }

  deinit { cpng_writer_destroy(writer) }

  func start() throws {
    for record in header.texts {
      let isLong = record.text.utf8.count > PNGHeader.longestPlainText
      try check(cpng_writer_add_text(writer, record.keyword, record.text, isLong ? 1 : 0))
    }
    var fields = CPNGWriteHeader()
    fields.width = UInt32(header.width)
    fields.height = UInt32(header.height)
    fields.bitDepth = UInt8(header.depth.rawValue)
    fields.colorType =
      switch header.color {
      case .gray: 0
      case .rgb: 2
      case .rgba: 6
      }
    fields.tagsSRGB = 1
    fields.tagsCodePoints = header.writesCodePoints ? 1 : 0
    fields.pixelsPerMeter = UInt32(header.pixelsPerMeter ?? 0)
    try check(cpng_writer_start(writer, &fields))
  }

  func data(_ bytes: UnsafeRawBufferPointer) throws {
    try check(cpng_writer_data(writer, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  func end() throws { try check(cpng_writer_end(writer)) }

  private func check(_ status: CPNGStatus) throws {
    if status == CPNGStatusDone { return }
    if let failure = sink.failure { throw failure }
    throw PNGError(status, message: cpng_writer_message(writer))
  }
}
