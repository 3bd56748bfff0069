import CYaml

/// Reads the part of YAML that presets use: mappings, lists and texts, in block and flow style.
///
/// Anchors, aliases, merge keys, tags and several documents in one file are refused, so that a small file cannot
/// stand for a huge tree and every place in the tree is a place in the file. The tree is made from the parser's
/// events, not from a composed document: what is refused is never expanded.
public enum YAMLReader {
  /// The longest text that is read, in bytes.
  public static let sizeLimit = 4 << 20
  /// How deep values may be nested.
  public static let depthLimit = 100
  /// How many values a text may hold, keys included.
  public static let nodeLimit = 200_000
  /// Reading stops after so many errors.
  public static let errorLimit = 100

  /// Reads a whole file's text. The node is nil when the text has no structure to speak of (errors of syntax, limits
  /// exceeded); other errors leave a node, so that more can be found out about the text.
  public static func read(_ source: Source) -> (Node?, [Diagnostic]) {
    read(source.text, origin: Origin(source: source))
  }

  /// Reads the value of an option, `fragment`, that stands in `source` at `line` and `column` (both from 1).
  ///
  /// What begins with a bracket, a brace or a quote is read as YAML. Everything else is a plain scalar as it stands:
  /// a shell has taken the quotes away, so `#ff0000` and `TAPE #4: REWIND` must do without.
  public static func read(
    fragment: String, in source: Source, line: Int = 1, column: Int = 1
  ) -> (Node?, [Diagnostic]) {
    // Bounded, so that places can be added to it.
    let origin = Origin(
      source: source, line: min(max(1, line), sizeLimit), column: min(max(1, column), sizeLimit))
    if let first = fragment.first(where: { !$0.isWhitespace }), "[{\"'".contains(first) {
      return read(fragment, origin: origin)
    }

    if let refusal = refusal(of: fragment, origin: origin) { return (nil, [refusal]) }
    var text = Substring(fragment)
    while text.last?.isWhitespace == true { text.removeLast() }
    while text.first?.isWhitespace == true { text.removeFirst() }
    let start = fragment.utf8.distance(from: fragment.startIndex, to: text.startIndex)
    let place = PlaceFinder(fragment, origin: origin).place(fromOffset: start, to: start + text.utf8.count)
    return (Node(scalar: String(text), quoted: false, place: place), [])
  }

  /// Reads an item of a list that is written on one line of an option, which `source` is: `vhs: ep, tracking: 0.4`, or
  /// `grain` alone. Braces around it may be there or not.
  public static func read(item text: String, in source: Source) -> (Node?, [Diagnostic]) {
    let origin = Origin(source: source)
    guard text.contains(":"), text.first(where: { !$0.isWhitespace }) != "{" else {
      return text.contains(":") ? read(text, origin: origin) : read(fragment: text, in: source)
    }
    // The brace takes a column that the option does not have; the break keeps a comment from hiding the other.
    let (node, problems) = read("{\(text)\n}", origin: Origin(source: source, column: 0))
    return (node, problems.map { $0.within(source) })
  }

  private static func read(_ text: String, origin: Origin) -> (Node?, [Diagnostic]) {
    if let refusal = refusal(of: text, origin: origin) { return (nil, [refusal]) }
    var bytes = Array(text.utf8)
    // An empty buffer may have no address, which the parser insists on.
    if bytes.isEmpty { bytes = [UInt8(ascii: "\n")] }
    let (node, diagnostics) = bytes.withUnsafeBufferPointer { buffer in
      TreeBuilder(buffer, places: PlaceFinder(text, origin: origin)).build()
    }
    if node == nil, diagnostics.isEmpty {
      let isBlank = text.allSatisfy(\.isWhitespace)
      let message =
        isBlank ? "this preset is empty" : "this preset holds nothing but comments"
      return (nil, [.error(message, at: origin.place, hint: "a preset begins with 'onesheet: 1'")])
    }
    return (node, diagnostics)
  }

