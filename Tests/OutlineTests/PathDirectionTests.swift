import Raster
import Testing

@testable import Outline

@Suite struct PathDirectionTests {
  private static let letter = Path([
    .move(Point(0, 0)), .line(Point(10, 0)), .quad(Point(12, 5), Point(10, 10)),
    .cubic(Point(7, 12), Point(3, 12), Point(0, 10)), .close,
    .move(Point(3, 3)), .line(Point(3, 7)), .line(Point(7, 7)), .line(Point(7, 3)), .close,
  ])

  private func area(_ path: Path) -> Double {
    let mask = CoverageMask(path: path, clip: PixelRect(width: 40, height: 40))
    var row = [Float](repeating: 0, count: 40)
    var sum = 0.0
    for y in 0..<40 {
      row.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        mask.cover(row: y, columns: 0..<40, into: base)
      }
      sum += row.reduce(0.0) { $0 + Double($1) }
    }
    return sum
  }

  @Test("a reversed path covers the same, the other way round") func reversed() {
    let path = Self.letter.transformed(by: .translation(8, 8))
    #expect(path.controlArea > 0 && path.reversed.controlArea == -path.controlArea)
    #expect(path.reversed.bounds == path.bounds)
    #expect(abs(area(path.reversed) - area(path)) < 1e-3)
    #expect(path.reversed.reversed.controlArea == path.controlArea)
    #expect(Path().reversed.isEmpty)
    // Both on one place cancel nothing if they run the same way.
    var both = path
    both.append(path.reversed.reversed)
    #expect(abs(area(both) - area(path)) < 1e-3)
  }

  @Test("bands of a path add up to it, and holes stay holes", arguments: [3, 7, 20])
  func bands(_ count: Int) {
    let path = Self.letter.transformed(by: Affine.scale(2.2, 2.2).then(.translation(4, 4)))
    let box = path.bounds
    // As fine as its parts: the scanner's own curves are coarser.
    let whole = area(path.clipped(fromY: box.minY - 1, toY: box.maxY + 1, tolerance: 0.01))
    #expect(abs(whole - area(path)) < 1.5)
    var parts = Path()
    var sum = 0.0
    for i in 0..<count {
      let (top, bottom) = (
        box.minY + box.height * Double(i) / Double(count),
        box.minY + box.height * Double(i + 1) / Double(count)
      )
      let part = path.clipped(fromY: top, toY: bottom, tolerance: 0.01)
      #expect(part.bounds.minY >= top - 1e-9 && part.bounds.maxY <= bottom + 1e-9)
      sum += area(part)
      parts.append(part)
    }
    #expect(abs(sum - whole) < 0.05)
    #expect(abs(area(parts) - whole) < 0.05)
    #expect(path.clipped(fromY: 5, toY: 5, tolerance: 0.01).isEmpty)
    #expect(path.clipped(fromY: 100, toY: 200, tolerance: 0.01).isEmpty)
  }
}
