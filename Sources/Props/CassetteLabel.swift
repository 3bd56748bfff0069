import CVector
import Layers
import Outline
import Raster
import Typography

/// What is printed and written on a cassette's label, in widths of the cassette.
struct CassetteLabel: Sendable {
  /// Outlines and how black they are, 0…1.
  private var inks: [(path: Path, strength: Float)] = []

  /// What a label says.
  struct Words {
    /// Written by hand, the first larger.
    var name, note: String
    /// Printed: the letter of the side, and the length of the tape.
    var side, number: String
    /// Fonts of the handwriting.
    var fonts: [String]
  }

  /// A label holds a few words; more is a mistake.
  static let mostLetters = 80
  private static let printed = ["League Spartan Bold", "Noto Sans SC Bold"]

  /// - Throws: ``LayerProblems`` by the parameters `label`, `note`, `side`, `number` and `font`.
  init(_ words: Words, library: FontSearch, seed: Seed) throws {
    let texts = [
      ("label", words.name), ("note", words.note), ("side", words.side), ("number", words.number),
    ]
    for (parameter, text) in texts where text.unicodeScalars.count > CassetteLabel.mostLetters {
      throw LayerProblems(
        parameter, "this has \(text.unicodeScalars.count) characters",
        hint: "a cassette's label has room for \(CassetteLabel.mostLetters)")
    }
    // Two rules to write on.
    for v in [0.138, 0.180] {
      add(.rectangle(Rect(minX: -0.335, minY: v, maxX: 0.41, maxY: v + 0.0022)), 0.45)
    }
    try add(
      Printed(words.side, "side", at: Point(-0.412, 0.132), em: 0.085, width: 0.07), library, strength: 0.95)
    try add(
      Printed(words.number, "number", at: Point(0.40, 0.172), em: 0.036, width: 0.15, isFlushRight: true),
      library, strength: 0.9)
    try add(
      Printed("IN", "side", at: Point(-0.290, 0.172), em: 0.021, width: 0.05), library, strength: 0.7)
    try add(
      Printed("OUT", "side", at: Point(-0.225, 0.172), em: 0.021, width: 0.05), library, strength: 0.7)
    for (u, isTicked) in [(-0.315, false), (-0.250, true)] {
      let box = Rect(minX: u, minY: 0.1575, maxX: u + 0.016, maxY: 0.1735)
      add(.rectangle(box), 0.8)
      if !isTicked { add(.rectangle(box.expanded(by: -0.0028)), -1) }
    }
    try write(words, library: library, seed: seed)
  }

  private mutating func add(_ path: Path, _ strength: Float) { inks.append((path, strength)) }

  private struct Printed {
    var text, parameter: String
    var at: Point
    var em, width: Double
    var isFlushRight: Bool

    init(
      _ text: String, _ parameter: String, at: Point, em: Double, width: Double, isFlushRight: Bool = false
    ) {
      self.text = text
      self.parameter = parameter
      self.at = at
      self.em = em
      self.width = width
      self.isFlushRight = isFlushRight
    }
  }

  private mutating func add(_ printed: Printed, _ library: FontSearch, strength: Float) throws {
    guard !printed.text.isEmpty else { return }
    let lettering = try Lettering(
      printed.text, parameter: printed.parameter, fonts: CassetteLabel.printed, library: library
    ) { _ in }
    let box = lettering.outlineBox
    guard !box.isNull, box.width > 0 else { return }
    let em = min(printed.em, printed.width / box.width)
    let left = printed.isFlushRight ? printed.at.x - box.maxX * em : printed.at.x - box.minX * em
    for path in lettering.outlines {
      add(path.transformed(by: .scale(em, em).then(.translation(left, printed.at.y))), strength)
    }
  }

