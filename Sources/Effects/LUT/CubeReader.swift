import Catalog
import Markup

/// Reads `.cube` files (Adobe, "Cube LUT Specification 1.0", 2013).
///
/// Beyond the specification a file may hold curves and a cube, curves first, and ranges as DaVinci Resolve writes them.
struct CubeReader {
  /// Entries of a curve, as specified.
  static let curveSizes = 2...65_536
  /// Entries along a cube's side. The specification ends at 256; 129 are already 35 MB.
  static let cubeSizes = 2...129
  /// Bytes of a file: 129³ lines of 28 characters.
  static let sizeLimit = 64 << 20
  /// No display and no film knows larger numbers.
  private static let largest = 1e6

  private static let keywords = [
    "TITLE", "LUT_1D_SIZE", "LUT_3D_SIZE", "DOMAIN_MIN", "DOMAIN_MAX", "LUT_1D_INPUT_RANGE",
    "LUT_3D_INPUT_RANGE",
  ]

  /// Reads the file at `path`, which diagnostics call `name`.
  static func read(path: String, name: String) -> Result<CubeTable, Diagnostic> {
    guard let bytes = FileAccess.bytes(of: path, limit: sizeLimit) else {
      return .failure(.error("cannot read '\(name)'"))
    }
    return read(bytes, name: name)
  }

  /// Reads the text of a file.
  static func read(_ bytes: [UInt8], name: String) -> Result<CubeTable, Diagnostic> {
    guard bytes.count <= sizeLimit else {
      return .failure(.error("cannot read '\(name)': it is longer than \(sizeLimit >> 20) MiB"))
    }
    var reader = CubeReader(bytes)
    do {
      return .success(try reader.table())
    } catch {
      return .failure(error.diagnostic(bytes, name: name))
    }
  }

  /// What is wrong, and with which bytes.
  private struct Failure: Error {
    var message: String
    var range: Range<Int>
    var hint: String?

    func diagnostic(_ bytes: [UInt8], name: String) -> Diagnostic {
      let source = Source(name: name, text: String(decoding: bytes, as: UTF8.self))
      var line = 1
      var start = 0
      for i in 0..<min(range.lowerBound, bytes.count) {
        let isBreak =
          bytes[i] == 10 || bytes[i] == 13 && !(i + 1 < bytes.count && bytes[i + 1] == 10)
        if isBreak {
          line += 1
          start = i + 1
        }
      }
      // A byte order mark is no character of the first line.
      if start == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
      func characters(_ range: Range<Int>) -> Int {
        range.isEmpty ? 0 : String(decoding: bytes[range], as: UTF8.self).count
      }
      let low = max(start, min(range.lowerBound, bytes.count))
      let high = max(low, min(range.upperBound, bytes.count))
      return .error(
        message,
        at: Place(
          source: source, line: line, column: 1 + characters(start..<low), length: characters(low..<high)),
        hint: hint)
    }
  }

  private let bytes: [UInt8]
  private var end = 0
  /// The words of the line that is read.
  private var words: [Range<Int>] = []

  private var result = CubeTable()
  private var curveSize: Int?
  private var cubeSize: Int?
  private var sizePlace = 0..<0
  private var low: SIMD3<Double>?
  private var high: SIMD3<Double>?
  private var curveRange: CubeTable.Domain?
  private var cubeRange: CubeTable.Domain?
  private var entries: [SIMD3<Float>] = []

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The words of the next line that holds any, without its comment; false at the end.
  private mutating func nextLine() -> Bool {
    while end < bytes.count {
      words.removeAll(keepingCapacity: true)
      var start: Int?
      var isComment = false
      while end < bytes.count, bytes[end] != 10, bytes[end] != 13 {
        let byte = bytes[end]
        // A title may hold a number sign; it is cut off elsewhere.
        if byte == 35, !isTitle(start) { isComment = true }
        let isSpace = byte == 32 || byte == 9 || isComment
        if isSpace, let begun = start {
          words.append(begun..<end)
          start = nil
        } else if !isSpace, start == nil, !(end < 3 && bytes.starts(with: [0xEF, 0xBB, 0xBF])) {
          start = end
        }
        end += 1
      }
      if let start { words.append(start..<end) }
      end += 1
      if !words.isEmpty { return true }
    }
    return false
  }

