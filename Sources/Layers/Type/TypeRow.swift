import Catalog
import Outline
import Raster
import Typography

/// A line, or lines of one size, set and measured: its ink, with the first baseline at 0.
struct TypeRow: Sendable {
  let lettering: Lettering
  /// In pixels.
  var em: Double
  /// How wide letters are drawn beside their own shape.
  var stretch: Double
  /// Of all that is inked, without lines about the letters; in pixels.
  let ink: Rect

  init(_ lettering: Lettering, em: Double, stretch: Double = 1) {
    self.lettering = lettering
    self.em = em
    self.stretch = stretch
    let box = TypeRow.ink(of: lettering)
    ink =
      box.isNull
      ? box
      : Rect(
        minX: box.minX * em * stretch, minY: box.minY * em, maxX: box.maxX * em * stretch, maxY: box.maxY * em
      )
  }

  /// The pen of single-stroke fonts, in em.
  static let penWidth = 0.06

  /// In em.
  static func ink(of lettering: Lettering) -> Rect {
    lettering.outlineBox.union(lettering.penStrokes.bounds.expanded(by: penWidth / 2))
  }

  /// - Parameters:
  ///   - origin: where the row's baseline begins, in pixels.
  ///   - number: of the first letter.
  ///   - line: of the first line.
  func letters(at origin: Point, number: Int, line: Int, tolerance: Double) -> [TypeLetter] {
    let map = Affine.scale(stretch, 1).then(.translation(origin.x, origin.y))
    return lettering.letters(em: em, pen: TypeRow.penWidth, tolerance: tolerance / max(em, 1e-9)).map {
      letter in
      var letter = letter
      letter.path = letter.path.transformed(by: map)
      letter.number += number
      letter.line += line
      return letter
    }
  }
}

/// Sets a line so that it keeps to a width: first by tracking, then by stretching, each within its limits.
struct RowFitter {
  let text: String
  /// The parameter that holds the text.
  let parameter: String
  var setting: RowSetting
  var lineSpacing = 1.2
  let context: LayerContext

  private func set(tracking: Double) throws(LayerProblems) -> Lettering {
    try Lettering(text, parameter: parameter, fonts: setting.font, library: context.fonts) { style in
      style.tracking = tracking
      style.alignment = .center
      style.lineSpacing = lineSpacing
      setting.hanzi.apply(to: &style)
    }
  }

  private func width(_ lettering: Lettering) -> Double { TypeRow.ink(of: lettering).width }

  /// The row at its own tracking.
  func natural(em: Double) throws(LayerProblems) -> TypeRow {
    TypeRow(try set(tracking: setting.tracking), em: em)
  }

  /// The size at which the row is as wide as `width` at its own tracking; nil without any ink.
  func size(filling width: Double) throws(LayerProblems) -> Double? {
    let own = self.width(try set(tracking: setting.tracking))
    return own > 0 && width > 0 ? width / own : nil
  }

  /// The row as wide as `width`: as large as that makes it, but no larger than `largest`.
  ///
  /// - Throws: ``LayerProblems`` named `fit` if the limits do not allow it.
  func row(filling width: Double, largest: Double?) throws(LayerProblems) -> TypeRow? {
    guard let free = try size(filling: width) else { return nil }
    guard let largest, free > largest else { return try natural(em: free) }
    let wanted = width / largest
    let most = try set(tracking: setting.trackingLimits[1])
    guard self.width(most) < wanted else {
      return try tracked(from: setting.tracking, to: setting.trackingLimits[1], wide: wanted, em: largest)
    }
    let stretch = wanted / self.width(most)
    guard stretch <= setting.stretchLimits[1] else {
      let reached = setting.stretchLimits[1] * self.width(most) * largest
      throw LayerProblems(
        "fit",
        "'\(excerpt)' is \(share(reached)) of the picture wide at most, not \(share(width)): its size is \(size(largest)), its tracking \(trimmed(setting.trackingLimits[1])), its stretch \(trimmed(setting.stretchLimits[1]))",
        hint:
          "raise 'size' to \(size(largest * width / reached)), or lower 'fit' to \(share(reached)); limits can be widened"
      )
    }
    return TypeRow(most, em: largest, stretch: stretch)
  }

  /// The row at its size, if it is no wider than `width`; otherwise made as narrow as that.
  ///
  /// - Throws: ``LayerProblems`` named `fit` if the limits do not allow it.
  func row(em: Double, within width: Double) throws(LayerProblems) -> TypeRow {
    let own = try set(tracking: setting.tracking)
    guard self.width(own) * em > width else { return TypeRow(own, em: em) }
    let wanted = width / em
    let least = try set(tracking: setting.trackingLimits[0])
    guard self.width(least) > wanted else {
      return try tracked(from: setting.trackingLimits[0], to: setting.tracking, wide: wanted, em: em)
    }
    let stretch = wanted / self.width(least)
    guard stretch >= setting.stretchLimits[0] else {
      let reached = setting.stretchLimits[0] * self.width(least) * em
      throw LayerProblems(
        "fit",
        "'\(excerpt)' is \(share(reached)) of the picture wide at least, more than \(share(width)): its size is \(size(em)), its tracking \(trimmed(setting.trackingLimits[0])), its stretch \(trimmed(setting.stretchLimits[0]))",
        hint:
          "break it into lines, or lower 'size' to \(size(em * width / reached)); limits can be widened")
    }
    return TypeRow(least, em: em, stretch: stretch)
  }

  /// The row as wide as `width` and, if tracking can do that, of this size; otherwise of another size.
  ///
  /// - Parameter tracking: its limits, thousandths of an em.
  func row(matching width: Double, em: Double, tracking: ClosedRange<Double>) throws(LayerProblems)
    -> TypeRow?
  {
    let wanted = width / em
    let (least, most) = (try set(tracking: tracking.lowerBound), try set(tracking: tracking.upperBound))
    guard self.width(least) > 0 else { return nil }
    if self.width(least) >= wanted { return TypeRow(least, em: width / self.width(least)) }
    if self.width(most) <= wanted { return TypeRow(most, em: width / self.width(most)) }
    return try tracked(from: tracking.lowerBound, to: tracking.upperBound, wide: wanted, em: em)
  }

  /// The row at the tracking that makes it `width` em wide. Widths grow with tracking.
  private func tracked(
    from low: Double, to high: Double, wide width: Double, em: Double
  ) throws(LayerProblems) -> TypeRow {
    var (low, high) = (low, high)
    var best = try set(tracking: high)
    // A thousandth of a thousandth is far below a pixel.
    while high - low > 1e-3 {
      let middle = (low + high) / 2
      let lettering = try set(tracking: middle)
      if self.width(lettering) < width {
        low = middle
      } else {
        (high, best) = (middle, lettering)
      }
    }
    // What is left, and steps where ligatures go, is less than the eye sees.
    return TypeRow(best, em: em, stretch: width / max(1e-9, self.width(best)))
  }

  // MARK: Figures

  private var excerpt: String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " / ")
    return line.count > 28 ? line.prefix(27) + "…" : line
  }

  private func share(_ pixels: Double) -> String {
    rounded(pixels / Double(max(1, context.geometry.trimWidth)))
  }

  private func size(_ pixels: Double) -> String {
    rounded(pixels / Double(max(1, context.geometry.trimHeight)))
  }

  /// To three digits.
  private func rounded(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return trimmed(value) }
    var scale = 1.0
    while value * scale < 100, scale < 1e9 { scale *= 10 }
    return trimmed((value * scale).rounded() / scale)
  }
}