  /// The name and the note as a hand writes them: no two letters on one line.
  private mutating func write(_ words: Words, library: FontSearch, seed: Seed) throws {
    var pen = -0.325
    let end = 0.405
    for (text, parameter, em) in [(words.name, "label", 0.064), (words.note, "note", 0.050)]
    where !text.isEmpty {
      let lettering = try Lettering(text, parameter: parameter, fonts: words.fonts, library: library) {
        $0.tracking = 30
      }
      let box = lettering.outlineBox
      guard !box.isNull, box.width > 0, pen < end - 0.02 else { continue }
      // A long name is written smaller.
      let size = min(em, (end - pen) / box.width)
      let own = seed.derived(parameter)
      for (index, glyph) in lettering.layout.glyphs.enumerated() where !glyph.glyph.path.isEmpty {
        let ink = glyph.inkBox
        guard !ink.isNull else { continue }
        let middle = Point((ink.minX + ink.maxX) / 2, (ink.minY + ink.maxY) / 2)
        let wobble = own.derived(index)
        let map = glyph.transform
          .then(.translation(-middle.x, -middle.y))
          .then(.rotation(degrees: (wobble.unit(0) - 0.5) * 9))
          .then(.scale(0.94 + 0.12 * wobble.unit(1), 0.94 + 0.12 * wobble.unit(2)))
          .then(.translation(middle.x - box.minX, middle.y + (wobble.unit(3) - 0.5) * 0.09))
          .then(.scale(size, size))
          // Lines of handwriting rise.
          .then(.rotation(degrees: -0.7))
          .then(.translation(pen, 0.131))
        add(glyph.glyph.path.transformed(by: map), Float(0.74 + 0.24 * wobble.unit(4)))
      }
      pen += box.width * size + 0.035
    }
  }

  // MARK: Ink as texels

  /// How black each place of the label's upper part is.
  final class Ink: Sendable {
    /// The part of the label that has ink.
    static let box = (minU: Float(-0.43), minV: Float(0.058), maxU: Float(0.43), maxV: Float(0.192))
    let width, height: Int
    private let perWidth: Float
    private let values: [Float]

    /// - Parameter texel: of the picture that the ink is drawn on, in widths.
    init(_ inks: [(path: Path, strength: Float)], texel: Float) {
      // Slightly finer than the picture: it is looked up once more.
      let density = max(16, min(9000, 1.25 / max(1e-5, texel)))
      perWidth = density
      width = Int((Ink.box.maxU - Ink.box.minU) * density) + 2
      height = Int((Ink.box.maxV - Ink.box.minV) * density) + 2
      let bounds = PixelRect(width: width, height: height)
      var values = [Float](repeating: 0, count: width * height)
      var row = [Float](repeating: 0, count: width)
      let toTexels = Affine.translation(-Double(Ink.box.minU), -Double(Ink.box.minV))
        .then(.scale(Double(density), Double(density)))
      for ink in inks {
        let mask = CoverageMask(path: ink.path.transformed(by: toTexels), clip: bounds)
        for y in mask.bounds.rows {
          guard let columns = mask.extent(row: y) else { continue }
          row.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            mask.cover(row: y, columns: columns, into: base)
            for (i, x) in columns.enumerated() {
              let at = y * bounds.width + x
              // Negative ink is paper again.
              values[at] =
                ink.strength < 0 ? values[at] * (1 - base[i]) : max(values[at], base[i] * ink.strength)
            }
          }
        }
      }
      self.values = values
    }

    /// Ink at places of the sound cassette, between texels; 0 outside.
    func sample(
      _ out: UnsafeMutablePointer<Float>, u: UnsafePointer<Float>, v: UnsafePointer<Float>, count: Int
    ) {
      let (width, height, scale) = (width, height, perWidth)
      values.withUnsafeBufferPointer { values in
        for i in 0..<count {
          let x = (u[i] - Ink.box.minU) * scale - 0.5
          let y = (v[i] - Ink.box.minV) * scale - 0.5
          guard x >= 0, y >= 0, x < Float(width - 1), y < Float(height - 1) else {
            out[i] = 0
            continue
          }
          let column = Int(x)
          let line = Int(y)
          let fx = x - Float(column)
          let fy = y - Float(line)
          let at = line * width + column
          let top = values[at] + (values[at + 1] - values[at]) * fx
          let bottom = values[at + width] + (values[at + width + 1] - values[at + width]) * fx
          out[i] = top + (bottom - top) * fy
        }
      }
    }
  }

  /// The ink for a picture whose texels have a size of `texel` widths.
  func ink(texel: Float) -> Ink { Ink(inks, texel: texel) }
}
