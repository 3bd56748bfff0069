/// What is known of a font file without opening it for setting type.
package struct FontDescriptor: Hashable, Sendable {
  /// Such as "Bebas Neue".
  package var family: String
  /// Such as "Bold"; "Regular" if the font names none.
  package var style: String
  /// 1…1000; 400 is regular, 700 bold.
  package var weight: Int
  package var isItalic: Bool
  /// A single-stroke font.
  package var isStroke: Bool
  package var path: String
  /// Family names in all languages of the file, and the one in its file name.
  package var families: [String]
  /// Full and PostScript names in all languages of the file.
  package var fullNames: [String]
  /// What the font's own name table says about its license, or else about its copyright.
  package var licenseRecord: String?
  /// What the name table says about the copyright.
  package var copyrightRecord: String?

  package var fileName: String { FontFile.name(of: path) }

  /// Family and style, the latter left out where it is plain.
  package var name: String { style == "Regular" ? family : "\(family) \(style)" }

  private static let licenseFileNames = [
    "LICENSE.txt", "OFL.txt", "LICENSE", "LICENCE.txt", "COPYING", "COPYING.txt",
  ]
  private static let maximumLicenseSize = 256 << 10

  /// The text of the license file beside the font, or else the font's own record.
  package var license: String? { licenseFile?.text ?? licenseRecord }

  /// The license file beside the font.
  package var licenseFile: (path: String, text: String)? {
    let folder = FontFile.folder(of: path)
    for name in Self.licenseFileNames {
      let file = "\(folder)/\(name)"
      if let bytes = try? FontFile.bytes(of: file, limit: Self.maximumLicenseSize) {
        return (file, String(decoding: bytes, as: UTF8.self))
      }
    }
    return nil
  }

  /// Reads the names in a font file.
  init(file path: String) throws(FontError) {
    self.path = path
    let fileName = FontFile.name(of: path)
    let stem = fileName.lastIndex(of: ".").map { String(fileName[..<$0]) } ?? fileName
    // "NotoSansSC-Bold-l12": what comes before the first hyphen is the family.
    let stemFamily = stem.firstIndex(of: "-").map { String(stem[..<$0]) } ?? stem
    if FontFile.fileExtension(of: path) == "svg" {
      let reader = try FontFile.Reader(path: path)
      guard reader.size <= StrokeFont.maximumSize else {
        throw .tooLarge(file: path, bytes: reader.size, limit: StrokeFont.maximumSize)
      }
      // The name stands near the start.
      guard let named = StrokeFont.family(in: reader.bytes(at: 0, count: 32 << 10)) else {
        throw .corrupt(file: path, detail: "it is not an SVG font")
      }
      family = named.isEmpty ? stem : named
      style = "Regular"
      weight = 400
      isItalic = false
      isStroke = true
      families = [family, stemFamily]
      fullNames = [stem]
      licenseRecord = nil
      return
    }
    let header = try OpenTypeHeader(file: path)
    family = header.name(16) ?? header.name(1) ?? stemFamily
    style = header.name(17) ?? header.name(2) ?? "Regular"
    weight = header.weight
    isItalic = header.isItalic
    isStroke = false
    families = header.names.filter { [1, 16].contains($0.identifier) }.map(\.text) + [stemFamily]
    fullNames = header.names.filter { [4, 6].contains($0.identifier) }.map(\.text) + [stem]
    licenseRecord = header.name(13) ?? header.name(0)
    copyrightRecord = header.name(0)
  }
}
