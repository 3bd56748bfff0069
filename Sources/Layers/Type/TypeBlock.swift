import Catalog
import Outline
import Raster
import Typography

/// Set type, ready to be inked: letters in the pixels of their layer.
struct TypeBlock: Sendable {
  var letters: [TypeLetter] = []
  /// What shares of the em count from, in pixels.
  var em: Double
  /// What gradients and pictures are laid over, in pixels.
  var ink: Rect
  /// What the letters say, for proofs.
  var words: [Words] = []

  /// Some of the letters as words.
  struct Words: Sendable {
    var part: SetType.Part
    var text: String
    /// In pixels of the layer.
    var em, capHeight: Double
    /// Indices of ``TypeBlock/letters``.
    var letters: Range<Int>

    init(_ part: SetType.Part, _ lettering: Lettering, em: Double, letters: Range<Int>) {
      self.part = part
      text = lettering.text
      self.em = em
      capHeight = lettering.layout.capHeight(of: lettering.text) * em
      self.letters = letters
    }
  }

  /// The letters with all that lies about them.
  ///
  /// - Parameters:
  ///   - transform: from the layer's own pixels to picture pixels.
  ///   - hasPen: whether a pen of the look's line width may have drawn the letters.
  /// - Throws: ``LayerProblems`` if a fill cannot be had, or if wear is for letters that there are not.
  func painter(
    _ look: TypeLook, _ wear: LetterWear = LetterWear(), _ transform: Affine, hasPen: Bool = false,
    in context: LayerContext
  ) throws -> any Painter {
    try look.check(hasPen: hasPen)
    try wear.check(letters)
    let scale = transform.meanScale
    guard scale > 0, scale.isFinite, !letters.isEmpty else { return PainterStack([]) }
    let press = TypePress(self, look, wear, transform, in: context)
    // Heights: what a layer's width is scaled by does not count.
    let upright = Point(transform.c, transform.d).magnitude
    let type = words.map { words in
      SetType(
        words.part, words.text, em: words.em * upright, capHeight: words.capHeight * upright,
        ink: [press.ink(words.letters)], rim: look.stroke == nil ? [] : [press.rim(words.letters)])
    }
    var under = press.underCoats
    let over = press.sparkles
    if look.knockOut == .group {
      return TypeComposite([.hole(press.letters), .painter(PainterStack(under + press.lines + over))], type)
    }
    if let plate = press.plate { under.append(plate) }
    under += press.lines
    guard look.knockOut == .none else { return PaintedType(PainterStack(under), type) }
    if case .layer(let id) = look.color {
      return TypeComposite([.painter(PainterStack(under)), .layer(id: id, through: press.letters)], type)
    }
    return PaintedType(PainterStack(under + (try press.faces()) + over), type)
  }
}

/// Type of which something is another layer, or a hole.
private struct TypeComposite: CompositePainter, TypePainter {
  let pieces: [PainterPiece]
  let type: [SetType]
  private let stack: PainterStack

  init(_ pieces: [PainterPiece], _ type: [SetType]) {
    self.pieces = pieces
    self.type = type
    stack = PainterStack(pieces.compactMap { if case .painter(let painter) = $0 { painter } else { nil } })
  }

  var bounds: PixelRect { stack.bounds }
  /// That of all pieces: the plan holds them.
  var memory: PainterMemory {
    pieces.reduce(.none) { sum, piece in
      switch piece {
      case .painter(let painter), .layer(_, let painter), .hole(let painter): sum.then(painter.memory)
      }
    }
  }
  var rasterMemory: PainterMemory { stack.rasterMemory }
  func withRasters(workers: Workers) throws -> any Painter { try stack.withRasters(workers: workers) }
  func extent(ofRow y: Int) -> Range<Int>? { stack.extent(ofRow: y) }
  func paint(_ row: Row, x: Int, y: Int) { stack.paint(row, x: x, y: y) }
}
