import Layers
import Outline
import Raster

/// How far letters stand out from what surrounds them in a finished picture.
///
/// The picture is looked at on a grid, thirty-two cells to the em: cells that lie in letters, and those around them that
/// do not. Grain and scan lines average out, since luminances are medians.
struct TypeContrast {
  /// Of the letters: the median of their relative luminance, 0…1.
  let letters: Double
  /// Of what surrounds them.
  let surroundings: [Double]

  /// Smaller letters are a few pixels of mixed colors, which tell nothing.
  static let smallestEm = 9.0
  /// Cells of one text: enough for a figure of one digit.
  private static let mostCells = 400_000.0

  /// nil if the letters are too small or lie outside of `region`.
  init?(of type: SetType, in picture: Framebuffer, region: PixelRect, workers: Workers = .standard) {
    guard type.em >= TypeContrast.smallestEm, !type.box.isNull else { return nil }
    // Around letters as wide as a stroke and a half.
    let margin = 0.2 * type.em
    let box = type.box.expanded(by: margin)
    let area = PixelRect(covering: box.minX, box.minY, box.maxX, box.maxY).intersection(
      region.intersection(picture.region))
    guard !area.isEmpty else { return nil }
    let step = max(
      1, Int((type.em / 32).rounded()), Int((Double(area.area) / TypeContrast.mostCells).squareRoot()))
    let columns = (area.width + step - 1) / step
    let rows = (area.height + step - 1) / step
    var coverage = [Float](repeating: 0, count: columns * rows)
    var light = [Float](repeating: 0, count: columns * rows)
    var line = [Float](repeating: 0, count: area.width)
    let masks = type.ink.map { CoverageMask(path: $0, clip: area, workers: workers) }
    for row in 0..<rows {
      let y = min(area.maxY - 1, area.minY + row * step + step / 2)
      let pixels = picture.row(y)
      for mask in masks where mask.extent(row: y) != nil {
        line.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          mask.cover(row: y, columns: area.columns, into: base)
        }
        for column in 0..<columns {
          let x = min(area.width - 1, column * step + step / 2)
          coverage[row * columns + column] = max(coverage[row * columns + column], line[x])
        }
      }
      for column in 0..<columns {
        let x = min(area.maxX - 1, area.minX + column * step + step / 2) - picture.region.minX
        light[row * columns + column] = TypeContrast.luminance(
          pixels.red[x], pixels.green[x], pixels.blue[x])
      }
    }
    let solid = coverage.max() ?? 0
    // Hairlines at the size of a draft are nowhere wider than a pixel.
    guard solid > 0.45 else { return nil }
    let core = min(0.95, solid * 0.9)
    let inside = coverage.indices.filter { coverage[$0] >= core }
    let near = TypeContrast.near(inside, columns: columns, rows: rows, reach: max(1, Int(margin) / step))
    let outside = coverage.indices.filter { near[$0] && coverage[$0] <= 0.02 }
    guard inside.count >= 4, outside.count >= 4 else { return nil }
    let levels = inside.map { Double(light[$0]) }.sorted()
    letters = levels[levels.count / 2]
    surroundings = outside.map { Double(light[$0]) }
  }

  /// The contrast that nine tenths of the surroundings have at least, 1…21: (L₁ + 0.05) / (L₂ + 0.05), as WCAG 2 has it.
  var ratio: Double {
    let ratios = surroundings.map { (max(letters, $0) + 0.05) / (min(letters, $0) + 0.05) }.sorted()
    return ratios[ratios.count / 10]
  }

  /// Of light as the finish shows it: what is brighter than white is white.
  private static func luminance(_ red: Float, _ green: Float, _ blue: Float) -> Float {
    func shown(_ value: Float) -> Float { value > 0 ? min(1, value) : 0 }
    return 0.2126 * shown(red) + 0.7152 * shown(green) + 0.0722 * shown(blue)
  }

  /// Cells no further from one of `cells` than `reach` along both axes.
  private static func near(_ cells: [Int], columns: Int, rows: Int, reach: Int) -> [Bool] {
    var marks = [Bool](repeating: false, count: columns * rows)
    for cell in cells { marks[cell] = true }
    // One axis after the other: the distance to the last and to the next mark.
    func spread(count: Int, lines: Int, at index: (Int, Int) -> Int) {
      for line in 0..<lines {
        var hits = [Bool](repeating: false, count: count)
        for direction in [1, -1] {
          var distance = Int.max - 1
          for k in 0..<count {
            let i = direction > 0 ? k : count - 1 - k
            distance = marks[index(line, i)] ? 0 : min(distance, Int.max - 2) + 1
            if distance <= reach { hits[i] = true }
          }
        }
        for i in 0..<count { marks[index(line, i)] = hits[i] }
      }
    }
    spread(count: columns, lines: rows) { $0 * columns + $1 }
    spread(count: rows, lines: columns) { $1 * columns + $0 }
    return marks
  }
}
