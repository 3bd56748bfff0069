import ArgumentParser
import Markup
import Onesheet

struct Licenses: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what the fonts that a preset uses ask for.",
    discussion: """
      onesheet licenses teaser
      onesheet licenses poster.yaml --set title.font=Jura --json

      Only fonts count that draw a letter of the picture, not all that the preset
      names. For each: its license and the file that holds it, whose work it is,
      the names that changed versions must not bear. Then, for each license, what
      is due from those who make pictures, and from those who pass the fonts on.
      """)

  @Argument(
    help: "A file, or the name of a preset that comes with the program.",
    completion: .file(extensions: ["yaml"]))
  var preset: String

  @OptionGroup(title: "The preset")
  var options: PresetOptions

  @Option(
    help: ArgumentHelp("The moment that counts; the preset's 'still' by default.", valueName: "seconds"))
  var time: Double?

  @OptionGroup(title: "Messages")
  var messages: MessageOptions

  func run() throws {
    let console = messages.console
    try console.run {
      let preset = try PresetArgument(preset).read(options.library)
      let fonts: [FontUse]
      do {
        fonts = try preset.fontsUsed(time: time)
      } catch {
        throw Failure(error, subject: self.preset)
      }
      try console.show(preset.notes, of: self.preset)
      if console.mode == .json {
        for font in fonts { try console.record(Record(font, preset: self.preset)) }
      } else {
        try StandardOutput.write(Licenses.text(fonts, of: self.preset))
      }
      return .done
    }
  }

  private static func text(_ fonts: [FontUse], of preset: String) -> String {
    guard !fonts.isEmpty else { return "\(preset) sets no type.\n" }
    var text = "\(preset) uses \(fonts.count == 1 ? "one font" : "\(fonts.count) fonts").\n"
    for font in fonts {
      var facts = [
        ("license", "\(font.terms.license.rawValue)\(font.licenseFile.map { ", in \($0)" } ?? "")"),
        ("by", font.terms.attribution),
      ]
      if let name = font.terms.reservedName {
        facts.append(("reserved name", "\(name): changed versions must be called something else"))
      }
      facts.append(("file", font.path + (font.terms.isSubset ? ", a part of the original" : "")))
      text += "\n\(font.family) \(font.style)\n"
      for (name, fact) in facts {
        text += Describe.wrapped(fact, indent: 17).replacingIndent(with: "  \(name)")
      }
    }
    var told: [FontTerms.License] = []
    for font in fonts where !told.contains(font.terms.license) { told.append(font.terms.license) }
    for license in told {
      text += "\n\(license.rawValue == "unknown" ? "Fonts of unknown license" : license.rawValue)\n"
      text += Describe.wrapped(license.forPictures, indent: 17).replacingIndent(with: "  for pictures")
      for (number, duty) in license.forFonts.enumerated() {
        text += Describe.wrapped(duty, indent: 17).replacingIndent(
          with: number == 0 ? "  for font files" : "")
      }
    }
    return text
  }

  /// What `--json` says of each font.
  private struct Record: Encodable {
    var preset, family, style, license, attribution, path, pictures: String
    var reservedName, licenseFile: String?
    var isSubset: Bool
    var fontFiles: [String]

    init(_ font: FontUse, preset: String) {
      self.preset = preset
      (family, style) = (font.family, font.style)
      license = font.terms.license.rawValue
      attribution = font.terms.attribution
      reservedName = font.terms.reservedName
      path = font.path
      licenseFile = font.licenseFile
      isSubset = font.terms.isSubset
      pictures = font.terms.license.forPictures
      fontFiles = font.terms.license.forFonts
    }
  }
}

extension String {
  /// The first line begins with `words` in place of spaces.
  fileprivate func replacingIndent(with words: String) -> String { words + dropFirst(words.count) }
}
