#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The curve that takes coded samples (0…1) to linear light.
package enum PNGTransfer: Hashable, Sendable {
  /// IEC 61966-2-1.
  case sRGB
  /// Linear light is the coded value to the power of 1 / `encoding`; gAMA stores `encoding`.
  case gamma(encoding: Double)
  case linear
  /// The inverse of the camera curve of ITU-R BT.709, as H.273 defines codes 1, 6, 14 and 15.
  case bt709
  /// SMPTE ST 2084; 203 cd/m², the reference white of ITU-R BT.2408, becomes 1.
  case pq

  /// Linear light for a coded value of 0…1, in double precision.
  package func decode(_ value: Double) -> Double {
    switch self {
    case .sRGB:
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    case .gamma(let encoding):
      return pow(value, 1 / encoding)
    case .linear:
      return value
    case .bt709:
      return value < 0.081 ? value / 4.5 : pow((value + 0.099) / 1.099, 1 / 0.45)
    case .pq:
      let m1 = 2610.0 / 16384
      let m2 = 2523.0 / 4096 * 128
      let c1 = 3424.0 / 4096
      let c2 = 2413.0 / 4096 * 32
      let c3 = 2392.0 / 4096 * 32
      let power = pow(value, 1 / m2)
      return 10_000 / 203 * pow(max(power - c1, 0) / (c2 - c3 * power), 1 / m1)
    }
  }
}

/// What a file declares about the meaning of its samples, and what is made of it.
///
/// In order of rank: cICP, iCCP, sRGB, gAMA (PNG, third edition, 4.3). What a profile says is not in here: beside it
/// stands what holds for those who cannot read it.
package struct PNGColorimetry: Hashable, Sendable {
  package enum Source: Hashable, Sendable { case cICP, sRGB, gAMA, assumed }

  /// The curve that is used.
  package var transfer: PNGTransfer
  /// The chunk it comes from.
  package var source: Source
  /// Coding-independent code points (H.273): primaries, transfer function, matrix, full range flag.
  package var codePoints: [UInt8]?
  /// Whether an embedded profile outranks all this.
  package var hasProfile: Bool
  /// The primaries and the white point that the samples have, where they are not those of Rec. 709.
  package var primaries: PNGChromaticities?
  /// CIE xy of the white point and the primaries, if the file states them.
  package var chromaticities: PNGChromaticities?
  /// What the file asks for and does not get, in words; empty if the samples are taken as declared.
  package var compromises: [String]
}

/// CIE 1931 chromaticities as in cHRM.
package struct PNGChromaticities: Hashable, Sendable {
  package var white, red, green, blue: SIMD2<Double>

  package static let rec709 = PNGChromaticities(
    white: [0.3127, 0.3290], red: [0.64, 0.33], green: [0.30, 0.60], blue: [0.15, 0.06])
  package static let rec2020 = PNGChromaticities(
    white: [0.3127, 0.3290], red: [0.708, 0.292], green: [0.170, 0.797], blue: [0.131, 0.046])
  package static let displayP3 = PNGChromaticities(
    white: [0.3127, 0.3290], red: [0.680, 0.320], green: [0.265, 0.690], blue: [0.150, 0.060])

  /// Equal to within what cHRM files round to.
  package func isClose(to other: PNGChromaticities) -> Bool {
    zip([white, red, green, blue], [other.white, other.red, other.green, other.blue])
      .allSatisfy { abs($0.x - $1.x) <= 0.002 && abs($0.y - $1.y) <= 0.002 }
  }
}

extension PNGColorimetry {
  init(
    codePoints: [UInt8]?, hasProfile: Bool, hasSRGB: Bool, gamma: Double?, chromaticities: PNGChromaticities?
  ) {
    self.codePoints = codePoints
    self.hasProfile = false
    self.chromaticities = chromaticities
    compromises = []

    if let codes = codePoints, codes.count == 4 {
      let named: PNGTransfer? =
        switch codes[1] {
        case 1, 6, 14, 15: .bt709
        case 4: .gamma(encoding: 1 / 2.2)
        case 5: .gamma(encoding: 1 / 2.8)
        case 8: .linear
        case 13: .sRGB
        case 16: .pq
        default: nil
        }
      if let named, codes[2] == 0, codes[3] == 1 {
        transfer = named
        source = .cICP
        switch codes[0] {
        case 1: break
        case 9: primaries = .rec2020
        case 12: primaries = .displayP3
        default: compromises.append("cICP primaries \(codes[0]) are taken as BT.709")
        }
        return
      }
      compromises.append("cICP \(codes.map(String.init).joined(separator: ", ")) is not understood")
    }
    self.hasProfile = hasProfile
    if hasSRGB {
      transfer = .sRGB
      source = .sRGB
      return
    }
    if let chromaticities, !chromaticities.isClose(to: .rec709) {
      primaries = chromaticities
    }
    if let gamma {
      if gamma.isFinite, 0.05...20 ~= gamma {
        transfer = .gamma(encoding: gamma)
        source = .gAMA
        return
      }
      compromises.append("gAMA \(gamma) is out of range")
    }
    transfer = .sRGB
    source = .assumed
  }
}
