/// A disk of light as weights of pixels, whose sum is 1. Its edge is one pixel soft, and a little brighter than its middle:
/// what a lens leaves of its spherical aberration lies there as a rim.
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

  /// What the edge exceeds the middle by. Disks of a few pixels do not show it.
  private static let rim = 0.4, leastRimmed = 2.5

  init(radius: Double) {
    let reach = max(0, Int((radius + 0.5).rounded(.up)) - 1)
    var taps: [Tap] = []
    var rows: [Range<Int>] = []
    var sum = 0.0
    for y in -reach...reach {
      let first = taps.count
      for x in -reach...reach {
        let distance = Double(x * x + y * y).squareRoot()
        var weight = max(0, min(1, radius + 0.5 - distance))
        guard weight > 0 else { continue }
        if radius > DiskKernel.leastRimmed {
          let place = min(1, distance / radius)
          let cube = place * place * place
          weight *= 1 + DiskKernel.rim * cube * cube
        }
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
