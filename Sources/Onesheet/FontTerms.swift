import Catalog
import Typography

/// What the license of a font asks for.
public struct FontTerms: Sendable, Hashable {
  public enum License: String, Sendable, CaseIterable {
    case ofl = "OFL 1.1"
    case apache = "Apache 2.0"
    case oflOrGPL = "OFL 1.1 or GPL 2+"
    case hershey = "Hershey notice"
    case unknown
  }
  public let license: License
  /// Whose work it is, as the font says.
  public let attribution: String
  /// The names that changed versions must not bear, or nil.
  public let reservedName: String?
  /// Whether the file that comes with the program is a part of the original.
  public let isSubset: Bool

  private init(_ license: License, _ attribution: String, reservedName: String? = nil, isSubset: Bool = false)
  {
    self.license = license
    self.attribution = attribution
    self.reservedName = reservedName
    self.isSubset = isSubset
  }

  /// The fonts that come with the program, by the names of their folders.
  static let bundled: [String: FontTerms] = [
    "bebas-neue": FontTerms(.ofl, "© 2010 Ryoichi Tsunekawa"),
    "deck-display": FontTerms(.ofl, "© 2026 The onesheet authors"),
    "jura": FontTerms(.ofl, "© 2016 The Jura Font Project Authors (daniel@danieljohnson.name)"),
    "kaushan-script": FontTerms(
      .ofl, "© 2011 Pablo Impallari (www.impallari.com), Igino Marini (www.ikern.com)",
      reservedName: "Kaushan Script"),
    "league-spartan": FontTerms(.ofl, "© 2011–2020 Micah Rich"),
    "lexend-zetta": FontTerms(
      .ofl, "© 2019 The Lexend Project Authors (https://github.com/ThomasJockin/lexend)"),
    "noto-sans-sc": FontTerms(.ofl, "© 2014–2021 Adobe (http://www.adobe.com/)", isSubset: true),
    "noto-sans-tc": FontTerms(.ofl, "© 2014–2021 Adobe (http://www.adobe.com/)", isSubset: true),
    "noto-serif-sc": FontTerms(.ofl, "© 2017–2022 Adobe (http://www.adobe.com/)", isSubset: true),
    "roboto-condensed": FontTerms(.apache, "© 2011 Google Inc."),
    "smiley-sans": FontTerms(.ofl, "© 2022–2023 atelierAnchor"),
    "stroke-ems": FontTerms(
      .ofl, "Sheldon B. Michaels; SVG font conversion by Windell H. Oskay; the designers named in each file"),
    "stroke-hershey": FontTerms(
      .hershey, "Dr. A. V. Hershey, U. S. National Bureau of Standards; format by James Hurt, Cognition, Inc."
    ),
    "unifont": FontTerms(
      .oflOrGPL,
      "© 1998–2022 Roman Czyborra, Paul Hardy, Qianqian Fang, Andrew Miller, Johnnie Weaver, David Corbett, Nils Moskopp, Rebecca Bettencourt, et al.",
      isSubset: true),
  ]

  /// The terms of a font: those above for the program's own, and what its file and its folder say of any other.
  init(of font: FontDescriptor, bundledIn folders: [String]) {
    let parts = font.path.split(separator: "/")
    if parts.count > 1, folders.contains(where: { FileAccess.contains($0, font.path) }),
      let known = FontTerms.bundled[String(parts[parts.count - 2])]
    {
      self = known
      return
    }
    let texts = [font.licenseRecord, font.copyrightRecord, font.licenseFile?.text].compactMap { $0 }
    self.init(
      texts.lazy.map { FontTerms.license($0) }.first { $0 != .unknown } ?? .unknown,
      font.copyrightRecord.map { FontTerms.line($0) } ?? "not told by the font",
      reservedName: texts.lazy.compactMap { FontTerms.reservedName(in: $0) }.first)
  }

