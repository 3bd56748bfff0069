/// What a JPEG says beside its pixels: how it is to be turned, its print density, its ICC profile.
///
/// Read from the segments in front of the first scan (ITU-T T.81, B.1.1; JFIF 1.02; Exif 2.3, 4.5–4.6; ICC.1, B.4).
/// Whatever is not as it should be is as if it were not there, but for a profile: that something is wrong with it must
/// be said, since colors depend on it.
package struct JPEGSegments: Hashable, Sendable {
  /// Where row 0 and column 0 of the file belong, 1…8; 1 is upright.
  package var orientation = 1
  /// Pixels per meter, if both directions agree.
  package var pixelsPerMeter: Int?
  /// The bytes of the embedded profile, put together from its parts.
  package var profile: [UInt8]?
  /// What is wrong with the embedded profile.
  package var profileProblem: String?

  /// Profiles of presses have up to 3 MB.
  private static let largestProfile = 16 << 20

  package init(_ bytes: UnsafeRawBufferPointer) {
    var parts: [Int: Range<Int>] = [:]
    var partCount: Int?
    var profileSize = 0
    var exifDensity: Int?
    var hasExif = false
    var at = 2
    while let segment = JPEGSegments.segment(at: &at, in: bytes) {
      let body = ByteReader(bytes: bytes, range: segment.body)
      switch segment.marker {
      case 0xe0 where body.starts(with: "JFIF\0"):
        pixelsPerMeter = pixelsPerMeter ?? JPEGSegments.jfifDensity(body)
      case 0xe1 where !hasExif && body.starts(with: "Exif\0\0"):
        hasExif = true
        let exif = ExifFields(body.dropping(6))
        orientation = exif.orientation ?? 1
        exifDensity = exif.pixelsPerMeter
      case 0xe2 where body.starts(with: "ICC_PROFILE\0"):
        guard profileProblem == nil else { break }
        guard let number = body.byte(12), let count = body.byte(13), (1...count).contains(number),
          partCount ?? count == count, parts[number] == nil
        else {
          profileProblem = "its parts do not fit together"
          break
        }
        partCount = count
        let part = body.dropping(14).range
        parts[number] = part
        profileSize += part.count
        if profileSize > JPEGSegments.largestProfile { profileProblem = "it is too large" }
      default: break
      }
    }
    pixelsPerMeter = pixelsPerMeter ?? exifDensity
    if let partCount, profileProblem == nil {
      if parts.count < partCount {
        profileProblem = "\(partCount - parts.count) of its \(partCount) parts are missing"
      } else {
        profile = parts.sorted { $0.key < $1.key }.flatMap { bytes[$0.value] }
      }
    }
  }

  /// The segment that begins at `at`, which moves behind it; nil at the first scan and where there is none.
  private static func segment(at: inout Int, in bytes: UnsafeRawBufferPointer) -> (
    marker: UInt8, body: Range<Int>
  )? {
    guard at < bytes.count, bytes[at] == 0xff else { return nil }
    // Any number of 0xff may fill the space in front of a marker.
    while at < bytes.count, bytes[at] == 0xff { at += 1 }
    guard at + 2 < bytes.count else { return nil }
    let marker = bytes[at]
    // Scans, and the end. Markers without a body do not occur in front of a scan.
    guard marker != 0xda, marker != 0xd9, marker != 0 else { return nil }
    let length = Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
    let start = at + 3
    let end = at + 1 + length
    guard length >= 2, end <= bytes.count else { return nil }
    at = end
    return (marker, start..<end)
  }

  private static func jfifDensity(_ body: ByteReader) -> Int? {
    guard let unit = body.byte(7), let x = body.number(8, 2), let y = body.number(10, 2), x == y, x > 0 else {
      return nil
    }
    switch unit {
    case 1: return Int((Double(x) / 0.0254).rounded())
    case 2: return x * 100
    default: return nil
    }
  }
}

/// The fields of Exif's first directory that matter here.
private struct ExifFields {
  var orientation: Int?
  var pixelsPerMeter: Int?

  /// - Parameter tiff: from the byte order mark on; offsets count from there.
  init(_ tiff: ByteReader) {
    var tiff = tiff
    switch (tiff.byte(0), tiff.byte(1)) {
    case (0x49, 0x49): tiff.isLittleEndian = true
    case (0x4d, 0x4d): tiff.isLittleEndian = false
    default: return
    }
    guard tiff.number(2, 2) == 42, let directory = tiff.number(4, 4), let count = tiff.number(directory, 2)
    else { return }
    var density: (x: Double?, y: Double?)
    // Inches, if nothing is said.
    var unit = 0.0254
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = tiff.number(entry, 2), let type = tiff.number(entry + 2, 2) else { return }
      let short = type == 3 ? tiff.number(entry + 8, 2) : nil
      switch tag {
      case 0x0112: if let short, (1...8).contains(short) { orientation = short }
      case 0x011a where type == 5: density.x = tiff.rational(at: entry + 8)
      case 0x011b where type == 5: density.y = tiff.rational(at: entry + 8)
      case 0x0128: unit = short == 3 ? 0.01 : 0.0254
      default: break
      }
    }
    if let x = density.x, let y = density.y, x == y {
      let perMeter = (x / unit).rounded()
      if (1...1e6).contains(perMeter) { pixelsPerMeter = Int(perMeter) }
    }
  }
}

/// Numbers in a part of a file; nil beyond its end.
private struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  let range: Range<Int>
  var isLittleEndian = false

  func byte(_ index: Int) -> Int? {
    index >= 0 && index < range.count ? Int(bytes[range.lowerBound + index]) : nil
  }

  /// A number of `count` bytes without a sign.
  func number(_ index: Int, _ count: Int) -> Int? {
    guard index >= 0, index <= range.count - count else { return nil }
    return (0..<count).reduce(0) { sum, i in
      sum << 8 | Int(bytes[range.lowerBound + index + (isLittleEndian ? count - 1 - i : i)])
    }
  }

  /// The quotient of two numbers that lie where the number at `index` says.
  func rational(at index: Int) -> Double? {
    guard let offset = number(index, 4), let over = number(offset, 4), let under = number(offset + 4, 4),
      under > 0
    else { return nil }
    return Double(over) / Double(under)
  }

  func dropping(_ count: Int) -> ByteReader {
    ByteReader(
      bytes: bytes, range: min(range.upperBound, range.lowerBound + count)..<range.upperBound,
      isLittleEndian: isLittleEndian)
  }

  func starts(with text: String) -> Bool {
    text.utf8.count <= range.count && zip(text.utf8, range).allSatisfy { $0 == bytes[$1] }
  }
}
