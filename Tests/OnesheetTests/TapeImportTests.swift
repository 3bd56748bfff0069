import Effects
import Foundation
import Markup
import Testing

@testable import Onesheet

/// Presets of other programs.
@Suite struct TapeImportTests {
  private static func read(_ text: String) throws -> TapeImport {
    try TapeImport(text: text, name: "worn.json")
  }

  /// The parameters of the effect, as they are written.
  private static func parameters(_ file: TapeImport) throws -> [String: String] {
    let (node, problems) = YAMLReader.read(Source(name: "preset", text: file.preset))
    #expect(problems.isEmpty)
    let item = try #require(node?.value(forKey: "effects")?.items?.first)
    return Dictionary(
      (item.pairs ?? []).map { ($0.key.scalarText ?? "", $0.value.scalarText ?? "") }
    ) { first, _ in first }
  }

  /// The preset is right: it can be used.
  private static func check(_ file: TapeImport) throws {
    var options = Preset.Options()
    options.resources = PictureTests.resources
    do {
      let preset = try Preset(
        text: file.preset + "layers: [{solid: red}]\ncanvas: {size: 32x24}\n", options: options)
      _ = try preset.render()
    } catch let problems as Diagnostics {
      Issue.record("\(problems.rendered)\n\(file.preset)")
    }
  }

