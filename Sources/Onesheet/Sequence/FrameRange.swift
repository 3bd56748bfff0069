/// The frames of a stretch of time: frame n is the picture at n / rate seconds.
///
/// Frames are numbered from the beginning of the film, not of the stretch, so that a frame has the same number and
/// is the same picture whatever is rendered around it.
public struct FrameRange: Sendable, Hashable {
  /// Frames a second.
  public let rate: Double
  public let numbers: Range<Int>

  /// The most frames that one range may have: an hour and more at any usual rate.
  public static let most = 1_000_000

  /// The frames that begin at `from` or later and before `to`, seconds; nil if there are none, or too many.
  public init?(from: Double, to: Double, rate: Double) {
    guard from.isFinite, to.isFinite, rate.isFinite, rate > 0, from >= 0, to <= 1e6, rate <= 1e5 else {
      return nil
    }
    // A hair of tolerance: 1.1 s at 10 frames a second is frame 11, though the product is a bit more.
    let first = (from * rate - 1e-6).rounded(.up)
    let end = (to * rate - 1e-6).rounded(.up)
    guard end > first, end - first <= Double(FrameRange.most) else { return nil }
    self.rate = rate
    numbers = Int(max(0, first))..<Int(end)
  }

  /// Seconds from the beginning of the film.
  public func time(of number: Int) -> Double { Double(number) / rate }

  /// The rate as a fraction, as video files tell it: 24 is 24/1, 23.976 is 24000/1001.
  public static func fraction(of rate: Double) -> (numerator: Int, denominator: Int) {
    guard rate.isFinite, rate > 0, rate < 1e6 else { return (1, 1) }
    for denominator in [1, 1001] {
      let unit = denominator == 1 ? 1.0 : 1000
      let whole = (rate * Double(denominator) / unit).rounded()
      if whole >= 1, abs(whole * unit / Double(denominator) - rate) < 5e-4 * (denominator == 1 ? 0.1 : 1) {
        return (Int(whole * unit), denominator)
      }
    }
    var (numerator, denominator) = (Int((rate * 1000).rounded()), 1000)
    var (a, b) = (numerator, denominator)
    while b != 0 { (a, b) = (b, a % b) }
    numerator /= max(1, a)
    denominator /= max(1, a)
    return (max(1, numerator), denominator)
  }
}
