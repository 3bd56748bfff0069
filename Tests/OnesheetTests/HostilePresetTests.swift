import Foundation
import Markup
import Props
import Raster
import Testing

@testable import Onesheet

/// Presets that nobody means: they must be answered, in bounded time, without a crash.
@Suite struct HostilePresetTests {
  static let texts: [String] =
    EveryPresetTests.names.compactMap {
      try? String(contentsOf: EveryPresetTests.folder.appendingPathComponent($0), encoding: .utf8)
    } + DocumentationTests.all.map { $0.text }

  /// Whatever has parameters: layers, effects, props, the sections of a set.
  static let kinds =
    Reference.all(.layer) + Reference.all(.effect) + Reference.all(.prop)
    + SetLayer.sections.flatMap { Reference.named($0.name) }

  /// Checks a text; the answer does not matter, only that there is one.
  private func answer(_ text: String, overrides: [Override] = []) {
    var options = Preset.Options()
    options.resources = PictureTests.resources
    options.scale = 0.02
    options.overrides = overrides
    do {
      let preset = try Preset(
        text: text, name: "p.yaml", folder: EveryPresetTests.folder.path, options: options)
      try preset.check()
    } catch let problems as Diagnostics {
      #expect(problems.hasErrors && !problems.rendered.isEmpty)
    } catch {
      #expect(!"\(error)".isEmpty)
    }
  }

  @Test("damaged presets are answered", arguments: 0..<8)
  func damaged(_ round: Int) throws {
    let pieces = [
      "{", "}", "[", "]", ":", "- ", "\n", "  ", "$", "${", "*", "#", "\"", "'", "|", ">", "&a", "*a", "!!",
      "%",
      "-1e308", "1e999", ".nan", "9223372036854775808", "-0", "0x10", "1_000", "林", "👩‍👩‍👧", "\u{0}", "\u{202e}",
      "true", "null", "~", "layers", "group", "copy: sky", "mask: {layer: sky}", "extends: .", "keys", "0",
    ]
    let seed = Seed(UInt64(round)).derived("damage")
    for trial in 0..<60 {
      let s = seed.derived(trial)
      var text = Array(Self.texts[Int(s.unit(0) * Double(Self.texts.count))])
      for edit in 0..<1 + Int(s.unit(1) * 4) {
        let e = s.derived(edit)
        let place = Int(e.unit(0) * Double(text.count))
        let length = min(text.count - place, Int(e.unit(1) * 12))
        let piece = pieces[Int(e.unit(2) * Double(pieces.count))]
        text.replaceSubrange(place..<place + (e.unit(3) < 0.5 ? length : 0), with: Array(piece))
      }
      answer(String(text))
    }
  }

  @Test("extreme numbers are answered in every parameter of every kind")
  func extremeNumbers() throws {
    let values = [
      "1e308", "-1e308", "1e-308", "0", "-1", "9007199254740993", "100000", "0.000001", "[]", "{}", "\"\"",
      "~",
    ]
    for reference in Self.kinds {
      for key in reference.keys {
        for value in values {
          answer(
            reference.example,
            overrides: [Override(path: "\(reference.name).\(key.name)", value: value)])
        }
      }
    }
  }

  @Test("what is legal renders finitely, also at its limits")
  func limits() throws {
    for reference in Self.kinds where reference.name != "image" {
      for key in reference.keys {
        for value in ["0", "1", "0.5", "4", "100", "-1", "360"] {
          var options = Preset.Options()
          options.resources = PictureTests.resources
          options.size = (24, 18)
          options.overrides = [Override(path: "\(reference.name).\(key.name)", value: value)]
          guard let preset = try? Preset(text: reference.example, options: options) else { continue }
          guard let picture = try? preset.render(workers: Workers(count: 1)) else { continue }
          for plane in picture.framebuffer.planes {
            for y in 0..<plane.height {
              for x in 0..<plane.width {
                try #require(plane.row(y)[x].isFinite, "\(reference.name).\(key.name) = \(value)")
              }
            }
          }
        }
      }
    }
  }

  @Test(
    "pictures of one pixel and slivers render, or it is told why they cannot",
    arguments: ["1x1", "1x40", "40x1", "2x3", "17x5"])
  func tiny(_ size: String) throws {
    for text in [PictureTests.busy] + Self.texts {
      var options = Preset.Options()
      options.resources = PictureTests.resources
      let sides = size.split(separator: "x").compactMap { Int($0) }
      options.size = (sides[0], sides[1])
      guard
        let preset = try? Preset(text: text, folder: EveryPresetTests.folder.path, options: options)
      else { continue }
      do {
        let picture = try preset.render()
        #expect(try picture.pngData().count > 60)
      } catch let problems as Diagnostics {
        // Type that must fill a width finds none here.
        #expect(problems.all.allSatisfy { $0.place != nil && $0.hint != nil })
      }
    }
  }

  @Test("files outside the preset's folders are not read") func outside() throws {
    for path in ["/etc/passwd", "../../../../../../etc/passwd", "/dev/zero", "/proc/self/mem"] {
      let told = PresetMistakesTests.complaint(
        "onesheet: 1\ncanvas: {size: 9x9}\nlayers:\n  - image: \(path)\n")
      #expect(
        told.contains("lies outside") || told.contains("there is no file") || told.contains("is not a file"),
        "\(told)")
      let font = PresetMistakesTests.complaint(
        "onesheet: 1\ncanvas: {size: 9x9}\nlayers:\n  - text: A\n    font: \(path)\n")
      #expect(!font.isEmpty)
      let parent = PresetMistakesTests.complaint("onesheet: 1\nextends: \(path)\nlayers: []\n")
      #expect(parent.contains("lies outside") || parent.contains("there is no file"), "\(parent)")
    }
  }
}
