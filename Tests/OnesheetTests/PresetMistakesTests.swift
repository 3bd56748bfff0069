import Foundation
import Markup
import Testing

@testable import Onesheet

/// What a preset's author is told, word by word.
@Suite struct PresetMistakesTests {
  static let resources = Resources(root: DocumentationTests.root.path)

  struct Slip: CustomTestStringConvertible, Sendable {
    var name: String
    var preset: String
    var overrides: [String] = []
    var told: String
    var testDescription: String { name }
  }

  static func complaint(_ preset: String, overrides: [String] = [], disabled: [String] = []) -> String {
    var options = Preset.Options()
    options.resources = resources
    options.overrides = overrides.compactMap { Override($0) }
    options.disabled = disabled
    do {
      try Preset(text: preset, name: "p.yaml", options: options).check()
      return ""
    } catch let problems as Diagnostics {
      return problems.rendered
    } catch {
      return "\(error)"
    }
  }

  private static let head = "onesheet: 1\ncanvas: {size: 60x90}\n"

  static let slips: [Slip] = [
    Slip(
      name: "unknown key of a kind", preset: head + "layers:\n  - noise: fbm\n    octavs: 3\n",
      told: """
        p.yaml:5:5: error: 'noise' has no parameter 'octavs'
            octavs: 3
            ^~~~~~
        hint: did you mean 'octaves'?
        """),
    Slip(
      name: "unknown key of a preset", preset: head + "layer:\n  - solid: red\nlayers: [{solid: red}]\n",
      told: """
        p.yaml:3:1: error: a preset has no key 'layer'
        layer:
        ^~~~~
        hint: did you mean 'layers'?
        """),
    Slip(
      name: "unknown kind", preset: head + "layers:\n  - sold: red\n",
      told: """
        p.yaml:4:5: error: there is no layer called 'sold'
          - sold: red
            ^~~~
        hint: did you mean 'solid'?
        """),
    Slip(
      name: "two kinds in one item", preset: head + "layers:\n  - solid: red\n    noise: fbm\n",
      told: """
        p.yaml:5:5: error: one item is one kind, but 'solid' and 'noise' are two
            noise: fbm
            ^~~~~
        hint: begin a new item with a hyphen
        """),
    Slip(
      name: "out of range", preset: head + "layers:\n  - noise: fbm\n    octaves: 77\n",
      told: """
        p.yaml:5:14: error: 77 is outside the legal range
            octaves: 77
                     ^~
        hint: legal: from 1 to 10
        """),
    Slip(
      name: "not a number", preset: head + "layers:\n  - noise: fbm\n    gain: much\n",
      told: """
        p.yaml:5:11: error: 'much' is not a number
            gain: much
                  ^~~~
        hint: a number is due here, from 0 to 1
        """),
    Slip(
      name: "NaN", preset: head + "layers:\n  - solid: red\n    opacity: .nan\n",
      told: """
        p.yaml:5:14: error: '.nan' is not a number that can be drawn
            opacity: .nan
                     ^~~~
        """),
    Slip(
      name: "infinity by exponent", preset: head + "layers:\n  - noise: fbm\n    size: 1e999\n",
      told: """
        p.yaml:5:11: error: '1e999' is too large a number
            size: 1e999
                  ^~~~~
        """),
    Slip(
      name: "a color without quotes", preset: head + "layers:\n  - solid: #ff2e88\n",
      told: """
        p.yaml:4:12: error: a color is due here, not nothing
          - solid: #ff2e88
                   ^~~~~~~
        hint: YAML takes an unquoted # for the beginning of a comment: quote it, "#ff2e88"
        """),
    Slip(
      name: "a color that is none", preset: head + "layers:\n  - solid: crimsn\n",
      told: """
        p.yaml:4:12: error: 'crimsn' is not a color
          - solid: crimsn
                   ^~~~~~
        hint: did you mean 'crimson'?
        """),
    Slip(
      name: "an unknown reference",
      preset: head + "palette: {pink: \"#ff2e88\"}\nlayers:\n  - solid: $pnk * 2\n",
      told: """
        p.yaml:5:12: error: nothing in vars or palette is called 'pnk'
          - solid: $pnk * 2
                   ^~~~~~~~
        hint: did you mean '$pink'?
        """),
    Slip(
      name: "references in a circle",
      preset: head + "vars: {a: $b, b: $a}\nlayers:\n  - solid: red\n    opacity: $a\n",
      told: """
        p.yaml:6:14: error: the reference goes in a circle: $a → $b → $a
            opacity: $a
                     ^~
        """),
    Slip(
      name: "a unit that does not fit", preset: head + "layers:\n  - solid: red\n    rotate: 3mm\n",
      told: """
        p.yaml:5:13: error: 'mm' is not a unit that can stand here
            rotate: 3mm
                    ^~~
        hint: units: deg, turn, °
        """),
    Slip(
      name: "a motion with a slip",
      preset: head + "layers:\n  - solid: red\n    opacity: {wave: {low: 0, hihg: 1}}\n",
      told: """
        p.yaml:5:21: error: 'wave' needs 'high'
            opacity: {wave: {low: 0, hihg: 1}}
                            ^~~~~~~~~~~~~~~~~
        p.yaml:5:30: error: 'wave' has no 'hihg'
            opacity: {wave: {low: 0, hihg: 1}}
                                     ^~~~
        hint: did you mean 'high'?
        """),
    Slip(
      name: "a missing main parameter", preset: head + "layers:\n  - solid\n",
      told: """
        p.yaml:4:5: error: 'solid' needs 'solid' (a color)
          - solid
            ^~~~~
        """),
    Slip(
      name: "an id twice", preset: head + "layers:\n  - solid: red\n    id: a\n  - solid: blue\n    id: a\n",
      told: """
        p.yaml:7:9: error: the id 'a' is taken already, in line 5
            id: a
                ^
        """),
    Slip(
      name: "a mask by an unknown layer",
      preset: head + "layers:\n  - solid: red\n    id: sky\n  - solid: blue\n    mask: {layer: sku}\n",
      told: """
        p.yaml:7:19: error: there is no layer 'sku'
            mask: {layer: sku}
                          ^~~
        hint: did you mean 'sky'?
        """),
    Slip(
      name: "an effect that looks at an unknown layer",
      preset: head
        + "layers:\n  - solid: red\n    id: sky\neffects:\n  - pixel-sort: threshold\n    protect: sku\n",
      told: """
        p.yaml:8:14: error: there is no layer 'sku'
            protect: sku
                     ^~~
        hint: did you mean 'sky'?
        """),
    Slip(
      name: "an effect that looks at what it is part of",
      preset: head
        + "layers:\n  - solid: red\n    id: a\n    effects:\n      - pixel-sort: mask\n        spans: a\n",
      told: """
        p.yaml:8:16: error: the reference 'spans' goes in a circle: 'a' is needed to draw 'a'
                spans: a
                       ^
        """),
    Slip(
      name: "an effect without the layer that it looks at",
      preset: head + "layers:\n  - solid: red\neffects:\n  - pixel-sort: mask\n",
      told: """
        p.yaml:6:5: error: 'pixel-sort' needs 'spans' here, the id of a layer
          - pixel-sort: mask
            ^~~~~~~~~~
        hint: spans: ID
        """),
    Slip(
      name: "a channel that an effect cannot look at",
      preset: head
        + "layers:\n  - solid: red\n    id: a\neffects:\n  - pixel-sort: mask\n    spans: {layer: a, channel: depth}\n",
      told: """
        p.yaml:8:32: error: 'depth' is not one of alpha, luminance
            spans: {layer: a, channel: depth}
                                       ^~~~~
        """),
    Slip(
      name: "depth without a set",
      preset: head + "layers:\n  - solid: red\neffects:\n  - depth-of-field: 0.5\n",
      told: """
        p.yaml:6:5: error: 'depth-of-field' looks at the depth of a set, but there is none
          - depth-of-field: 0.5
            ^~~~~~~~~~~~~~
        """),
    Slip(
      name: "the depth of what is no set",
      preset: head
        + "layers:\n  - solid: red\n    id: a\neffects:\n  - depth-of-field: 0.5\n    depth-of: a\n",
      told: """
        p.yaml:8:15: error: 'a' has no depth: only a set has
            depth-of: a
                      ^
        hint: other layers have alpha and luminance
        """),
    Slip(
      name: "the depth of one of two sets",
      preset: head
        + "layers:\n  - set: empty\n  - set: empty\neffects:\n  - depth-of-field: 0.5\n",
      told: """
        p.yaml:7:5: error: there are 2 sets: which one's depth?
          - depth-of-field: 0.5
            ^~~~~~~~~~~~~~
        hint: give the set an id, and write depth-of: ID
        """),
    Slip(
      name: "masks in a circle",
      preset: head
        + "layers:\n  - solid: red\n    id: a\n    mask: {layer: b}\n  - solid: blue\n    id: b\n    mask: {layer: a}\n",
      told: """
        p.yaml:6:19: error: the mask goes in a circle: 'b' is needed to draw 'b'
            mask: {layer: b}
                          ^
        p.yaml:9:19: error: the mask goes in a circle: 'a' is needed to draw 'a'
            mask: {layer: a}
                          ^
        """),
    Slip(
      name: "two sizes of a canvas",
      preset: "onesheet: 1\ncanvas: {size: 60x90, format: a4}\nlayers: [{solid: red}]\n",
      told: """
        p.yaml:2:9: error: a canvas has one size: a format, a size, or a width and a height
        canvas: {size: 60x90, format: a4}
                ^~~~~~~~~~~~~~~~~~~~~~~~~
        hint: leave out all but one
        """),
    Slip(
      name: "a format that is none",
      preset: "onesheet: 1\ncanvas: {format: onesheet}\nlayers: [{solid: red}]\n",
      told: """
        p.yaml:2:18: error: 'onesheet' is not one of one-sheet, 24x36, quad, 11x17, 18x24, a1, a2, a3, a4, 4:5, 9:16, 1:1, 3:4, 16:9, key-art, scope
        canvas: {format: onesheet}
                         ^~~~~~~~
        hint: did you mean 'one-sheet'?
        """),
    Slip(
      name: "another version", preset: "onesheet: 2\nlayers: [{solid: red}]\n",
      told: """
        p.yaml:1:11: error: this program knows version 1 of the preset language, not '2'
        onesheet: 2
                  ^
        """),
    Slip(
      name: "a loop without a duration", preset: head + "loop: true\nlayers: [{solid: red}]\n",
      told: """
        p.yaml:3:1: error: a loop needs a 'duration'
        loop: true
        ^~~~
        """),
    Slip(
      name: "an override of nothing", preset: head + "layers: [{solid: red, id: sky}]\n",
      overrides: ["sk.opacity=0.5"],
      told: """
        --set:1:1: error: nothing in this preset is called 'sk'
        sk.opacity=0.5
        ^~
        hint: did you mean 'sky'?
        """),
    Slip(
      name: "an override out of range", preset: head + "layers: [{solid: red, id: sky}]\n",
      overrides: ["sky.opacity=5"],
      told: """
        --set:1:13: error: 5 is outside the legal range
        sky.opacity=5
                    ^
        hint: legal: from 0 to 1
        """),
    Slip(
      name: "an override that is not unique", preset: head + "layers: [{solid: red}, {solid: blue}]\n",
      overrides: ["solid=green"],
      told: """
        --set:1:1: error: 'solid' is not unique
        solid=green
        ^~~~~
        hint: write one of layers.0.solid, layers.1.solid
        """),
    Slip(
      name: "a picture beyond all bounds",
      preset: "onesheet: 1\ncanvas: {width: 9000in, height: 1in}\nlayers: [{solid: red}]\n",
      told: """
        p.yaml:2:9: error: the picture would not have 1 to 100000 pixels a side
        canvas: {width: 9000in, height: 1in}
                ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
        """),
  ]

