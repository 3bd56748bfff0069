import Catalog
import Raster
import Testing

@testable import Effects

/// What glitches are made of: time that holds for a while, lines that slide, static.
@Suite struct SlowTimeTests {
  @Test func slowTimeFitsALoop() {
    for rate in [0.01, 0.4, 3.3, 24] {
      let end = SlowTime(Moment(time: 5, frame: 0, loop: 5)).step(rate: rate, phase: 0.3)
      let start = SlowTime(Moment(time: 0, frame: 0, loop: 5)).step(rate: rate, phase: 0.3)
      #expect(end.number == start.number && abs(end.progress - start.progress) < 1e-9)
      // The state before the loop's end comes once more at its beginning.
      let before = SlowTime(Moment(time: 4.9999, frame: 0, loop: 5)).step(rate: rate, phase: 0.3)
      #expect(before.number == start.number)
      let seed = Seed(3)
      let (a, b) = (
        SlowTime(Moment(time: 4.99999, loop: 5)).drift(seed, rate: rate),
        SlowTime(Moment(time: 0, loop: 5)).drift(seed, rate: rate)
      )
      #expect(abs(a - b) < 1e-3)
    }
    // Steps last as long as is said.
    let numbers = (0..<100).map { SlowTime(Moment(time: Double($0) / 10)).step(rate: 2, phase: 0).number }
    #expect(numbers[0] == 0 && numbers[4] == 0 && numbers[5] == 1 && numbers[99] == 19)
  }

  /// Between two pixels no value comes out that lies beyond both: no seams at neon.
  @Test func shiftedLinesDoNotRing() {
    let line = ShiftedLine(width: 32, margin: 5, beyond: .mirrored)
    var row = (0..<32).map { Float($0 < 16 ? 0 : 40) }
    line.load(row)
    for shift in [0.25, 0.5, -1.7, 3.0] {
      line.read(shift: shift, weight: 1, adding: false, into: &row, count: 32)
      #expect(row.allSatisfy { $0 >= 0 && $0 <= 40 })
      let edge = row.filter { $0 < 20 }.count
      #expect(abs(Double(edge) - 16 - shift) <= 0.5)
    }
  }

  /// Along a line static hangs together farther than from line to line, and it comes in bursts.
  @Test func staticRunsAlongLines() {
    let noise = RadioNoise(Seed(5))
    let count = 600
    var rows: [[Double]] = []
    for j in 0..<300 {
      var row = [Float](repeating: 0, count: count + 8)
      noise.fill(j, from: -17, count: count, into: &row)
      rows.append(row[0..<count].map { Double($0) })
    }
    func correlation(_ dx: Int, _ dy: Int, _ map: (Double) -> Double) -> Double {
      var (ab, aa, sum, n) = (0.0, 0.0, 0.0, 0.0)
      for j in 0..<299 { for i in 0..<count { sum += map(rows[j][i]) } }
      let mean = sum / Double(299 * count)
      for j in 0..<299 {
        for i in 0..<count - 8 {
          let (a, b) = (map(rows[j][i]) - mean, map(rows[j + dy][i + dx]) - mean)
          ab += a * b
          aa += a * a
          n += 1
        }
      }
      return ab / aa
    }
    #expect(correlation(2, 0) { $0 } > 0.2)
    #expect(abs(correlation(0, 1) { $0 }) < 0.03)
    // Loud stretches: what its strength has in common farther along.
    #expect(correlation(7, 0) { abs($0) } > 0.08)
    // A part of a line is that part of the whole.
    var part = [Float](repeating: 0, count: 108)
    noise.fill(4, from: 83, count: 100, into: &part)
    #expect((0..<100).allSatisfy { abs(Double(part[$0]) - rows[4][100 + $0]) == 0 })
  }
}
