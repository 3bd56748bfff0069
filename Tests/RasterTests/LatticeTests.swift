import Testing

@testable import Raster

@Suite struct LatticeTests {
  private func frame(_ region: PixelRect) throws -> Framebuffer {
    let frame = try Framebuffer(region: region)
    for (channel, plane) in frame.planes.enumerated() {
      for y in 0..<region.height {
        for x in 0..<region.width {
          plane.row(y)[x] = PyramidTests.noise(channel, x + region.minX, y + region.minY)
        }
      }
    }
    return frame
  }

  /// Cells larger, smaller and as large as pixels, with and without bleed.
  @Test(arguments: [(7.3, 0.0), (1.0, 0.0), (0.31, 0.0), (3.5, 4.0), (2.0, 5.0)])
  func exactAreaMeans(_ unit: Double, _ origin: Double) throws {
    let region = PixelRect(width: 45, height: 33)
    let picture = try frame(region)
    let lattice = Lattice(unit: unit, origin: origin)
    let cells = lattice.cells(touching: region)
    let means = try lattice.means(of: picture, cells: cells, workers: Workers(count: 1))
    var worst = 0.0
    for cy in cells.rows {
      for cx in cells.columns {
        var (sum, area) = (0.0, 0.0)
        let (x0, y0) = (origin + Double(cx) * unit, origin + Double(cy) * unit)
        for y in region.rows {
          for x in region.columns {
            let w = max(0, min(x0 + unit, Double(x + 1)) - max(x0, Double(x)))
            let h = max(0, min(y0 + unit, Double(y + 1)) - max(y0, Double(y)))
            sum += w * h * Double(picture.green.row(y)[x])
            area += w * h
          }
        }
        let value = means.planes[1].row(cy - cells.minY)[cx - cells.minX]
        worst = max(worst, abs(Double(value) - (area > 0 ? sum / area : 0)))
      }
    }
    #expect(worst < 2e-6)
    for workers in [Workers(count: 2, bandHeight: 1), Workers(count: 5, bandHeight: 3)] {
      let again = try lattice.means(of: picture, cells: cells, workers: workers)
      for (a, b) in zip(means.planes, again.planes) {
        for y in 0..<cells.height {
          for x in 0..<cells.width { #expect(a.row(y)[x].bitPattern == b.row(y)[x].bitPattern) }
        }
      }
    }
  }

  @Test(arguments: [(7.3, 0.0), (0.31, 2.0), (2.0, 5.0), (1.0, 0.0)])
  func pixelsBelongToTheCellOfTheirCenter(_ unit: Double, _ origin: Double) {
    let lattice = Lattice(unit: unit, origin: origin)
    for pixel in 0..<60 {
      let cell = lattice.cell(ofPixel: pixel)
      #expect(lattice.firstPixel(ofCell: cell) <= pixel)
      #expect(lattice.firstPixel(ofCell: cell + 1) > pixel)
    }
  }
}