  /// The license that a text is or names. A file that lists the licenses of several parts names the font's first.
  static func license(_ text: String) -> License {
    let text = text.lowercased()
    let marks: [(String, License)] = [
      ("ofl-1.1", .ofl), ("sil open font license", .ofl), ("scripts.sil.org/ofl", .ofl),
      ("apache-2.0", .apache),
      ("apache license", .apache), ("hershey", .hershey),
    ]
    let found = marks.compactMap { mark, license in text.firstRange(of: mark).map { ($0.lowerBound, license) }
    }
    return found.min { $0.0 < $1.0 }?.1 ?? .unknown
  }

  /// What follows "with Reserved Font Name" in a copyright notice; the license itself speaks of the term, too.
  static func reservedName(in text: String) -> String? {
    guard let range = text.firstRange(of: "with Reserved Font Name") else { return nil }
    var rest = text[range.upperBound...].prefix(200)
    if rest.first == "s" { rest = rest.dropFirst() }
    if rest.hasPrefix("(s)") { rest = rest.dropFirst(3) }
    let name = rest.prefix { !$0.isNewline && $0 != "." && $0 != "(" && $0 != ";" }
    let trimmed = name.drop { " :\"'“‘".contains($0) }
    let end = trimmed.lastIndex { !" ,\"'”’".contains($0) }
    return end.map { String(trimmed[...$0]) }
  }

  private static func line(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > 300 ? words.prefix(300) + " …" : words
  }
}

extension FontTerms.License {
  /// What somebody must do who makes pictures with the font, shows, prints and sells them.
  public var forPictures: String {
    switch self {
    case .ofl, .oflOrGPL:
      "Nothing. The license is about the font and says that it does not apply to documents made with it; no credit is due."
    case .apache: "Nothing. The license is about the font's files; pictures are free, and no credit is due."
    case .hershey: "Nothing. Anyone may use the fonts for any purpose, commercial or not."
    case .unknown:
      "Not known to this program: read the font's own license before the picture is shown, printed or sold."
    }
  }

  /// What somebody must do who passes the font's file on, with a preset or with this program.
  public var forFonts: [String] {
    switch self {
    case .ofl, .oflOrGPL:
      [
        "Pass on the license text and the copyright notice with the file.",
        "Do not sell the font by itself; with a program or a preset it may be sold.",
        "A changed version stays under the OFL, must not bear a reserved name, and must not use the authors' names for advertisement.",
      ]
        + (self == .oflOrGPL
          ? ["Or follow the GPL 2 or later instead, with its exception for fonts embedded in documents."]
          : [])
    case .apache:
      [
        "Pass on the license text and the notices with the file.",
        "Say of changed files that they were changed. The license grants no right to trademarks.",
      ]
    case .hershey:
      [
        "Pass on both acknowledgments: the fonts were made by Dr. A. V. Hershey, the format of their data by James Hurt.",
        "Do not convert them into the format of the U.S. NTIS.",
      ]
    case .unknown: ["Ask whoever made the font."]
    }
  }
}

/// A font that a preset sets type in, with what its license asks for.
public struct FontUse: Sendable, Hashable {
  public let family, style: String
  public let path: String
  /// The file that holds the license, or nil if none lies beside the font.
  public let licenseFile: String?
  public let terms: FontTerms
}

extension Preset {
  /// The fonts that the picture of a moment really uses, signs of its sets included: those that drew a letter, not all
  /// that it names.
  ///
  /// - Throws: ``Markup/Diagnostics`` if the preset cannot be drawn.
  public func fontsUsed(time: Double? = nil) throws -> [FontUse] {
    _ = try plan(time: time, workers: Workers(count: 1))
    return fonts.used.map { font in
      FontUse(
        family: font.family, style: font.style, path: font.path, licenseFile: font.licenseFile?.path,
        terms: FontTerms(of: font, bundledIn: fonts.bundledFolders))
    }
  }
}
