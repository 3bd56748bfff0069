import Outline
import Raster

/// A single-stroke font in the SVG 1.1 format: its glyphs are the paths of a pen, not outlines.
final class StrokeFont: GlyphSource {
  let unitsPerEm: Double
  let metrics: FaceMetrics
  let family: String
  private let glyphs: [Stroke]
  private let map: [UInt32: GlyphID]
  private let file: String

  private struct Stroke {
    /// In font units.
    var advance: Double
    /// In em.
    var path: Path
  }

  static let maximumSize = 4 << 20
  static let maximumGlyphCount = 65_535

  init(bytes: [UInt8], file: String) throws(FontError) {
    guard bytes.count <= Self.maximumSize else {
      throw .tooLarge(file: file, bytes: bytes.count, limit: Self.maximumSize)
    }
    do {
      let document = try Document(bytes)
      guard !document.glyphs.isEmpty else { throw FontError.empty(file: file) }
      guard document.glyphs.contains(where: { !$0.path.isEmpty }) else {
        throw FontError.noOutlines(file: file, detail: "its glyphs are blank")
      }
      unitsPerEm = document.unitsPerEm
      family = document.family
      glyphs = document.glyphs
      map = document.map
      metrics = document.metrics
      self.file = file
    } catch let failure as XMLTagReader.Failure {
      throw .corrupt(file: file, detail: "line \(failure.line): \(failure.reason)")
    } catch let error as FontError {
      throw error
    } catch {
      throw .corrupt(file: file, detail: "\(error)")
    }
  }

  /// The family's name alone, from the start of a file.
  static func family(in bytes: [UInt8]) -> String? {
    var reader = XMLTagReader(bytes)
    while let tag = try? reader.next() {
      if case .start("font-face", let attributes) = tag { return attributes["font-family"] }
    }
    return nil
  }

  private struct Document {
    var family = ""
    var unitsPerEm = 1000.0
    var ascent = 0.8
    var descent = 0.2
    /// Glyph 0 stands for none.
    var glyphs: [Stroke] = []
    var map: [UInt32: GlyphID] = [:]

    init(_ bytes: [UInt8]) throws(XMLTagReader.Failure) {
      var reader = XMLTagReader(bytes)
      var isFont = false
      var defaultAdvance = 0.0
      while let tag = try reader.next() {
        guard case .start(let name, let attributes) = tag else { continue }
        func number(_ key: String, in range: ClosedRange<Double>) throws(XMLTagReader.Failure) -> Double? {
          guard let text = attributes[key] else { return nil }
          guard let value = Double(text), range.contains(value) else {
            throw reader.failure("\(key)=\"\(text.prefix(40))\" is not a number within bounds")
          }
          return value
        }
        switch name {
        case "font":
          guard !isFont else { throw reader.failure("there is a second font") }
          isFont = true
          defaultAdvance = try number("horiz-adv-x", in: -1e6...1e6) ?? 0
        case "font-face":
          family = attributes["font-family"] ?? ""
          unitsPerEm = try number("units-per-em", in: 16...16_384) ?? 1000
          ascent = try abs(number("ascent", in: -1e6...1e6) ?? unitsPerEm * 0.8) / unitsPerEm
          descent = try abs(number("descent", in: -1e6...1e6) ?? unitsPerEm * 0.2) / unitsPerEm
        case "missing-glyph", "glyph":
          guard isFont else { continue }
          let characters = (attributes["unicode"] ?? "").unicodeScalars
          // The format's ligatures are not read: one glyph, one character.
          guard name == "missing-glyph" || characters.count == 1, glyphs.count < maximumGlyphCount else {
            continue
          }
          if glyphs.isEmpty { glyphs.append(Stroke(advance: defaultAdvance, path: Path())) }
          let advance = try number("horiz-adv-x", in: -1e6...1e6) ?? defaultAdvance
          let path: Path
          do {
            // Font units have y upward.
            path = try Path(svg: attributes["d"] ?? "").transformed(
              by: .scale(1 / unitsPerEm, -1 / unitsPerEm))
          } catch {
            throw reader.failure(error.description)
          }
          guard path.isEmpty || isSane(path.controlBounds) else {
            throw reader.failure("a glyph is larger than 1000 em")
          }
          if name == "missing-glyph" {
            glyphs[0] = Stroke(advance: advance, path: path)
          } else if let scalar = characters.first?.value, map[scalar] == nil {
            map[scalar] = GlyphID(glyphs.count)
            glyphs.append(Stroke(advance: advance, path: path))
          }
        default: continue
        }
      }
      guard isFont else { throw reader.failure("there is no font element") }
    }

