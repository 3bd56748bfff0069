import Stage

extension CardCanvas {
  /// Averages squares of `factor` × `factor` texels of a larger drawing of the same picture.
  static func average(_ large: CardCanvas, into small: CardCanvas, factor: Int) {
    var planes = [
      (large.red, small.red), (large.green, small.green), (large.blue, small.blue),
      (large.alpha, small.alpha),
    ]
    if let a = large.surface, let b = small.surface {
      planes += [
        (a.red, b.red), (a.green, b.green), (a.blue, b.blue), (a.slopeX, b.slopeX), (a.slopeY, b.slopeY),
        (a.gloss, b.gloss),
      ]
    }
    let share = 1 / Float(factor * factor)
    for (from, to) in planes {
      for y in 0..<small.height {
        for x in 0..<small.width {
          var sum: Float = 0
          for j in 0..<factor {
            let row = from + (y * factor + j) * large.width + x * factor
            for i in 0..<factor { sum += row[i] }
          }
          to[y * small.width + x] = sum * share
        }
      }
    }
  }
}