  /// What makes a text unfit to be read at all: its size, or characters that no text has.
  private static func refusal(of text: String, origin: Origin) -> Diagnostic? {
    if text.utf8.count > sizeLimit { return sizeRefusal(at: origin.place) }
    guard let index = text.unicodeScalars.firstIndex(where: { !isPrintable($0) }) else { return nil }
    let scalar = text.unicodeScalars[index]
    let offset = text.utf8.distance(from: text.startIndex, to: index)
    let place = PlaceFinder(text, origin: origin).place(fromOffset: offset, to: offset)
    if scalar == "\0" {
      return .error("this is not a text: it holds a NUL character", at: place)
    }
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return .error(
      "the control character \(code) cannot stand here", at: place,
      hint: "remove it; in double quotes it can be written as an escape such as \"\\x1B\"")
  }

  static func sizeRefusal(at place: Place?) -> Diagnostic {
    .error("this text is longer than \(sizeLimit >> 20) MiB", at: place)
  }

  /// The characters that YAML 1.2 allows in a text (production `c-printable`).
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
      0x10000...0x10FFFF:
      true
    default: false
    }
  }
}

extension Diagnostic {
  /// The diagnostic with a place behind the source's last line moved to that line's end.
  fileprivate func within(_ source: Source) -> Diagnostic {
    guard let place, place.line > source.lineCount else { return self }
    var moved = self
    let last = source.line(source.lineCount) ?? ""
    moved.place = Place(source: source, line: source.lineCount, column: last.count + 1)
    // The brace that closes the item is not the reader's.
    if moved.message.hasSuffix("not '}'") { moved.message = moved.message.dropLast(3) + "the end" }
    return moved
  }
}

/// Makes a tree out of libyaml's events.
private final class TreeBuilder {
  private typealias Event = yaml_event_t

  /// Reading cannot go on; the reason has been reported.
  private struct Stop: Error {}

  private let bytes: UnsafeBufferPointer<UInt8>
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let places: PlaceFinder
  private var diagnostics: [Diagnostic] = []
  private var nodeCount = 0
  /// Where anchors or tags were reported last.
  private var lastProperties: Int?
  /// The last quoted text that went over several lines, for errors that a missing quote causes further down.
  private var longQuote: Range<Int>?
  /// The scalar read last.
  private var lastScalar: Range<Int>?
  /// The brackets and braces that are open, outermost first.
  private var openBrackets: [Int] = []

  /// `bytes` must outlive the builder.
  init(_ bytes: UnsafeBufferPointer<UInt8>, places: PlaceFinder) {
    self.bytes = bytes
    self.places = places
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deinitialize(count: 1)
    parser.deallocate()
  }

  func build() -> (Node?, [Diagnostic]) {
    guard yaml_parser_initialize(parser) == 1 else {
      return (nil, [.error("there is not enough memory to read this preset")])
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    do {
      return (try document(), diagnostics)
    } catch {
      return (nil, diagnostics)
    }
  }

  // MARK: Events

  /// Parses one event, hands it to `body` and frees it.
  private func withNextEvent<Result>(_ body: (borrowing Event) throws -> Result) throws -> Result {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      try report(syntaxError())
      throw Stop()
    }
    defer { yaml_event_delete(&event) }
    return try body(event)
  }

  private func report(_ diagnostic: Diagnostic) throws {
    diagnostics.append(diagnostic)
    guard diagnostics.count < YAMLReader.errorLimit else {
      diagnostics.append(.error("too many errors: reading stopped here", at: diagnostic.place))
      throw Stop()
    }
  }

  // MARK: Tree

  private func document() throws -> Node? {
    var root: Node?
    while true {
      enum Part { case nothing, start(Int, Int), end }
      let part: Part = try withNextEvent { event in
        switch event.type {
        case YAML_STREAM_END_EVENT: .end
        case YAML_DOCUMENT_START_EVENT: .start(event.start_mark.index, event.end_mark.index)
        default: .nothing
        }
      }
      switch part {
      case .nothing: continue
      case .end: return root
      case .start(let start, let end):
        if root != nil {
          try report(
            .error(
              "a second document begins here: a preset is one document",
              at: places.place(from: start, to: end),
              hint: "put every preset into a file of its own"))
          return root
        }
        root = try self.node(depth: 1)
        // A document without content has an empty scalar.
        if let node = root, node.isNull, node.scalarText == nil, diagnostics.isEmpty { root = nil }
      }
    }
  }

  /// The next node of the document.
  private func node(depth: Int) throws -> Node {
    try withNextEvent { event in
      guard let node = try self.node(from: event, depth: depth, missingAfter: nil) else {
        return Node(scalar: "", quoted: false, place: places.place(from: event.start_mark.index))
      }
      return node
    }
  }

