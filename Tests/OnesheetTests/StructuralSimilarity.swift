import Onesheet
import Raster

/// Mean structural similarity of two pictures' coded luma (Wang, Bovik, Sheikh, Simoncelli 2004), over windows of
/// 8 × 8 pixels in steps of 4.
func structuralSimilarity(_ a: [[Double]], _ b: [[Double]]) -> Double {
  let c1 = 0.01 * 0.01
  let c2 = 0.03 * 0.03
  var sum = 0.0
  var count = 0.0
  for y in stride(from: 0, through: a.count - 8, by: 4) {
    for x in stride(from: 0, through: a[0].count - 8, by: 4) {
      var (ma, mb, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for j in y..<y + 8 {
        for i in x..<x + 8 {
          let (p, q) = (a[j][i], b[j][i])
          ma += p
          mb += q
          aa += p * p
          bb += q * q
          ab += p * q
        }
      }
      ma /= 64
      mb /= 64
      let va = aa / 64 - ma * ma
      let vb = bb / 64 - mb * mb
      let covariance = ab / 64 - ma * mb
      sum +=
        (2 * ma * mb + c1) * (2 * covariance + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
      count += 1
    }
  }
  return sum / max(1, count)
}

/// The coded luma of a picture, reduced to a size by exact area means in linear light.
func luma(_ picture: Picture, width: Int, height: Int) -> [[Double]] {
  let frame = picture.framebuffer
  let region = picture.region
  let scaleX = Double(region.width) / Double(width)
  let scaleY = Double(region.height) / Double(height)
  func weights(_ index: Int, _ scale: Double, _ count: Int) -> [(Int, Double)] {
    let start = Double(index) * scale
    let end = start + scale
    return (Int(start)...min(count - 1, Int(end.rounded(.up)) - 1)).map {
      ($0, (min(end, Double($0 + 1)) - max(start, Double($0))) / scale)
    }
  }
  let columns = (0..<width).map { weights($0, scaleX, region.width) }
  return (0..<height).map { y in
    let rows = weights(y, scaleY, region.height)
    return (0..<width).map { x in
      var (r, g, b) = (0.0, 0.0, 0.0)
      for (j, wy) in rows {
        let row = frame.row(region.minY + j)
        for (i, wx) in columns[x] {
          let k = i + region.minX - frame.region.minX
          let w = wx * wy
          r += Double(min(1, max(0, row.red[k]))) * w
          g += Double(min(1, max(0, row.green[k]))) * w
          b += Double(min(1, max(0, row.blue[k]))) * w
        }
      }
      return 0.2126 * SRGB.encode(r) + 0.7152 * SRGB.encode(g) + 0.0722 * SRGB.encode(b)
    }
  }
}
