import Foundation
import Testing

@testable import Raster

@Suite struct LinearColorTests {
  @Test("the sRGB curve at known codes") func srgb() {
    // Values of IEC 61966-2-1, computed with 30 digits.
    for (code, light) in [
      (0.5, 0.2140411404822), (0.04045, 0.0031308049536), (1, 1), (0.01, 0.000773993808),
      (-0.5, -0.2140411404822),
    ] {
      #expect(abs(SRGB.decode(code) - light) < 1e-9)
      #expect(abs(SRGB.encode(light) - code) < 1e-6)
    }
  }

  @Test("OKLab of the primaries") func oklab() {
    // CSS Color 4, sample values of sRGB red, green, blue and white.
    for (color, l, a, b) in [
      (LinearColor(1, 0, 0), 0.62796, 0.22486, 0.12585), (LinearColor(0, 1, 0), 0.86644, -0.23389, 0.17950),
      (LinearColor(0, 0, 1), 0.45201, -0.03246, -0.31153), (LinearColor(1, 1, 1), 1.0, 0.0, 0.0),
    ] {
      let lab = OKLab(color)
      #expect(abs(lab.lightness - l) < 2e-4 && abs(lab.a - a) < 2e-4 && abs(lab.b - b) < 2e-4)
      let back = lab.linear()
      #expect(
        abs(back.red - color.red) < 1e-6 && abs(back.green - color.green) < 1e-6
          && abs(back.blue - color.blue) < 1e-6)
    }
  }

  @Test("a seed's numbers are uniform and independent of their siblings") func seeds() {
    let seed = Seed(1987).derived("clouds")
    let mean = (0..<20_000).map { seed.unit($0) }.reduce(0, +) / 20_000
    #expect(abs(mean - 0.5) < 0.01)
    let normals = (0..<20_000).map { seed.normal($0) }
    #expect(abs(normals.reduce(0, +) / 20_000) < 0.03)
    #expect(abs(normals.map { $0 * $0 }.reduce(0, +) / 20_000 - 1) < 0.05)
    #expect(seed.derived("a") != seed.derived("b"))
    #expect(seed.derived(1) != seed.derived(2))
  }

  @Test("work in bands covers every row once", arguments: [1, 2, 5]) func bands(_ threads: Int) throws {
    for height in [nil, 1, 7, 100] {
      let plane = try Plane(width: 10, height: 53)
      plane.fill(0, workers: Workers(count: 1))
      Workers(count: threads, bandHeight: height).bands(rows: 53, width: 10) { rows in
        for y in rows { plane.row(y)[3] += 1 }
      }
      for y in 0..<53 { #expect(plane.row(y)[3] == 1) }
    }
  }

  @Test("a pool counts what it has handed out, and hands the same memory out again") func pool() throws {
    let pool = BufferPool()
    let first = try #require(pool.obtain(floats: 4_000_000))
    #expect(pool.usage.inUse == first.bytes)
    pool.giveBack(first)
    let second = try #require(pool.obtain(floats: 3_900_000))
    #expect(second.base == first.base)
    pool.giveBack(second)
    #expect(pool.usage.inUse == 0)
    #expect(pool.usage.peak == first.bytes)
    pool.trim()
  }

  @Test("a block counts for what it asks for, rounded up by less than a quarter") func blockBytes() throws {
    for floats in [1, 64, 65, 1000, 524_288, 524_289, 4_000_000, 97_344_000, 1 << 36] {
      let bytes = BufferPool.bytes(floats: floats)
      #expect(bytes >= 4 * floats)
      if floats >= 2 << 20 { #expect(Double(bytes) < 1.26 * Double(4 * floats)) }
      guard floats < 1 << 30 else { continue }
      let pool = BufferPool()
      let block = try #require(pool.obtain(floats: floats))
      #expect(block.bytes == bytes)
      pool.giveBack(block)
    }
    #expect(Plane.bytes(width: 8100, height: 12_000) == BufferPool.bytes(floats: 8112 * 12_000))
    #expect(Plane.bytes(width: .max, height: .max) == .max)
    #expect(Plane.bytes(width: 1 << 39, height: 1 << 39) == .max)
  }

  @Test("however blocks come and go, what is mapped stays near the peak") func mapped() throws {
    // Nothing is touched, so the memory is none.
    let pool = BufferPool()
    let seed = Seed(11)
    var blocks: [BufferPool.Block] = []
    var recycled = 0
    for step in 0..<4000 {
      if seed.unit(3 * step) < 0.5 || blocks.isEmpty {
        let size = Int(exp2(12 + 13 * seed.unit(3 * step + 1)))
        let block = try #require(pool.obtain(floats: size))
        if block.mapped > block.bytes { recycled += 1 }
        blocks.append(block)
      } else {
        pool.giveBack(blocks.remove(at: Int(seed.unit(3 * step + 2) * Double(blocks.count))))
      }
      let usage = pool.usage
      try #require(usage.inUse == blocks.reduce(0) { $0 + $1.bytes })
      try #require(usage.inUse <= usage.peak)
      try #require(pool.mappedBytes <= usage.peak + BufferPool.reserve(beside: usage.peak))
    }
    #expect(recycled > 100, "larger blocks are lent too")
    for block in blocks { pool.giveBack(block) }
    pool.trim()
    #expect(pool.mappedBytes == 0)
  }
}
