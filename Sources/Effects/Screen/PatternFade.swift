#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What pixels leave of a regular pattern.
///
/// A pattern near the fineness of the pixels beats with them: moire. A box as wide as a pixel does not prevent it (at
/// 1.4 cycles a pixel it still lets a fifth through), so patterns are faded out before they come that far: whole as long as
/// five pixels share a period, gone at 2.4. What is left of a faded pattern is its mean.
enum PatternFade {
  private static let whole = 0.2, gone = 0.42

  /// The share of a pattern's contrast that is shown; `frequency` in cycles per pixel.
  static func share(frequency: Double) -> Double {
    guard frequency > whole else { return 1 }
    guard frequency < gone else { return 0 }
    return 0.5 + 0.5 * cos(.pi * (frequency - whole) / (gone - whole))
  }

  /// The variance, in periods squared, of the Gaussian that takes so much off the pattern's fundamental; at least that
  /// of a pixel's own width.
  static func variance(frequency: Double) -> Double {
    let share = max(0.001, share(frequency: frequency))
    return max(frequency * frequency / 12, -log(share) / (2 * .pi * .pi))
  }
}
