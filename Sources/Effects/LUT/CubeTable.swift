import CVector
import Raster

/// A lookup table for colors: curves, a cube, or curves in front of a cube (Adobe, "Cube LUT Specification 1.0", 2013;
/// curves in front of a cube as DaVinci Resolve writes them).
struct CubeTable: Sendable {
  /// The codes that the first and the last entry stand for, by channel.
  struct Domain: Hashable, Sendable {
    var low = SIMD3<Double>(0, 0, 0)
    var high = SIMD3<Double>(1, 1, 1)
  }

  /// One curve for each channel.
  struct Curves: Sendable {
    /// Entries of a curve, at least 2.
    var count: Int
    var domain: Domain
    /// Red, green and blue, `count + 1` each: the last entry twice.
    var values: [Float]
  }

  /// `count`³ colors, red running fastest.
  struct Cube: Sendable {
    /// Entries of a side, at least 2.
    var count: Int
    var domain: Domain
    /// Four floats to a color, so that one is read at once.
    var values: [Float]
  }

  var title = ""
  var curves: Curves?
  var cube: Cube?

  /// No curves and no cube: colors stay as they are.
  static let identity = CubeTable()

  var isIdentity: Bool { curves == nil && cube == nil }

  /// The codes that the table is made for.
  var domain: Domain { curves?.domain ?? cube?.domain ?? Domain() }

  /// Replaces codes by what the table says; beyond its domain by what it says at its edge.
  func look(up row: Row) {
    if let curves {
      curves.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        let axes = Axes(curves.domain, count: curves.count)
        row.mapVectors { r, g, b, _, _ in
          r = CubeTable.value(base, axes.position(r, 0), axes.top)
          g = CubeTable.value(base + (curves.count + 1), axes.position(g, 1), axes.top)
          b = CubeTable.value(base + 2 * (curves.count + 1), axes.position(b, 2), axes.top)
        }
      }
    }
    if let cube {
      cube.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        let axes = Axes(cube.domain, count: cube.count)
        let lookup = Tetrahedra(table: base, count: cube.count)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { scratch in
          guard let out = scratch.baseAddress else { return }
          row.mapVectors { r, g, b, _, _ in
            lookup(axes.position(r, 0), axes.position(g, 1), axes.position(b, 2), into: out)
            (r, g, b) = (v8_load(out), v8_load(out + 8), v8_load(out + 16))
          }
        }
      }
    }
  }

  @inline(__always)
  private static func value(_ curve: UnsafePointer<Float>, _ position: v8f, _ top: Float) -> v8f {
    let index = v8_to_int(position)
    return v8_mix_values(curve, index, position - v8_to_float(index))
  }

  /// Where a code lies on an axis of a table, in entries.
  private struct Axes {
    let low, scale: (Float, Float, Float)
    let top: Float

    init(_ domain: Domain, count: Int) {
      let span = domain.high - domain.low
      let steps = Double(count - 1)
      low = (Float(domain.low.x), Float(domain.low.y), Float(domain.low.z))
      scale = (Float(steps / span.x), Float(steps / span.y), Float(steps / span.z))
      top = Float(steps)
    }

    @inline(__always)
    func position(_ code: v8f, _ channel: Int) -> v8f {
      let (low, scale) =
        channel == 0 ? (low.0, scale.0) : channel == 1 ? (low.1, scale.1) : (low.2, scale.2)
      // Written so that what is not a number comes to lie at the beginning.
      return v8_lesser(v8_greater((code - low) * scale, v8_splat(0)), v8_splat(top))
    }
  }
}

/// Reads a cube of colors between its entries: each cell is cut into six tetrahedra around the diagonal of grays, so that
/// grays are mixed of grays only (Sakamoto and Itooka, US patent 4275413, 1981; Kasson et al., 1995).
struct Tetrahedra {
  private let table: UnsafePointer<Float>
  private let side: Int32

  /// - Parameters:
  ///   - table: four floats for each of `count`³ entries, the first coordinate running fastest.
  ///   - count: entries of a side, 2 to 1023.
  init(table: UnsafePointer<Float>, count: Int) {
    self.table = table
    side = Int32(count)
  }

  /// Writes the colors at eight places in entries, each from 0 to count − 1: eight floats of each of four channels.
  @inline(__always)
  func callAsFunction(_ x: v8f, _ y: v8f, _ z: v8f, into out: UnsafeMutablePointer<Float>) {
    v8_cube_colors(table, side, x, y, z, out)
  }
}
