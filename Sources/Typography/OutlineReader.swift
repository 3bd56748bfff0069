import CFreeType
import Outline
import Raster
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A font file in memory, at one address as long as the object lives.
final class FontBytes: Sendable {
  nonisolated(unsafe) let buffer: UnsafeRawBufferPointer

  init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    copy.copyBytes(from: bytes)
    buffer = UnsafeRawBufferPointer(copy)
  }

  deinit { buffer.deallocate() }
}

/// Reads glyph outlines with FreeType, unscaled and unhinted.
///
/// Each reader owns a FreeType library, for one must not be used from two threads at a time; a lock around
/// the reader is then all that is needed.
final class OutlineReader: Sendable {
  let unitsPerEm: Double
  let glyphCount: Int
  private let file: String
  private let state: Mutex<State>

  private struct State: ~Copyable, @unchecked Sendable {
    let bytes: FontBytes
    let memory: UnsafeMutablePointer<FT_MemoryRec_>
    let library: FT_Library
    let face: FT_Face

    deinit {
      FT_Done_Face(face)
      FT_Done_Library(library)
      memory.deallocate()
    }
  }

  /// No font needs a single table or buffer larger than this, in bytes.
  fileprivate static let maximumAllocation = 256 << 20

  /// The first face of the file.
  init(bytes: FontBytes, file: String) throws(FontError) {
    // FT_Init_FreeType would let the environment (FREETYPE_PROPERTIES) change outlines: the parts it is
    // made of do not.
    let memory = UnsafeMutablePointer<FT_MemoryRec_>.allocate(capacity: 1)
    memory.initialize(
      to: FT_MemoryRec_(
        user: nil,
        alloc: { _, size in (0...OutlineReader.maximumAllocation).contains(size) ? malloc(size) : nil },
        free: { _, block in free(block) },
        realloc: { _, _, size, block in
          (0...OutlineReader.maximumAllocation).contains(size) ? realloc(block, size) : nil
        }))
    var newLibrary: FT_Library?
    guard FT_New_Library(memory, &newLibrary) == 0, let library = newLibrary else {
      memory.deallocate()
      throw .unreadable(file: file, reason: "there is not enough memory")
    }
    FT_Add_Default_Modules(library)
    var newFace: FT_Face?
    let code = FT_New_Memory_Face(
      library, bytes.buffer.baseAddress?.assumingMemoryBound(to: FT_Byte.self), bytes.buffer.count, 0,
      &newFace)
    guard code == 0, let face = newFace else {
      FT_Done_Library(library)
      memory.deallocate()
      throw .corrupt(file: file, detail: "FreeType refuses it (error \(code))")
    }
    let owned = State(bytes: bytes, memory: memory, library: library, face: face)
    let isScalable = face.pointee.face_flags & FT_Long(FT_FACE_FLAG_SCALABLE) != 0
    let units = Int(face.pointee.units_per_EM)
    let count = Int(face.pointee.num_glyphs)
    guard isScalable else {
      throw .noOutlines(file: file, detail: "it holds bitmaps only")
    }
    guard (16...16_384).contains(units) else {
      throw .corrupt(file: file, detail: "its em of \(units) units is not within 16…16384")
    }
    guard count > 0 else { throw .empty(file: file) }
    unitsPerEm = Double(units)
    glyphCount = count
    self.file = file
    state = Mutex(owned)
  }

  /// Closed contours in em units, y downward.
  func outline(of glyph: GlyphID) throws(FontError) -> Path {
    var sink = Sink(unitsPerEm: unitsPerEm)
    let code = state.withLock { state -> FT_Error in
      let code = FT_Load_Glyph(state.face, glyph, FT_Int32(FT_LOAD_NO_SCALE) | FT_Int32(FT_LOAD_NO_BITMAP))
      guard code == 0, let slot = state.face.pointee.glyph else { return code }
      guard slot.pointee.format == FT_GLYPH_FORMAT_OUTLINE else { return 0 }
      var functions = Sink.functions
      return withUnsafeMutablePointer(to: &sink) {
        FT_Outline_Decompose(&slot.pointee.outline, &functions, $0)
      }
    }
    guard code == 0 else {
      throw .corrupt(file: file, detail: "its glyph \(glyph) is damaged (FreeType error \(code))")
    }
    return sink.finished()
  }

  /// Gathers what FreeType's callbacks deliver.
  private struct Sink {
    let unitsPerEm: Double
    var elements: [Path.Element] = []

    init(unitsPerEm: Double) { self.unitsPerEm = unitsPerEm }

    /// FreeType works out the points between two off-curve points of TrueType in whole numbers: in units they would
    /// be off by half of one, which shows in letters of thousands of pixels.
    private static let shift: Int32 = 6

    static let functions = FT_Outline_Funcs_(
      move_to: { to, user in
        Sink.add(user, to) {
          $0.close(); $0.elements.append(.move($1))
        }
      },
      line_to: { to, user in Sink.add(user, to) { $0.elements.append(.line($1)) } },
      conic_to: { control, to, user in
        guard let control else { return 1 }
        let first = control.pointee
        return Sink.add(user, to) { $0.elements.append(.quad($0.point(first), $1)) }
      },
      cubic_to: { control1, control2, to, user in
        guard let control1, let control2 else { return 1 }
        let (first, second) = (control1.pointee, control2.pointee)
        return Sink.add(user, to) { $0.elements.append(.cubic($0.point(first), $0.point(second), $1)) }
      },
      shift: Sink.shift, delta: 0)

    private static func add(
      _ user: UnsafeMutableRawPointer?, _ to: UnsafePointer<FT_Vector>?, _ body: (inout Sink, Point) -> Void
    ) -> Int32 {
      guard let user, let to else { return 1 }
      let sink = user.assumingMemoryBound(to: Sink.self)
      body(&sink.pointee, sink.pointee.point(to.pointee))
      return 0
    }

    func point(_ vector: FT_Vector) -> Point {
      let unit = unitsPerEm * Double(1 << Sink.shift)
      return Point(Double(vector.x) / unit, (0 - Double(vector.y)) / unit)
    }

    /// Every contour of a font is closed, though FreeType does not say so.
    mutating func close() {
      if !elements.isEmpty { elements.append(.close) }
    }

    func finished() -> Path {
      var copy = self
      copy.close()
      return Path(copy.elements)
    }
  }
}