  @Test("a file that says nothing has the settings of old releases") func legacy() throws {
    let file = try Self.read(#"{"version": 1}"#)
    let found = try Self.parameters(file)
    #expect(file.notes.isEmpty)
    #expect(found["vhs"] == "lp" && found["lines"] == "480" && found["bandwidth"] == "1")
    // Composite noise of 0.05, and no noise of luma; half a line from the blend.
    #expect(found["noise"] == "0.0125" && found["chroma-drop"] == "0.5")
    #expect(found["head-switching"] == "0.5" && found["ringing"] == "0.3" && found["sharpness"] == "0.3")
    #expect(found["hue-jitter"] == "0.36" && found["dropouts"] == "0.06" && found["jitter"] == "1")
    try Self.check(file)
  }

  @Test(
    "every setting that has a counterpart moves a parameter", arguments: ["ntsc-rs", "ntscQT"])
  func everySetting(_ program: String) throws {
    let dialect = try #require([TapeDialect.ntscRS, .ntscQT].first { $0.program == program })
    let head =
      dialect.program == "ntsc-rs"
      ? #""version": 1, "luma_noise": true, "bandwidth_scale": 2"#
      : #""_composite_preemphasis": 0, "_emulating_vhs": true, "_enable_ringing2": true"#
    let standard = try Self.read("{\(head)}").preset
    let keys = dialect.fields.map(\.key)
    #expect(Set(keys).count == keys.count)
    for field in dialect.fields where field.neutral == nil && !head.contains("\"\(field.key)\"") {
      // Either end of its range says something else than the default.
      var values: [String]
      switch field.kind {
      case .flag: values = ["\(field.standard == 0)"]
      case .number(let range):
        #expect(range.contains(field.standard), "\(field.key)")
        values = ["\(range.lowerBound)", "\(range.upperBound)"]
      }
      // Two ways to ring exclude each other.
      let head = field.key == "_ringing" ? #""_composite_preemphasis": 0"# : head
      let standard = field.key == "_ringing" ? try Self.read("{\(head)}").preset : standard
      let files = try values.map { try Self.read("{\(head), \"\(field.key)\": \($0)}") }
      #expect(files.contains { $0.preset != standard }, "\(field.key)")
      for file in files { #expect(file.notes.isEmpty, "\(field.key)") }
    }
    for field in dialect.fields where field.neutral != nil {
      guard let parent = field.parent else { continue }
      #expect(keys.contains(parent), "\(field.key)")
    }
  }

  @Test("at either end of all ranges, it is a preset", arguments: [false, true], [false, true])
  func extremes(_ highest: Bool, _ isOn: Bool) throws {
    for (dialect, head) in [(TapeDialect.ntscRS, #""version": 1"#), (.ntscQT, #""_x": 0"#)] {
      let fields = dialect.fields.map { field in
        switch field.kind {
        case .flag: "\"\(field.key)\": \(isOn)"
        case .number(let range): "\"\(field.key)\": \(highest ? range.upperBound : range.lowerBound)"
        }
      }
      try Self.check(Self.read("{\(([head] + fields).joined(separator: ",\n\t"))}"))
    }
  }

  @Test("every parameter that is written is one of vhs") func parameters() throws {
    let names = Set(VHS.parameterDescriptions.map(\.name))
    for dialect in [TapeDialect.ntscRS, .ntscQT] {
      for (name, _) in dialect.convert(TapeValues(dialect.fields)) {
        #expect(names.contains(name), "\(name)")
      }
    }
  }

  @Test("what has no counterpart is told where it stands") func notes() throws {
    let file = try Self.read(
      """
      {
        "version": 1,
        "luma_smear": 0.4,
        "ringing": false, "ringing_power": 7,
        "chroma_demodulation": 1,
        "vhs_sharpen_frequancy": 2
      }
      """)
    #expect(
      Diagnostics(file.notes).rendered == """
        worn.json:3:3: note: 'luma_smear' has no counterpart
          "luma_smear": 0.4,
          ^~~~~~~~~~~~
        worn.json:6:3: note: the setting 'vhs_sharpen_frequancy' is not known
          "vhs_sharpen_frequancy": 2
          ^~~~~~~~~~~~~~~~~~~~~~~
        hint: did you mean 'vhs_sharpen_frequency'?
        """, "\(Diagnostics(file.notes).rendered)")
    #expect(try Self.parameters(file)["ringing"] == "0")
  }

  @Test("a preset of ntscQT") func ntscQT() throws {
    let file = try Self.read(
      #"{"_composite_preemphasis": 0.05, "_vhs_out_sharpen": 2, "_video_noise": 1114, "_emulating_vhs": true, "#
        + #""_vhs_head_switching": true, "_video_chroma_phase_noise": 6, "_output_vhs_tape_speed": 2}"#)
    let found = try Self.parameters(file)
    #expect(found["vhs"] == "ep" && found["hue-jitter"] == "3.6" && found["head-switching"] == "0.5")
    #expect(found["noise"] == "0.0057" && found["sharpness"] == "0.6")
    #expect(file.notes.map(\.message) == ["'_composite_preemphasis' has no counterpart"])
    try Self.check(file)
  }

  @Test(
    "files that are something else",
    arguments: [
      ("", "empty"), ("  \n", "empty"), ("[1, 2]", "1:1: error: a JSON object is due here, not a list"),
      ("hello", "1:1: error: a JSON object"), ("{}", "neither a preset of ntsc-rs nor one of ntscQT"),
      (#"{"version": 2}"#, "1:13: error: presets of ntsc-rs are known in version 1"),
      (#"{"version": "1"}"#, "1:13: error: a number is due here, not the text '1'"),
      (#"{"version": 1, "vhs_tape_speed": "EP"}"#, "1:34: error: a number is due here, not the text 'EP'"),
      (#"{"version": 1, "vhs_tape_speed": 1e999}"#, "1:34: error: a number is due here"),
      (#"{"version": 1, "vhs_tape_speed": nan}"#, "1:34: error: a number is due here"),
      (#"{"version": 1, "ringing": 1}"#, "1:27: error: true or false is due here, not '1'"),
      (
        #"{"version": 1, "ringing": {"ringing": true}}"#,
        "1:27: error: true or false is due here, not a mapping"
      ),
      (#"{"version": 1, "ringing": null}"#, "1:27: error: true or false is due here, not 'null'"),
      (#"{"version": 1, "ringing": true, "ringing": false}"#, "error"),
      (#"{"version": 1"#, "error"),
      ("{\"version\": 1, \"a\": \(String(repeating: "[", count: 5000))", "error"),
      (#"{"one": {"_composite_preemphasis": 0}, "two": {}}"#, "1:2: error: this file holds several presets"),
    ])
  func wrong(_ text: String, _ words: String) {
    do {
      _ = try Self.read(text)
      Issue.record("nothing was found wrong")
    } catch {
      let message = (error as? Diagnostics)?.rendered ?? "\(error)"
      #expect(message.contains(words), "\(message)")
    }
  }

  @Test("seeds of any sign") func seeds() throws {
    #expect(try Self.read(#"{"version": 1, "random_seed": 7}"#).preset.contains("\nseed: 7\n"))
    let negative = try Self.read(#"{"version": 1, "random_seed": -7}"#)
    #expect(negative.preset.contains("\nseed: 4294967289\n"))
    try Self.check(negative)
  }
}