    /// Keeps absurd coordinates, and those that overflowed, from reaching the sums of a layout.
    private func isSane(_ box: Rect) -> Bool {
      !box.isNull && max(abs(box.minX), abs(box.minY), abs(box.maxX), abs(box.maxY)) <= 1000
    }

    /// Cap and x-height as drawn: the files themselves state the same made-up numbers in every font.
    var metrics: FaceMetrics {
      func height(of character: Unicode.Scalar) -> Double? {
        guard let glyph = map[character.value], case let box = glyphs[Int(glyph)].path.bounds, !box.isNull,
          box.minY < 0
        else { return nil }
        return -box.minY
      }
      return FaceMetrics(
        ascent: ascent, descent: descent, capHeight: height(of: "H") ?? ascent * 0.8,
        xHeight: height(of: "x") ?? ascent * 0.5)
    }
  }

  var glyphCount: Int { glyphs.count }
  var hasVerticalMetrics: Bool { false }
  func features(of script: Script) -> [FontFeature] { [] }

  /// Typographic characters that these fonts lack, and what stands in for them.
  private static func substitute(for scalar: UInt32) -> [UInt32]? {
    switch scalar {
    case 0x2018, 0x2019, 0x201A, 0x201B, 0x2032, 0x02B9, 0x02BC: [0x27]
    case 0x201C, 0x201D, 0x201E, 0x201F, 0x2033: [0x22]
    case 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212: [0x2D]
    case 0x2026: [0x2E, 0x2E, 0x2E]
    case 0x00A0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: [0x20]
    default: nil
    }
  }

  private func glyphs(for scalar: UInt32) -> [GlyphID]? {
    if let glyph = map[scalar] { return [glyph] }
    guard let substitute = Self.substitute(for: scalar) else { return nil }
    let found = substitute.compactMap { map[$0] }
    return found.count == substitute.count ? found : nil
  }

  func covers(_ scalar: UInt32) -> Bool { glyphs(for: scalar) != nil }

  func characters() -> [Unicode.Scalar] { map.keys.sorted().compactMap { Unicode.Scalar($0) } }

  func outline(of glyph: GlyphID) throws(FontError) -> Path {
    guard glyphs.indices.contains(Int(glyph)) else {
      throw .corrupt(file: file, detail: "it has no glyph \(glyph)")
    }
    return glyphs[Int(glyph)].path
  }

  /// One glyph after another: these fonts have no kerning and no alternates.
  func shape(_ run: ShapingRun) -> [ShapedGlyph] {
    var result: [ShapedGlyph] = []
    var index = run.range.lowerBound
    while index < run.range.upperBound {
      let cluster = index
      var scalar = run.scalars[index]
      index += 1
      while index < run.range.upperBound, let joined = Canonical.composed(scalar, run.scalars[index]) {
        scalar = joined
        index += 1
      }
      if let found = glyphs(for: scalar) {
        for glyph in found { result.append(shaped(glyph, cluster: cluster)) }
      } else if Unicode.Scalar(scalar)?.isIgnorable != true {
        result.append(shaped(0, cluster: cluster))
      }
    }
    return result
  }

  private func shaped(_ glyph: GlyphID, cluster: Int) -> ShapedGlyph {
    ShapedGlyph(glyph: glyph, cluster: cluster, advance: glyphs[Int(glyph)].advance, offsetX: 0, offsetY: 0)
  }
}