  /// The node that begins with `event`; nil when the event begins no node. `missingAfter` is the index at which a value
  /// that is missing should have stood.
  private func node(from event: borrowing Event, depth: Int, missingAfter: Int?) throws -> Node? {
    let start = event.start_mark.index
    let end = event.end_mark.index
    switch event.type {
    case YAML_ALIAS_EVENT:
      try count(at: start)
      let place = places.place(from: start, to: end)
      let name = places.text(from: start, to: end)
      try report(
        .error(
          "aliases such as \(Diagnostic.quote(name)) are not part of the preset language", at: place,
          hint: "name the value in 'vars' and write $name, or put quotes around a text that begins with '*'"))
      return Node(scalar: "", quoted: false, place: place)
    case YAML_SCALAR_EVENT:
      try count(at: start)
      return try scalar(event, missingAfter: missingAfter)
    case YAML_SEQUENCE_START_EVENT:
      try count(at: start)
      try refuseProperties(at: start)
      return try sequence(event, depth: depth)
    case YAML_MAPPING_START_EVENT:
      try count(at: start)
      try refuseProperties(at: start)
      return try mapping(event, depth: depth)
    default:
      return nil
    }
  }

  private func count(at index: Int) throws {
    nodeCount += 1
    if nodeCount > YAMLReader.nodeLimit {
      try report(
        .error(
          "a preset may not hold more than \(YAMLReader.nodeLimit) values", at: places.place(from: index)))
      throw Stop()
    }
  }

  private func checkDepth(_ depth: Int, at index: Int) throws {
    if depth > YAMLReader.depthLimit {
      try report(
        .error(
          "values are nested deeper than \(YAMLReader.depthLimit) levels", at: places.place(from: index)))
      throw Stop()
    }
  }

  private func scalar(_ event: borrowing Event, missingAfter: Int?) throws -> Node {
    let data = event.data.scalar
    let start = event.start_mark.index
    let end = event.end_mark.index
    let quoted = data.style != YAML_PLAIN_SCALAR_STYLE
    if end > start { lastScalar = start..<end }
    let value = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
    try refuseProperties(at: start)
    if end == start, value.isEmpty {
      // Nothing was written. In flow style the parser's mark is at the bracket or comma that follows, which may be
      // lines away.
      let expected = missingAfter ?? start
      if let comment = places.comment(after: expected) {
        return Node(scalar: "", quoted: false, place: comment.place, comment: comment.text)
      }
      return Node(scalar: "", quoted: false, place: places.place(from: expected))
    }
    if quoted, data.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE || data.style == YAML_SINGLE_QUOTED_SCALAR_STYLE,
      event.end_mark.line > event.start_mark.line
    {
      longQuote = start..<end
    }
    return Node(scalar: value, quoted: quoted, place: places.place(from: start, to: end))
  }

  private func sequence(_ first: borrowing Event, depth: Int) throws -> Node {
    let start = first.start_mark.index
    try checkDepth(depth, at: start)
    var items: [Node] = []
    let isFlow = first.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
    if isFlow { openBrackets.append(start) }
    defer { if isFlow { openBrackets.removeLast() } }
    while true {
      let end: Int? = try withNextEvent { event in
        guard let item = try self.node(from: event, depth: depth + 1, missingAfter: nil) else {
          return event.end_mark.index
        }
        items.append(item)
        return nil
      }
      guard let end else { continue }
      let place = isFlow ? places.place(from: start, to: end) : places.place(from: start)
      return Node(.sequence(items), place: place)
    }
  }

