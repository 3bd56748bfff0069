import Raster

/// Size and height of Chinese beside Latin letters that make both look like one size.
///
/// Chinese characters fill their square and are larger than capitals of the same em. They are scaled so that their
/// ink is a little higher than the Latin letters' and moved so that both have one middle. Latin letters reach from
/// the baseline to the height of capitals, and half as far below as their descenders do if there are any.
package struct HanziMatch: Hashable, Sendable {
  package var scale = 1.0
  /// Upward, in em.
  package var raise = 0.0

  /// Chinese beside letters of the same height looks smaller, since it is of many strokes.
  static let enlargement = 1.04
  /// No face is meant to be changed more than this.
  static let scales = 0.5...1.5

  /// Squares that fill their em as far as the face's characters do.
  private static let references: [Unicode.Scalar] = ["国", "國", "永", "東", "田", "あ", "ア"]

  /// Chinese as large as its em.
  init() {}

  /// What is needed to match, from the faces of a text.
  init(_ text: ItemizedText, faces: [Face]) {
    var hanzi: [Int: Int] = [:]
    var latin: [Int: Int] = [:]
    for cluster in text.clusters where !cluster.isSpace && faces.indices.contains(cluster.face) {
      guard let scalar = Unicode.Scalar(text.scalars[cluster.range.lowerBound]) else { continue }
      if Script(of: scalar).isIdeographic {
        hanzi[cluster.face, default: 0] += 1
      } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        latin[cluster.face, default: 0] += 1
      }
    }
    // A face with both has been matched by its designer.
    guard let square = Self.main(hanzi), let letters = Self.main(latin), square != letters,
      let body = Self.body(of: faces[square])
    else { return }
    let band = LatinBand(text, face: letters, faces: faces)
    guard band.height > 0, body.height > 0 else { return }
    scale = min(
      Self.scales.upperBound, max(Self.scales.lowerBound, band.height * Self.enlargement / body.height))
    raise = band.middle - (body.minY + body.maxY) / -2 * scale
  }

  private static func main(_ counts: [Int: Int]) -> Int? {
    counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
  }

  /// The ink of a face's squares, in em; null for a face without any.
  static func body(of face: Face) -> Rect? {
    var body = Rect.null
    for scalar in references where face.covers(scalar) {
      let run = ShapingRun(scalars: [scalar.value], range: 0..<1, script: Script(of: scalar), features: [:])
      for shaped in face.source.shape(run) {
        if let glyph = try? face.glyph(shaped.glyph) { body = body.union(glyph.inkBox) }
      }
    }
    return body.isNull ? nil : body
  }
}

/// The heights between which Latin letters of a text seem to stand, in em above the baseline.
struct LatinBand: Hashable, Sendable {
  var top: Double
  /// Negative below the baseline.
  var bottom: Double

  var height: Double { top - bottom }
  var middle: Double { (top + bottom) / 2 }

  /// - Parameter face: the one whose letters count.
  init(_ text: ItemizedText, face number: Int, faces: [Face]) {
    let face = faces[number]
    top = face.metrics.capHeight
    bottom = 0
    let descending: Set<Unicode.Scalar> = ["g", "j", "p", "q", "y"]
    var deepest = 0.0
    for scalar in descending where text.uses(scalar, face: number) {
      guard let depth = face.inkBox(of: scalar)?.maxY else { continue }
      deepest = max(deepest, depth)
    }
    // Faces without lower case draw capitals in its place.
    if deepest > 0.05 { bottom = -min(deepest, 0.4) / 2 }
  }
}

extension ItemizedText {
  fileprivate func uses(_ scalar: Unicode.Scalar, face: Int) -> Bool {
    clusters.contains { $0.face == face && scalars[$0.range.lowerBound] == scalar.value }
  }
}

extension Face {
  /// The ink of a character set by itself, in em; nil if the face lacks it or shows nothing.
  func inkBox(of scalar: Unicode.Scalar) -> Rect? {
    guard covers(scalar) else { return nil }
    let run = ShapingRun(scalars: [scalar.value], range: 0..<1, script: Script(of: scalar), features: [:])
    let box = source.shape(run).reduce(Rect.null) { box, shaped in
      (try? glyph(shaped.glyph)).map { box.union($0.inkBox) } ?? box
    }
    return box.isNull ? nil : box
  }
}
