/// A disk of even light as weights of pixels, whose sum is 1. Its edge is one pixel soft.
struct DiskKernel: Sendable {
  struct Tap: Sendable {
    var x, y: Int
    var weight: Float
  }
  let taps: [Tap]
  /// The taps of each row, from the uppermost on.
  let rows: [Range<Int>]
  /// How far it reaches, pixels.
  let reach: Int

  init(radius: Double) {
    let reach = max(0, Int((radius + 0.5).rounded(.up)) - 1)
    var taps: [Tap] = []
    var rows: [Range<Int>] = []
    var sum = 0.0
    for y in -reach...reach {
      let first = taps.count
      for x in -reach...reach {
        let weight = max(0, min(1, radius + 0.5 - Double(x * x + y * y).squareRoot()))
        guard weight > 0 else { continue }
        taps.append(Tap(x: x, y: y, weight: Float(weight)))
        sum += weight
      }
      rows.append(first..<taps.count)
    }
    self.rows = rows
    self.reach = reach
    self.taps = taps.map { Tap(x: $0.x, y: $0.y, weight: $0.weight / Float(sum)) }
  }
}