  private func mapping(_ first: borrowing Event, depth: Int) throws -> Node {
    let start = first.start_mark.index
    try checkDepth(depth, at: start)
    let isFlow = first.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
    if isFlow { openBrackets.append(start) }
    defer { if isFlow { openBrackets.removeLast() } }
    var pairs: [Node.Pair] = []
    var firstPlaces: [String: Place] = [:]
    while true {
      enum Step { case key(Node, end: Int), skip(end: Int), end(Int) }
      let step: Step = try withNextEvent { event in
        let end = event.end_mark.index
        guard let node = try self.node(from: event, depth: depth + 1, missingAfter: nil) else {
          return .end(end)
        }
        guard let key = try self.key(node, event) else { return .skip(end: end) }
        return .key(key, end: end)
      }
      let keyEnd: Int
      var key: Node?
      switch step {
      case .end(let end):
        let place =
          isFlow
          ? places.place(from: start, to: end) : pairs.first?.key.place ?? places.place(from: start)
        return Node(.mapping(pairs), place: place)
      case .skip(let end): keyEnd = end
      case .key(let node, let end):
        keyEnd = end
        key = node
      }
      let missingAfter = places.afterColon(following: keyEnd)
      let value = try withNextEvent { event in
        try self.node(from: event, depth: depth + 1, missingAfter: missingAfter)
      }
      guard let key, let name = key.scalarText, let value else { continue }
      if missingAfter == nil, isFlow, !key.isQuoted, let colon = name.firstIndex(of: ":") {
        // `{low:1}` is a name without a value for YAML.
        let value = name[name.index(after: colon)...]
        try report(
          .error(
            "a space is missing after ':'", at: key.place,
            hint: "write \(Diagnostic.quote("\(name[..<colon]): \(value)"))"))
        continue
      }
      if let first = firstPlaces[name] {
        try report(
          .error(
            "\(Diagnostic.quote(name)) is given twice", at: key.place,
            hint: "the first is on line \(first.line)"
              + (first.line == key.place.line ? ", column \(first.column)" : "")))
        continue
      }
      firstPlaces[name] = key.place
      pairs.append(Node.Pair(key: key, value: value))
    }
  }

  /// The node as a key, always a text; nil, with a diagnostic, for what cannot be one.
  private func key(_ node: Node, _ event: borrowing Event) throws -> Node? {
    switch node.content {
    case .scalar(let text, let quoted):
      if text == "<<", !quoted {
        try report(
          .error(
            "merge keys are not part of the preset language", at: node.place,
            hint: "use 'extends' to build on another preset, or 'vars' for values that recur"))
        return nil
      }
      return node
    case .null:
      if event.type == YAML_ALIAS_EVENT { return nil }
      guard let text = node.scalarText else {
        try report(.error("a name is missing before ':'", at: node.place))
        return nil
      }
      return Node(.scalar(text, quoted: false), place: node.place)
    case .sequence, .mapping:
      try report(.error("\(node.kindName) cannot be a name before ':'", at: node.place))
      return nil
    }
  }

  /// Reports anchors and tags before a value. A plain scalar cannot begin with their signs.
  private func refuseProperties(at start: Int) throws {
    // A mapping begins where its first key does: what stands before the key would be reported twice.
    guard start != lastProperties else { return }
    for property in places.properties(at: start) {
      lastProperties = start
      let name = Diagnostic.quote(property.text)
      if property.text.hasPrefix("&") {
        try report(
          .error(
            "anchors such as \(name) are not part of the preset language", at: property.place,
            hint: "name the value in 'vars' and write $name, or put quotes around a text that begins with '&'"
          ))
      } else {
        try report(
          .error(
            "tags such as \(name) are not part of the preset language", at: property.place,
            hint: "leave the tag out, or put quotes around a text that begins with '!'"))
      }
    }
  }

  // MARK: Errors of syntax

  private func syntaxError() -> Diagnostic {
    let parser = parser.pointee
    if parser.error == YAML_MEMORY_ERROR { return .error("there is not enough memory to read this preset") }
    let context = parser.context.map { String(cString: $0) } ?? ""
    let offset = places.offset(ofScalar: parser.problem_mark.index)
    return SyntaxProblem(
      problem: parser.problem.map { String(cString: $0) } ?? "",
      context: context,
      offset: offset,
      // Without a context, its mark is that of an earlier one.
      contextOffset: context.isEmpty ? offset : places.offset(ofScalar: parser.context_mark.index),
      lastScalar: lastScalar.map(offsets),
      longQuote: longQuote.map(offsets),
      openBrackets: openBrackets.map { places.offset(ofScalar: $0) },
      places: places
    ).diagnostic
  }

  private func offsets(of scalars: Range<Int>) -> Range<Int> {
    let start = places.offset(ofScalar: scalars.lowerBound)
    return start..<max(start, places.offset(ofScalar: scalars.upperBound))
  }
}
