import Foundation
import Markup
import Raster
import Testing

@testable import Onesheet

/// Billing blocks as presets describe, change and extend them.
@Suite struct CreditsPresetTests {
  private static let text = """
    onesheet: 1
    canvas: {size: 800x400}
    vars: {second-name: NOBODY}
    layers:
      - solid: "#000"
      - credits:
          - presents: MIDNIGHT REEL
          - role: written by
            names: [林小艺, $second-name]
          - directed by: 林小艺
        id: billing
        size: 0.05
    """

  private func preset(_ overrides: [String] = [], _ text: String = text) throws -> Preset {
    var options = Preset.Options()
    options.resources = Resources(root: DocumentationTests.root.path)
    options.overrides = try overrides.map { try #require(Override($0)) }
    return try Preset(text: text, options: options)
  }

  private func complaints(_ overrides: [String] = [], _ text: String = text) throws -> [String] {
    do {
      try preset(overrides, text).check()
      return []
    } catch let problems as Diagnostics {
      return problems.all.map {
        "\($0.place?.source.name ?? ""):\($0.place?.line ?? 0):\($0.place?.column ?? 0) \($0.message)"
      }
    }
  }

  @Test(
    "entries are reached by number, by role, and by the layer's id or kind",
    arguments: [
      "layers.billing.1.names=[A, B]", "layers.credits.1.names=[A, B]", "billing.1.names=[A, B]",
      "credits.credits.1.names=[A, B]", "billing.2.directed by=[A, B]", "billing.directed by=[A, B]",
      "billing.directed-by=A & B", "billing.presents=SOMEBODY", "billing.1.join=and", "billing.2=THE SAME",
    ])
  func overrides(_ override: String) throws {
    let preset = try preset([override])
    try preset.check()
    let value = try #require(override.split(separator: "=").last)
    let items = value.hasPrefix("[") ? ["A", "B"] : [String(value)]
    for item in items { #expect(preset.recipe.contains(item), "\(preset.recipe)") }
    #expect(!preset.recipe.contains("directed-by"))
  }

  @Test("what an override cannot reach is told") func wrongOverrides() throws {
    #expect(
      try complaints(["billing.7.names=A"]).first?.contains("'7' is not an item of this list of 3") == true)
    #expect(try complaints(["billing.1.nmaes=A"]).first?.contains("a credit has no 'nmaes'") == true)
    #expect(try complaints(["billing.lit by=A"]).first?.contains("no parameter 'lit by'") == true)
    #expect(
      try complaints(["vars.second-name="]).first?.contains("a name is due here, but this is empty") == true)
  }

  @Test("a letter that no font has is told where its name stands") func missing() throws {
    let text = Self.text.replacingOccurrences(of: "names: [林小艺,", with: "names: [\u{0E01},")
    #expect(try complaints([], text).first?.hasPrefix("preset:9:17 no font has “\u{0E01}” (U+0E01)") == true)
    #expect(try complaints(["vars.second-name=\u{0E01}"]).first?.hasPrefix("preset:9:") == true)
  }

  @Test("ids and vars change a block that a preset extends") func extended() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.text.write(to: folder.appendingPathComponent("base.yaml"), atomically: true, encoding: .utf8)
    let child = """
      onesheet: 1
      extends: base.yaml
      vars: {second-name: SOMEBODY}
      layers:
        - id: billing
          order: billing
      """
    var options = Preset.Options()
    options.resources = Resources(root: DocumentationTests.root.path)
    let preset = try Preset(text: child, folder: folder.path, options: options)
    try preset.check()
    #expect(preset.recipe.contains("SOMEBODY") && preset.recipe.contains("MIDNIGHT REEL"))
  }

  @Test("a block takes what its plan says") func memory() throws {
    let preset = try preset(["billing.role-color=#888"])
    let workers = Workers(count: 2)
    let planned = try preset.plan(time: nil, workers: workers).peakBytes(for: preset.geometry.bounds)
    let pool = BufferPool()
    try BufferPool.$current.withValue(pool) { _ = try preset.render(workers: workers) }
    #expect(planned >= pool.usage.peak && pool.usage.inUse == 0)
  }

  // MARK: Licenses

  @Test("fonts that draw a letter count, not all that are named") func used() throws {
    let fonts = try preset().fontsUsed()
    #expect(
      fonts.map { "\($0.family) \($0.style)" } == [
        "Bebas Neue Book", "Bebas Neue Regular", "Noto Sans CJK SC Light",
      ])
    #expect(
      fonts.allSatisfy { $0.terms.license == .ofl && $0.licenseFile?.hasSuffix("/LICENSE.txt") == true })
    #expect(fonts.map(\.terms.isSubset) == [false, false, true])
    let signs = try preset(
      [],
      "onesheet: 1\ncanvas: {size: 200x100}\nlayers:\n  - text: A\n    font: Kaushan Script\n    visible: false\n  - text: B\n    font: Roboto Condensed\n"
    )
    #expect(try signs.fontsUsed().map(\.terms.license) == [.apache])
  }

  @Test("every font of the program has its terms, which its files bear out") func registered() throws {
    let resources = Resources(root: DocumentationTests.root.path)
    let fonts = resources.bundledFonts
    #expect(
      Set(fonts.map { ($0.path as NSString).deletingLastPathComponent }).count == FontTerms.bundled.count)
    for font in fonts {
      let folder = ((font.path as NSString).deletingLastPathComponent as NSString).lastPathComponent
      let terms = try #require(FontTerms.bundled[folder], "register \(folder)")
      #expect(font.terms == terms)
      #expect(font.characterCount > 80, "\(font.family)")
      #expect(!font.scripts.isEmpty && font.scripts.allSatisfy { $0.count > 2 })
    }
    for descriptor in resources.fonts.all {
      let told = FontTerms(of: descriptor, bundledIn: [])
      let registered = FontTerms(of: descriptor, bundledIn: resources.fonts.roots)
      // The license beside Unifont tells the older of its two.
      if registered.license != .oflOrGPL { #expect(told.license == registered.license, "\(descriptor.path)") }
      #expect(told.reservedName == registered.reservedName, "\(descriptor.path)")
    }
  }

  @Test("reserved names are read out of notices, not out of the license") func reserved() {
    #expect(
      FontTerms.reservedName(in: "© A B,\nwith Reserved Font Name Kaushan Script.\n") == "Kaushan Script")
    #expect(
      FontTerms.reservedName(in: "with Reserved Font Name: \"Foo Bar\"\n\"Reserved Font Name\" refers to")
        == "Foo Bar")
    #expect(FontTerms.reservedName(in: "with Reserved Font Names 'Foo' and 'Bar'.") == "Foo' and 'Bar")
    #expect(FontTerms.reservedName(in: "\"Reserved Font Name\" refers to any names") == nil)
  }
}
