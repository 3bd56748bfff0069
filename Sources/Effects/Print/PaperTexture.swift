import CVector
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Paper {
  /// One layer of smooth noise on the sheet.
  struct Grainy: Sendable {
    var noise: CoherentNoise
    /// Lattice cells to a share of the height, along and across, and the direction.
    var scaleX, scaleY, cosine, sine: Float
    /// What a pixel leaves of it, 0…1.
    var presence: Float
    /// Columns from one look at it to the next.
    var stride: Int

    /// - Parameters:
    ///   - cell: shares of the height.
    ///   - stretch: how much longer than wide a cell is.
    init(
      _ form: CoherentNoise.Form, cell: Double, stretch: Double = 1, angle: Double = 0, seed: Seed,
      pixel: Double
    ) {
      noise = CoherentNoise(form: form, octaves: 1, seed: seed.low)
      scaleX = Float(1 / (cell * stretch))
      scaleY = Float(1 / cell)
      cosine = Float(Sheet.cosine(angle))
      sine = Float(Sheet.cosine(angle - 90))
      // Gone where a cell is a pixel, whole where it is two and a half.
      presence = Float(max(0, min(1, (cell / pixel - 1) / 1.5)))
      stride = Int(max(1, min(256, cell / pixel / 16)))
    }

    /// Looks that a chunk of so many columns takes, at most.
    static func looks(_ columns: Int) -> Int { columns + 16 }

    /// Values at `count` columns of the picture from `first` on, in row `y` (a share of the height); 0.5 where nothing of
    /// the layer is to be seen. `scratch` has room for the looks three times over; `bent` displaces them, shares of a cell.
    func fill(
      _ out: UnsafeMutablePointer<Float>, startX: Double, stepX: Double, first: Int, y: Float, count: Int,
      scratch: UnsafeMutablePointer<Float>, capacity: Int, bent: UnsafePointer<Float>? = nil
    ) {
      guard presence > 0 else { return out.update(repeating: 0.5, count: count) }
      let stride = bent == nil ? stride : 1
      let start = Int((Double(first) / Double(stride)).rounded(.down))
      let end = Int((Double(first + count - 1) / Double(stride)).rounded(.down)) + (stride > 1 ? 1 : 0)
      let looks = end - start + 1
      let (px, py) = (scratch, scratch + capacity)
      let values = stride > 1 ? scratch + 2 * capacity : out
      let (c, s) = (cosine * scaleX, sine * scaleX)
      let (cy, sy) = (cosine * scaleY, sine * scaleY)
      for i in 0..<looks {
        let x = Float(startX + stepX * Double((start + i) * stride))
        px[i] = x * c + y * s
        py[i] = y * cy - x * sy
      }
      if let bent { for i in 0..<looks { py[i] += (bent[i] - 0.5) * 0.9 } }
      noise.fill(values, x: px, y: py, count: looks)
      guard stride > 1 else { return }
      let step = 1 / Float(stride)
      var look = 0
      var along = first - start * stride
      for i in 0..<count {
        let a = values[look]
        out[i] = a + (values[look + 1] - a) * (Float(along) * step)
        along += 1
        if along == stride {
          along = 0
          look += 1
        }
      }
    }

    /// What of the layer, over its cells, lies above `threshold`, on average.
    func excess(over threshold: Float) -> Float {
      let side = 48
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * side) { scratch in
        guard let place = scratch.baseAddress else { return 0 }
        var sum: Float = 0
        for j in 0..<side {
          for i in 0..<side {
            place[i] = Float(i) * 0.37
            place[side + i] = Float(j) * 0.41
          }
          noise.fill(place + 2 * side, x: place, y: place + side, count: side)
          for i in 0..<side { sum += max(0, place[2 * side + i] - threshold) }
        }
        return sum / Float(side * side)
      }
    }
  }
}
