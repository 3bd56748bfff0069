#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the lines of the tube add up to rows of the picture: a Gaussian spot moving along each line, averaged
/// over the height of a pixel.
struct Beam: Sendable {
  /// Lines that one row sees.
  let taps: Int
  let first: [Int]
  /// `taps` weights for each row, which add up to 1.
  let weights: [Float]
  /// How much brighter than the mean the row lies: the profile of the scan lines.
  let profile: [Float]

  /// - Parameter pitch: height of a line, pixels.
  static func taps(pitch: Double) -> Int { Int((1 / max(1e-3, pitch)).rounded(.up)) + 5 }

  /// - Parameter depth: the loss of light between the lines, as a share of the mean, from peak to trough.
  init(rows: Range<Int>, origin: Double, pitch: Double, depth: Double) {
    // Spots of deviation s, one line apart, add up to 1 + 2 exp(−2 π² s²) cos(2 π v) (Poisson summation).
    let deviation = (log(4 / max(0.008, min(1, depth))) / 2).squareRoot() / Double.pi
    /// The normal distribution from 0 to x.
    func normal(_ x: Double) -> Double { 0.5 * erf(x * 0.5.squareRoot()) }
    let footprint = 1 / pitch
    taps = Beam.taps(pitch: pitch)
    var first: [Int] = []
    var weights: [Float] = []
    var profile: [Float] = []
    for row in rows {
      let low = (Double(row) - origin) / pitch
      let high = low + footprint
      let start = Int((low - 2.5).rounded(.down))
      var sum = 0.0
      var values: [Double] = []
      for tap in 0..<taps {
        let center = Double(start + tap) + 0.5
        let value = (normal((high - center) / deviation) - normal((low - center) / deviation)) / footprint
        values.append(value)
        sum += value
      }
      first.append(start)
      weights += values.map { Float($0 / sum) }
      profile.append(depth > 0 ? Float(sum - 1) : 0)
    }
    self.first = first
    self.weights = weights
    self.profile = profile
  }
}