  @Test("each slip is told exactly so", arguments: slips)
  func told(_ slip: Slip) {
    #expect(Self.complaint(slip.preset, overrides: slip.overrides) == slip.told)
  }

  @Test("several mistakes are told together") func together() {
    let told = Self.complaint(
      Self.head + "layers:\n  - noise: fmb\n    gain: 7\n  - gradint: linear\neffects:\n  - vignete\n")
    #expect(told.components(separatedBy: ": error: ").count == 5)
  }

  @Test("an override sets the same as the file would") func overridesReach() throws {
    let text = """
      onesheet: 1
      canvas: {size: 60x90}
      vars: {mood: 0.2}
      layers:
        - group:
            - gradient: linear
              id: sky
              stops: {0: black, 0.6: red}
          id: picture
          effects: [vignette]
      """
    for (path, direct) in [
      ("layers.picture.group.sky.stops[0.6]=blue", "stops: {0: black, 0.6: blue}"),
      ("layers.picture.sky.stops[0.6]=blue", "stops: {0: black, 0.6: blue}"),
      ("sky.stops[0.60]=blue", "stops: {0: black, 0.6: blue}"),
      ("sky.stops={0: green, 1: blue}", "stops: {0: green, 1: blue}"),
    ] {
      var options = Preset.Options()
      options.resources = Self.resources
      options.overrides = [try #require(Override(path))]
      let changed = try Preset(text: text, options: options).render().pngData()
      options.overrides = []
      let written = try Preset(
        text: text.replacingOccurrences(of: "stops: {0: black, 0.6: red}", with: direct), options: options
      ).render()
      let plain = try Preset(text: text, options: options).render()
      #expect(try changed.suffix(2000) == written.pngData().suffix(2000), "\(path)")
      #expect(try plain.pngData().suffix(2000) != written.pngData().suffix(2000))
    }
  }
}
