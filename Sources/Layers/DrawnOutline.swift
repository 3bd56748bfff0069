import Catalog
import Markup
import Outline
import Raster

/// Outlines as a preset gives them: SVG path data, or an SVG file, whole or a part of it.
///
/// Wherever path data may stand, a drawing may: `skyline.svg`, or `skyline.svg#towers` for the part with that id.
package struct DrawnOutline: Hashable, Sendable {
  package var path: Path
  /// Which parts are inside, as a drawing says it; path data says nothing.
  package var rule = FillRule.nonZero
  /// The sheet of a drawing: what is as high as the picture. nil for path data, which counts in shares of its height.
  package var sheet: Rect?
  /// As it was written, if short.
  var text = "path data"

  package init(path: Path) { self.path = path }

  /// How large a unit of its coordinates is, in shares of the picture's height.
  package var unit: Double { sheet.map { 1 / $0.height } ?? 1 }
}

extension Form {
  /// What ``Codec/outline`` reads.
  static let outline = Form.structure("SVG path data, or a drawing: skyline.svg, skyline.svg#towers")
}

extension Codec where Value == DrawnOutline {
  package static var outline: Codec<DrawnOutline> {
    Codec(
      form: .outline,
      still: { node, reader in
        guard let node = reader.resolved(node), let text = reader.text(node) else { return nil }
        return reader.outline(text, at: node.place)
      }, text: { $0.text })
  }
}

extension Reader {
  static let drawingHint = "drawings are SVG files: skyline.svg, or skyline.svg#towers for a part"

  /// Whether a text names a drawing.
  static func isDrawing(_ text: String) -> Bool { splitDrawing(text) != nil }

  private static func splitDrawing(_ text: String) -> (file: String, part: String?)? {
    let text = text.trimmed
    var file = text
    var part: String?
    if let mark = text.lastIndex(of: "#") {
      file = String(text[..<mark])
      part = String(text[text.index(after: mark)...])
    }
    return file.lowercased().hasSuffix(".svg") ? (file, part) : nil
  }

  /// Path data, or what a text names of a drawing; nil if it was complained of.
  mutating func outline(_ text: String, at place: Place) -> DrawnOutline? {
    if let (file, part) = Reader.splitDrawing(text) { return drawing(file, part: part, at: place) }
    do throws(PathDataError) {
      return DrawnOutline(path: try Path(svg: text))
    } catch {
      self.error(
        "\(error)", at: place,
        hint: text.contains("#") || text.contains(".") && !text.contains(where: { $0.isWhitespace })
          ? Reader.drawingHint : nil)
      return nil
    }
  }

  private mutating func drawing(_ name: String, part: String?, at place: Place) -> DrawnOutline? {
    guard let path = file(name, at: place) else { return nil }
    let file = files.contents(of: path) { DrawingFile(path: $0) }
    let folder = place.source.folder ?? "."
    let shown = name.hasPrefix("/") || folder == "." ? name : folder + "/" + name
    do throws(SVGDrawing.Problem) {
      let drawing = try file.drawing.get()
      if let part, !drawing.has(part: part) {
        let names = drawing.partNames
        let shownNames = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " …" : "")
        error(
          "'\(name)' has no part \(Diagnostic.quote(part))", at: place,
          hint: nearest(part, among: names).map { "did you mean '\($0)'?" }
            ?? (names.isEmpty
              ? "nothing in it has an id; without '#' the whole drawing is taken"
              : "its parts: \(shownNames)"))
        return nil
      }
      let (outline, rule) = try drawing.outline(of: part)
      var result = DrawnOutline(path: outline)
      result.rule = rule
      result.sheet = drawing.sheet
      result.text = part.map { "\(name)#\($0)" } ?? name
      return result
    } catch {
      guard let offset = error.offset, let place = file.place(of: offset, name: shown) else {
        self.error("cannot use '\(shown)': \(error.message)", at: place, hint: error.hint)
        return nil
      }
      add([.error(error.message, at: place, hint: error.hint)])
      return nil
    }
  }
}

/// An SVG file that was read, and its text for complaints.
private struct DrawingFile: Sendable {
  let drawing: Result<SVGDrawing, SVGDrawing.Problem>
  private let bytes: [UInt8]

  init(path: String) {
    guard let bytes = FileAccess.bytes(of: path, limit: SVGDrawing.maximumSize) else {
      self.bytes = []
      drawing = .failure(.unreadable)
      return
    }
    self.bytes = bytes
    do throws(SVGDrawing.Problem) {
      drawing = .success(try SVGDrawing(bytes))
    } catch {
      drawing = .failure(error)
    }
  }

  func place(of offset: Int, name: String) -> Place? {
    guard offset <= bytes.count else { return nil }
    let start = bytes[..<offset].lastIndex(of: 10).map { $0 + 1 } ?? 0
    let line = 1 + bytes[..<offset].count { $0 == 10 }
    // A byte order mark is no character of the first line.
    let first = start == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : start
    let column = 1 + String(decoding: bytes[min(first, offset)..<offset], as: UTF8.self).count
    return Place(
      source: Source(name: name, text: String(decoding: bytes, as: UTF8.self)), line: line, column: column,
      length: 1)
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while let c = text.first, c.isWhitespace { text = text.dropFirst() }
    while let c = text.last, c.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}
