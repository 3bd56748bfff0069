import PNGCodec

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension PhotoImage {
  /// The longest JPEG that is read, and the longest file that comes through a pipe, bytes.
  private static let longestFile = 512 << 20

  /// Reads a PNG or a JPEG, which its first bytes tell apart, from a file or a pipe; `-` is standard input.
  package static func read(contentsOf path: String, limits: PNGLimits = PNGLimits()) throws(PhotoError)
    -> PhotoImage
  {
    func failure(_ code: Int32) -> PhotoError {
      .unreadable(path: path == "-" ? "standard input" : path, reason: String(cString: strerror(code)))
    }
    guard !path.utf8.contains(0) else { throw failure(EINVAL) }
    let isInput = path == "-"
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { if !isInput { close(descriptor) } }
    if !isInput { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) }
    var info = stat()
    if fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFDIR { throw failure(EISDIR) }

    var bytes: [UInt8] = []
    /// Appends what comes next, up to `limit` bytes in all.
    func read(upTo limit: Int) throws(PhotoError) {
      var chunk = [UInt8](repeating: 0, count: min(limit, 1 << 16))
      while bytes.count < limit {
        let wanted = min(chunk.count, limit - bytes.count)
        let count = systemRead(descriptor, &chunk, wanted)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw failure(errno) }
        if count == 0 { return }
        bytes += chunk[..<count]
      }
    }
    try read(upTo: 16)
    let format = Format(bytes)
    if format == .png, lseek(descriptor, 0, SEEK_SET) == 0 {
      // Row by row: the file may be larger than its picture.
      return try PhotoImage(
        Result { () throws(PNGError) in
          try PNGImage.read(descriptor: descriptor, name: path, limits: limits)
        }.mapError { PhotoError($0) }.get())
    }
    guard format == .png || format == .jpeg else { throw .unknownFormat(format.name) }
    try read(upTo: longestFile + 1)
    guard bytes.count <= longestFile else { throw .fileTooLarge(limit: longestFile) }
    return try PhotoImage.read(bytes: bytes, limits: limits)
  }

  /// Reads a PNG or a JPEG that is in memory.
  package static func read(bytes: [UInt8], limits: PNGLimits = PNGLimits()) throws(PhotoError) -> PhotoImage {
    switch Format(bytes) {
    case .png:
      return try PhotoImage(
        Result { () throws(PNGError) in
          try PNGImage.read(bytes: bytes, limits: limits)
        }.mapError { PhotoError($0) }.get())
    case .jpeg:
      // `withUnsafeBytes` does not pass typed errors on.
      return try bytes.withUnsafeBytes { buffer in
        Result { () throws(PhotoError) in try PhotoImage(jpeg: buffer, limits: limits) }
      }.get()
    case .other(let name): throw .unknownFormat(name)
    }
  }

  private enum Format: Equatable {
    case png, jpeg
    /// With its name, if it is known.
    case other(String?)

    init(_ bytes: [UInt8]) {
      func begins(_ text: String, at offset: Int = 0) -> Bool {
        bytes.dropFirst(offset).starts(with: Array(text.utf8))
      }
      if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
        self = .png
      } else if bytes.starts(with: [0xff, 0xd8]) {
        self = .jpeg
      } else if begins("GIF8") {
        self = .other("a GIF")
      } else if begins("RIFF"), begins("WEBP", at: 8) {
        self = .other("a WebP")
      } else if begins("II*\0") || begins("MM\0*") {
        self = .other("a TIFF or a raw file of a camera")
      } else if begins("ftyp", at: 4) {
        self = .other(begins("avif", at: 8) ? "an AVIF" : "a HEIC or a film")
      } else if begins("BM") {
        self = .other("a BMP")
      } else if begins("%PDF") {
        self = .other("a PDF")
      } else {
        self = .other(nil)
      }
    }

    var name: String? {
      if case .other(let name) = self { name } else { nil }
    }
  }
}

// `read` would be the function above.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
