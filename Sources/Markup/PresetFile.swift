import Foundation

extension YAMLReader {
  /// Reads the preset at `path`, which is also its name in diagnostics.
  public static func read(path: String) -> (Node?, [Diagnostic]) {
    switch load(path: path) {
    case .success(let source): read(source)
    case .failure(let diagnostic): (nil, [diagnostic])
    }
  }

  /// Loads the text at `path` as a source. Fails, with a diagnostic that has no place unless it points into the text,
  /// for what cannot be opened, is longer than `sizeLimit`, or is no UTF-8.
  public static func load(path: String) -> Result<Source, Diagnostic> {
    let name = "'\(path)'"
    let bytes: [UInt8]
    switch contents(path: path) {
    case .success(let contents): bytes = contents
    case .failure(let failure): return .failure(.error("cannot read \(name): \(failure.reason)"))
    }
    if bytes.count > sizeLimit {
      return .failure(.error("cannot read \(name): it is longer than \(sizeLimit >> 20) MiB"))
    }
    // Where invalid bytes are shown, they are replacement characters; what precedes them is as it was.
    let text = String(decoding: bytes, as: UTF8.self)
    let source = Source(name: path, text: text, folder: folder(of: path))
    if let refusal = encodingRefusal(of: bytes, source: source) { return .failure(refusal) }
    return .success(source)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private struct ReadFailure: Error { let reason: String }

  /// At most one byte more than `sizeLimit`, so that endless devices end too.
  private static func contents(path: String) -> Result<[UInt8], ReadFailure> {
    // A path ends at a NUL for the system: what follows would be ignored in silence.
    guard !path.isEmpty, !path.utf8.contains(0) else {
      return .failure(ReadFailure(reason: "it names no file"))
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .failure(ReadFailure(reason: reason(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= sizeLimit {
      let wanted = min(chunk.count, sizeLimit + 1 - bytes.count)
      let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, wanted) }
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(ReadFailure(reason: reason(errno)))
      }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return .success(bytes)
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT: return "there is no such file"
    case ENOTDIR: return "a part of its path is not a folder"
    case EACCES, EPERM: return "it may not be read by you"
    case EISDIR: return "it is a folder"
    case ELOOP: return "its symbolic links form a loop"
    case ENAMETOOLONG: return "its name is too long"
    default: return "the system reports error \(code)"
    }
  }

  /// What keeps the bytes of a file from being UTF-8.
  private static func encodingRefusal(of bytes: [UInt8], source: Source) -> Diagnostic? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return .error(
        "this file is in UTF-16", at: Place(source: source, line: 1, column: 1), hint: "save it as UTF-8")
    }
    // A file with a NUL is most likely a picture or a program, whatever else is wrong with it.
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if let offset = bytes.firstIndex(of: 0) {
      let valid = firstInvalidByte(in: bytes[..<offset]) == nil
      let place =
        valid
        ? PlaceFinder(source.text, origin: Origin(source: source)).place(
          fromOffset: offset - mark, to: offset)
        : Place(source: source, line: 1, column: 1)
      return .error("this is not a text: it holds a NUL character", at: place)
    }
    guard let offset = firstInvalidByte(in: bytes[...]) else { return nil }
    let place = PlaceFinder(source.text, origin: Origin(source: source))
      .place(fromOffset: offset - mark, to: offset - mark)
    let byte = String(bytes[offset], radix: 16, uppercase: true)
    return .error(
      "this file is not in UTF-8: byte 0x\(byte) begins no character", at: place, hint: "save it as UTF-8")
  }

  /// The offset of the first byte that does not belong to well-formed UTF-8.
  private static func firstInvalidByte(in bytes: ArraySlice<UInt8>) -> Int? {
    var decoder = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = bytes.startIndex
    while true {
      switch decoder.parseScalar(from: &iterator) {
      case .valid(let scalar): offset += scalar.count
      case .emptyInput: return nil
      case .error: return offset
      }
    }
  }
}