  private func isTitle(_ start: Int?) -> Bool {
    guard let word = words.first else { return false }
    return bytes[word].elementsEqual("TITLE".utf8)
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private func number(_ range: Range<Int>) throws(Failure) -> Double {
    guard range.count <= 64, let value = Double(text(range)), value.isFinite else {
      throw Failure(message: "\(Diagnostic.quote(text(range))) is not a number", range: range)
    }
    guard abs(value) <= CubeReader.largest else {
      throw Failure(message: "\(Diagnostic.quote(text(range))) is too large for a color", range: range)
    }
    return value
  }

  /// The numbers behind a keyword.
  private func numbers(_ count: Int) throws(Failure) -> [Double] {
    guard words.count == count + 1 else {
      let line = (words.first?.lowerBound ?? 0)..<(words.last?.upperBound ?? 0)
      throw Failure(
        message: "\(text(words[0])) takes \(count) numbers, not \(words.count - 1)", range: line)
    }
    var values: [Double] = []
    for word in words.dropFirst() { values.append(try number(word)) }
    return values
  }

  private func size(_ legal: ClosedRange<Int>) throws(Failure) -> Int {
    let value = try numbers(1)[0]
    guard let size = Int(exactly: value), legal.contains(size) else {
      throw Failure(
        message:
          "\(text(words[0])) is \(text(words[1])), and from \(legal.lowerBound) to \(legal.upperBound) is legal",
        range: words[1])
    }
    return size
  }

  private func range() throws(Failure) -> CubeTable.Domain {
    let values = try numbers(2)
    guard values[0] < values[1] else {
      throw Failure(
        message: "a range must end above its beginning", range: words[1].lowerBound..<words[2].upperBound)
    }
    return CubeTable.Domain(low: SIMD3(repeating: values[0]), high: SIMD3(repeating: values[1]))
  }

  private mutating func table() throws(Failure) -> CubeTable {
    if let mark = bytes.firstIndex(of: 0) {
      throw Failure(message: "this is not a text: it holds a NUL character", range: mark..<mark + 1)
    }
    while nextLine() {
      let first = words[0]
      let isNumber = bytes[first.lowerBound] < 58
      if isNumber { try entry() } else { try keyword(text(first), first) }
    }
    return try finished()
  }

  private mutating func keyword(_ name: String, _ place: Range<Int>) throws(Failure) {
    if name != "TITLE", !entries.isEmpty, CubeReader.keywords.contains(name) {
      throw Failure(message: "\(name) must stand before the colors", range: place)
    }
    switch name {
    case "TITLE":
      guard words.count > 1 else { return }
      var title = text(words[1].lowerBound..<(words[words.count - 1].upperBound))
      if let quote = title.firstIndex(of: "\""), let close = title.lastIndex(of: "\""), quote < close {
        title = String(title[title.index(after: quote)..<close])
      }
      result.title = String(title.prefix(1000))
    case "LUT_1D_SIZE":
      guard curveSize == nil else { throw Failure(message: "LUT_1D_SIZE is given twice", range: place) }
      curveSize = try size(CubeReader.curveSizes)
      sizePlace = place
    case "LUT_3D_SIZE":
      guard cubeSize == nil else { throw Failure(message: "LUT_3D_SIZE is given twice", range: place) }
      cubeSize = try size(CubeReader.cubeSizes)
      sizePlace = place
    case "DOMAIN_MIN":
      let v = try numbers(3)
      low = SIMD3(v[0], v[1], v[2])
      try checkDomain(place)
    case "DOMAIN_MAX":
      let v = try numbers(3)
      high = SIMD3(v[0], v[1], v[2])
      try checkDomain(place)
    case "LUT_1D_INPUT_RANGE": curveRange = try range()
    case "LUT_3D_INPUT_RANGE": cubeRange = try range()
    default:
      throw Failure(
        message: "\(Diagnostic.quote(name)) is no keyword of .cube files", range: place,
        hint: nearest(name, among: CubeReader.keywords).map { "did you mean '\($0)'?" }
          ?? "a line holds a keyword, three numbers, or a comment behind #")
    }
  }

  private func checkDomain(_ place: Range<Int>) throws(Failure) {
    let (low, high) = (low ?? SIMD3(0, 0, 0), high ?? SIMD3(1, 1, 1))
    // The other end may still follow.
    guard self.low != nil, self.high != nil else { return }
    guard low.x < high.x, low.y < high.y, low.z < high.z else {
      throw Failure(message: "DOMAIN_MAX must lie above DOMAIN_MIN in every channel", range: place)
    }
  }

  /// Colors that the sizes ask for.
  private var due: Int { (curveSize ?? 0) + (cubeSize.map { $0 * $0 * $0 } ?? 0) }

  private mutating func entry() throws(Failure) {
    let line = words[0].lowerBound..<words[words.count - 1].upperBound
    guard curveSize != nil || cubeSize != nil else {
      throw Failure(
        message: "LUT_1D_SIZE or LUT_3D_SIZE must stand before the first color", range: line)
    }
    if entries.isEmpty {
      // A color takes six characters, if the last line is not ended.
      guard due <= bytes.count / 6 + 1 else {
        throw Failure(
          message: "the file is too short for \(due) colors", range: sizePlace)
      }
      entries.reserveCapacity(due)
    }
    guard words.count == 3 else {
      throw Failure(
        message: "a color has three numbers, not \(words.count)",
        range: words.count > 3 ? words[3].lowerBound..<line.upperBound : line)
    }
    guard entries.count < due else {
      throw Failure(message: "one color more than the \(due) that the size asks for", range: line)
    }
    entries.append(
      SIMD3(Float(try number(words[0])), Float(try number(words[1])), Float(try number(words[2]))))
  }

  private func finished() throws(Failure) -> CubeTable {
    guard curveSize != nil || cubeSize != nil else {
      throw Failure(
        message: "this is not a .cube file: it has neither LUT_1D_SIZE nor LUT_3D_SIZE", range: 0..<1)
    }
    guard entries.count == due else {
      throw Failure(
        message: "the file ends after \(entries.count) of \(due) colors", range: sizePlace)
    }
    let domain = CubeTable.Domain(low: low ?? SIMD3(0, 0, 0), high: high ?? SIMD3(1, 1, 1))
    guard domain.low.x < domain.high.x, domain.low.y < domain.high.y, domain.low.z < domain.high.z else {
      throw Failure(message: "DOMAIN_MAX must lie above DOMAIN_MIN in every channel", range: sizePlace)
    }
    var table = result
    var rest = entries[...]
    if let count = curveSize {
      var values: [Float] = []
      values.reserveCapacity(3 * count + 3)
      for channel in 0..<3 {
        for color in rest.prefix(count) { values.append(color[channel]) }
        values.append(values.last ?? 0)
      }
      table.curves = CubeTable.Curves(count: count, domain: curveRange ?? domain, values: values)
      rest = rest.dropFirst(count)
    }
    if let count = cubeSize {
      var values: [Float] = []
      values.reserveCapacity(4 * rest.count)
      for color in rest { values += [color.x, color.y, color.z, 0] }
      let plain = curveSize == nil ? domain : CubeTable.Domain()
      table.cube = CubeTable.Cube(count: count, domain: cubeRange ?? plain, values: values)
    }
    return table
  }
}

extension Codec where Value == CubeTable {
  /// A `.cube` file that the preset may read.
  static var cube: Codec<CubeTable> {
    Codec(
      form: .file,
      still: { node, reader in
        guard let written = reader.text(node), let path = reader.file(written, at: node.place) else {
          return nil
        }
        let folder = node.place.source.folder ?? "."
        let name = written.hasPrefix("/") || folder == "." ? written : folder + "/" + written
        switch CubeReader.read(path: path, name: name) {
        case .success(let table): return table
        case .failure(let diagnostic):
          reader.add([diagnostic.place == nil ? .error(diagnostic.message, at: node.place) : diagnostic])
          return nil
        }
      }, text: { _ in "" })
  }
}
