import CColorProfile

/// An embedded ICC profile: from coded values to linear light with the primaries of Rec. 709.
///
/// Most profiles are three curves and a matrix; those are applied here, which is as exact as it is fast. The others
/// (tables of cameras, scanners and printers, gray) go through Little CMS: relative colorimetric, with compensation of
/// the black point.
final class ColorProfile: Sendable {
  enum Space { case gray, rgb }

  let space: Space
  /// What the profile calls itself.
  let name: String
  private nonisolated(unsafe) let profile: OpaquePointer

  /// Why a profile cannot be used; a sentence's second half.
  struct Refusal: Error {
    var reason: String
  }

  init(_ bytes: [UInt8]) throws(Refusal) {
    guard let profile = bytes.withUnsafeBufferPointer({ ccolor_profile_create($0.baseAddress, $0.count) })
    else { throw Refusal(reason: "it is damaged") }
    switch ccolor_profile_space(profile) {
    case CColorSpaceGray: space = .gray
    case CColorSpaceRGB: space = .rgb
    case let other:
      ccolor_profile_destroy(profile)
      throw Refusal(
        reason: other == CColorSpaceCMYK ? "it is one of inks (CMYK)" : "it is not one of RGB or gray")
    }
    var text = [CChar](repeating: 0, count: 256)
    ccolor_profile_description(profile, &text, text.count)
    name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.profile = profile
  }

  deinit { ccolor_profile_destroy(profile) }

  /// Three curves and a matrix, where the profile is nothing else.
  struct Shaper {
    /// The light of each of the equally spaced codes, red, then green, then blue.
    var curves: [Float]
    /// To linear Rec. 709, row after row.
    var matrix: [Double]
  }

  func shaper(codes: Int) -> Shaper? {
    guard space == .rgb else { return nil }
    var curves = [Float](repeating: 0, count: 3 * codes)
    var matrix = [Double](repeating: 0, count: 9)
    guard ccolor_profile_shaper(profile, Int32(codes), &curves, &matrix) != 0 else { return nil }
    guard matrix.allSatisfy({ $0.isFinite && abs($0) < 100 }) else { return nil }
    return Shaper(curves: curves, matrix: matrix)
  }

  /// Any profile's way to light. It must not outlive the profile.
  func transform() -> OpaquePointer? { ccolor_transform_create(profile) }
}

/// Little CMS at work, for as long as pixels are to be converted. Any number of threads may use it.
final class ProfileTransform: Sendable {
  private let profile: ColorProfile
  private nonisolated(unsafe) let transform: OpaquePointer

  init(_ profile: ColorProfile) throws(ColorProfile.Refusal) {
    guard let transform = profile.transform() else {
      throw ColorProfile.Refusal(reason: "it leads to no colors")
    }
    self.profile = profile
    self.transform = transform
  }

  deinit { ccolor_transform_destroy(transform) }

  /// Coded values (one a pixel of gray, three of RGB) to linear Rec. 709, three values a pixel.
  func run(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, pixels: Int) {
    ccolor_transform_run(transform, from, to, pixels)
  }
}
