import Layers
import Outline
import Raster

/// How far letters stand out from what surrounds them in a finished picture.
///
/// The picture is looked at on a grid, thirty-two cells to the em: cells that lie in letters, in the line about them, and
/// around both. Grain and scan lines average out, since luminances are medians.
///
/// Letters are read by their faces or by their outlines: by whatever differs most from what lies beside it.
struct TypeContrast {
  /// Relative luminances of the letters' faces, 0…1.
  let letters: [Double]
  /// Of the line about the letters; empty without one that can be measured.
  let outline: [Double]
  /// Of what surrounds them, beyond the line.
  let surroundings: [Double]

  /// Smaller letters are a few pixels of mixed colors, which tell nothing.
  static let smallestEm = 9.0
  /// Cells of one text: enough for a figure of one digit.
  private static let mostCells = 400_000.0
  /// Fewer tell nothing.
  private static let fewestCells = 4

  /// nil if the letters are too small or lie outside of `region`.
  init?(of type: SetType, in picture: Framebuffer, region: PixelRect, workers: Workers = .standard) {
    guard type.em >= TypeContrast.smallestEm, !type.box.isNull else { return nil }
    // Around letters as wide as a stroke and a half.
    let margin = 0.2 * type.em
    let box = type.rim.reduce(type.box) { $0.union($1.bounds) }.expanded(by: margin)
    let area = PixelRect(covering: box.minX, box.minY, box.maxX, box.maxY).intersection(
      region.intersection(picture.region))
    guard !area.isEmpty else { return nil }
    let step = max(
      1, Int((type.em / 32).rounded()), Int((Double(area.area) / TypeContrast.mostCells).squareRoot()))
    let grid = Grid(area: area, step: step)
    let ink = grid.coverage(of: type.ink, workers: workers)
    let rim = grid.coverage(of: type.rim, workers: workers)
    let light = grid.luminance(of: picture)
    func levels(_ cells: [Int]) -> [Double] { cells.map { Double(light[$0]) } }

    // The line lies below the faces: what is seen of it is outside.
    let lineCells = TypeContrast.solidCells(rim).filter { ink[$0] <= 0.5 }
    let inside = TypeContrast.solidCells(ink)
    let near = TypeContrast.near(
      inside + lineCells, columns: grid.columns, rows: grid.rows, reach: max(1, Int(margin) / step))
    let outside = ink.indices.filter { near[$0] && ink[$0] <= 0.02 && rim[$0] <= 0.02 }
    guard inside.count >= TypeContrast.fewestCells, outside.count >= TypeContrast.fewestCells else {
      return nil
    }
    letters = levels(inside)
    outline = lineCells.count >= TypeContrast.fewestCells ? levels(lineCells) : []
    surroundings = levels(outside)
  }

  /// The contrast that nine tenths of the surroundings have at least, 1…21: (L₁ + 0.05) / (L₂ + 0.05), as WCAG 2 has it.
  var ratio: Double {
    let face = TypeContrast.ratio(of: letters, beside: surroundings)
    guard !outline.isEmpty else { return face }
    // A line is seen against what is beside it on either side.
    return max(
      face, TypeContrast.ratio(of: letters, beside: outline),
      TypeContrast.ratio(of: outline, beside: letters),
      TypeContrast.ratio(of: outline, beside: surroundings))
  }

  /// The contrast of the median of `levels` with nine tenths of the `others` at least.
  private static func ratio(of levels: [Double], beside others: [Double]) -> Double {
    let level = levels.sorted()[levels.count / 2]
    let ratios = others.map { (max(level, $0) + 0.05) / (min(level, $0) + 0.05) }.sorted()
    return ratios[ratios.count / 10]
  }

  /// Cells that are covered as fully as any; none if that is less than half, as hairlines in a draft are.
  private static func solidCells(_ coverage: [Float]) -> [Int] {
    let solid = coverage.max() ?? 0
    guard solid > 0.45 else { return [] }
    let core = min(0.95, solid * 0.9)
    return coverage.indices.filter { coverage[$0] >= core }
  }

  /// Places in a picture at which it is looked at: pixels in the middle of square cells.
  private struct Grid {
    let area: PixelRect
    /// Pixels.
    let step: Int
    let columns, rows: Int

    init(area: PixelRect, step: Int) {
      self.area = area
      self.step = step
      columns = (area.width + step - 1) / step
      rows = (area.height + step - 1) / step
    }

    private func y(_ row: Int) -> Int { min(area.maxY - 1, area.minY + row * step + step / 2) }
    /// From the left edge of the area.
    private func x(_ column: Int) -> Int { min(area.width - 1, column * step + step / 2) }

    /// How far cells are covered by any of the paths, row by row.
    func coverage(of paths: [Path], workers: Workers) -> [Float] {
      var cells = [Float](repeating: 0, count: columns * rows)
      var line = [Float](repeating: 0, count: area.width)
      for mask in paths.map({ CoverageMask(path: $0, clip: area, workers: workers) }) {
        for row in 0..<rows where mask.extent(row: y(row)) != nil {
          line.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            mask.cover(row: y(row), columns: area.columns, into: base)
          }
          for column in 0..<columns {
            let cell = row * columns + column
            cells[cell] = max(cells[cell], line[x(column)])
          }
        }
      }
      return cells
    }

    func luminance(of picture: Framebuffer) -> [Float] {
      var cells: [Float] = []
      cells.reserveCapacity(columns * rows)
      for row in 0..<rows {
        let pixels = picture.row(y(row))
        for column in 0..<columns {
          let x = area.minX + x(column) - picture.region.minX
          cells.append(TypeContrast.luminance(pixels.red[x], pixels.green[x], pixels.blue[x]))
        }
      }
      return cells
    }
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
