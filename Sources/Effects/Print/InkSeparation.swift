import CVector
import Catalog
import Raster

/// How much of each ink makes a color: for up to four inks of any colors, on paper of any color.
///
/// Inks are filters: each takes its share of the light, and where dots overlap, one after the other. Dots of several
/// screens overlap as chance has it, so that the mean of inks i with areas aᵢ and transmittances Tᵢ is the paper's color
/// times ∏ (1 − aᵢ (1 − Tᵢ)) (Demichel 1924; Neugebauer 1937).
struct InkSeparation: Sendable {
  /// Entries along a side of the table of colors.
  static let count = 17

  /// Light that each ink lets through, at most 1, and that the paper throws back.
  let inks: [SIMD3<Float>]
  let stock: SIMD3<Float>
  /// Areas for colors beside the paper's, whose roots are evenly spaced, four floats each; see ``Tetrahedra``.
  let areas: [Float]

  /// - Parameters:
  ///   - inks: one to four.
  ///   - black: whether the last of four inks is laid down in place of what is gray in the other three.
  init(inks: [LinearColor], stock: LinearColor, black: Bool = false) {
    func bounded(_ color: LinearColor, _ low: Double) -> SIMD3<Double> {
      func part(_ x: Double) -> Double { x.isFinite ? max(low, min(1, x)) : 1 }
      return SIMD3(part(color.red), part(color.green), part(color.blue))
    }
    let paper = bounded(stock, 0.02)
    // No ink is opaque; and one that takes nothing could not be told from none.
    let filters = inks.prefix(4).map { bounded($0, 0.004) }
    self.inks = filters.map { SIMD3<Float>($0) }
    self.stock = SIMD3<Float>(paper)
    let n = InkSeparation.count
    var areas = [Float](repeating: 0, count: 4 * n * n * n)
    var start = [Double](repeating: 0.3, count: filters.count)
    for b in 0..<n {
      for g in 0..<n {
        // Along a row each color is close to the last one, and so are its areas.
        for r in 0..<n {
          let root = SIMD3(Double(r), Double(g), Double(b)) / Double(n - 1)
          start = InkSeparation.solve(root * root, filters, from: start, black: black && filters.count == 4)
          let entry = 4 * ((b * n + g) * n + r)
          for (i, area) in start.enumerated() { areas[entry + i] = Float(area) }
        }
      }
    }
    self.areas = areas
  }

  /// Areas whose mean color looks most like `due`: coordinate descent on the difference of roots.
  private static func solve(
    _ due: SIMD3<Double>, _ filters: [SIMD3<Double>], from start: [Double], black: Bool
  ) -> [Double] {
    var areas = start
    let one = SIMD3<Double>(1, 1, 1)
    var open = Array(filters.indices)
    if black {
      // The gray that all three would share, but none of it in light and middle tones: black dots in skin are dirt.
      let gray = 1 - max(due.x, max(due.y, due.z)).squareRoot()
      let dark = max(0.0, (gray - 0.35) / 0.65)
      areas[3] = min(1, dark * dark)
      if max(due.x, max(due.y, due.z)) <= 1e-9 { areas[3] = 1 }
      open.removeLast()
    }
    // Weights turn differences of light into about those of its root.
    let weight = SIMD3(0.3, 0.6, 0.1) / (due + SIMD3(repeating: 0.02))
    for _ in 0..<24 {
      var change = 0.0
      for i in open {
        var others = one
        for (j, filter) in filters.enumerated() where j != i { others *= one - areas[j] * (one - filter) }
        // The color is a straight line in this area: others − a · slope.
        let slope = others * (one - filters[i])
        let over = slope * slope * weight
        let under = (others - due) * slope * weight
        // A pull towards no ink, so that ways to the same color are told apart.
        let best = (under.sum() - 1e-5) / max(1e-9, over.sum() + 1e-6)
        let area = max(0, min(1, best))
        change = max(change, abs(area - areas[i]))
        areas[i] = area
      }
      if change < 1e-4 { break }
    }
    return areas
  }
}
