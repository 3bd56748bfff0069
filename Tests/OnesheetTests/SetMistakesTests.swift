import Foundation
import Testing

/// What is told of mistakes in sets.
@Suite struct SetMistakesTests {
  static let slips: [PresetMistakesTests.Slip] = [
    .init(
      name: "unknown key of a set",
      preset: SetTests.head + "layers:\n  - set: empty\n    camra: {height: 1}\n",
      told: """
        p.yaml:5:5: error: 'set' has no parameter 'camra'
            camra: {height: 1}
            ^~~~~
        hint: did you mean 'camera'?
        """),
    .init(
      name: "unknown key of a section",
      preset: SetTests.head + "layers:\n  - set: empty\n    fog:\n      densty: 0.1\n",
      told: """
        p.yaml:6:7: error: 'fog' has no parameter 'densty'
              densty: 0.1
              ^~~~~~
        hint: did you mean 'density'?
        """),
    .init(
      name: "a section that is a list", preset: SetTests.head + "layers:\n  - set: empty\n    rain: [0.3]\n",
      told: """
        p.yaml:5:11: error: 'rain' is a mapping of parameters, not a list
            rain: [0.3]
                  ^~~~~
        """),
    .init(
      name: "the lens in two ways",
      preset: SetTests.head + "layers:\n  - set: empty\n    camera: {focal-length: 22, field-of-view: 70}\n",
      told: """
        p.yaml:5:32: error: 'focal-length' and 'field-of-view' say the same in two ways
            camera: {focal-length: 22, field-of-view: 70}
                                       ^~~~~~~~~~~~~
        hint: leave out all but one
        """),
    .init(
      name: "out of range in a section",
      preset: SetTests.head + "layers:\n  - set: empty\n    rain: {amount: 3}\n",
      told: """
        p.yaml:5:20: error: 3 is outside the legal range
            rain: {amount: 3}
                           ^
        hint: legal: from 0 to 1
        """),
    .init(
      name: "a list that is a mapping",
      preset: SetTests.head + "layers:\n  - set: empty\n    lights: {light: point}\n",
      told: """
        p.yaml:5:13: error: a list of props is due here, not a mapping
            lights: {light: point}
                    ^~~~~~~~~~~~~~
        """),
    .init(
      name: "unknown prop",
      preset: SetTests.head + "layers:\n  - set: empty\n    lights:\n      - lihgt: point\n",
      told: """
        p.yaml:6:9: error: there is no prop called 'lihgt'
              - lihgt: point
                ^~~~~
        hint: did you mean 'light'?
        """),
    .init(
      name: "two props in one item",
      preset: SetTests.head
        + "layers:\n  - set: empty\n    props:\n      - light: point\n        block: [1, 1, 1]\n",
      told: """
        p.yaml:7:9: error: one item is one kind, but 'light' and 'block' are two
                block: [1, 1, 1]
                ^~~~~
        hint: begin a new item with a hyphen
        """),
    .init(
      name: "unknown key of a prop",
      preset: SetTests.head
        + "layers:\n  - set: empty\n    lights:\n      - light: point\n        hallo: 3\n",
      told: """
        p.yaml:7:9: error: 'light' has no parameter 'hallo'
                hallo: 3
                ^~~~~
        hint: did you mean 'halo'?
        """),
    .init(
      name: "a layer's key in a prop",
      preset: SetTests.head + "layers:\n  - set: empty\n    lights:\n      - {light: point, opacity: 0.3}\n",
      told: """
        p.yaml:6:24: error: 'light' has no parameter 'opacity'
              - {light: point, opacity: 0.3}
                               ^~~~~~~
        hint: its parameters are light, at, to, color, intensity, softness, halo, haze, cone, edge, shadows, shadows-from
        """),
    .init(
      name: "an id twice in two lists",
      preset: SetTests.head
        + "layers:\n  - set: empty\n    lights:\n      - {light: point, id: a}\n    props:\n      - {block: [1, 1, 1], id: a}\n",
      told: """
        p.yaml:8:32: error: the id 'a' is taken already, in line 6
              - {block: [1, 1, 1], id: a}
                                       ^
        """),
    .init(
      name: "a prop that cannot be built",
      preset: SetTests.head
        + "layers:\n  - set: empty\n    lights:\n      - light: point\n      - light: spot\n        at: [1, 2, 3]\n        to: [1, 2, 3]\n",
      told: """
        p.yaml:9:13: error: a spot cannot point at where it is itself
                to: [1, 2, 3]
                    ^~~~~~~~~
        """),
    .init(
      name: "not a place",
      preset: SetTests.head
        + "layers:\n  - set: empty\n    lights:\n      - {light: point, at: [1, 2, 3, 4]}\n",
      told: """
        p.yaml:6:28: error: a place [x, y, z] is due here: 2 to 3 items, not 4
              - {light: point, at: [1, 2, 3, 4]}
                                   ^~~~~~~~~~~~
        """),
    .init(
      name: "an override of no prop",
      preset: SetTests.head
        + "layers:\n  - set: empty\n    id: town\n    lights:\n      - {light: point, id: lamp}\n",
      overrides: ["layers.town.lights.lap.halo=2"],
      told: """
        --set:1:1: error: there is no 'lap' in this list
        layers.town.lights.lap.halo=2
        ^~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: did you mean 'lamp'?
        """),
    .init(
      name: "an override of no parameter",
      preset: SetTests.head + "layers:\n  - set: empty\n    lights:\n      - {light: point, id: lamp}\n",
      overrides: ["lamp.hallo=2"],
      told: """
        --set:1:1: error: 'light' has no parameter 'hallo'
        lamp.hallo=2
        ^~~~~~~~~~
        hint: did you mean 'halo'?
        """),
    .init(
      name: "an override of one of two",
      preset: SetTests.head
        + "layers:\n  - set: empty\n    lights:\n      - light: point\n      - light: glow\n",
      overrides: ["light.halo=2"],
      told: """
        --set:1:1: error: 'light.halo' is not unique
        light.halo=2
        ^~~~~
        hint: write one of layers.set.lights.0.halo, layers.set.lights.1.halo
        """),
    .init(
      name: "the depth of what has none",
      preset: SetTests.head
        + "layers:\n  - solid: red\n    id: sky\n  - solid: blue\n    mask: {layer: sky, channel: depth, to: 9}\n",
      told: """
        p.yaml:7:33: error: 'sky' has no depth: only a set has
            mask: {layer: sky, channel: depth, to: 9}
                                        ^~~~~
        hint: other layers have alpha and luminance
        """),
    .init(
      name: "meters where shares are due",
      preset: SetTests.head
        + "layers:\n  - set: empty\n    id: town\n  - solid: blue\n    mask: {layer: town, to: 9}\n",
      told: """
        p.yaml:7:29: error: 9 is outside the legal range
            mask: {layer: town, to: 9}
                                    ^
        hint: legal: from 0 to 1
        """),
  ]

  @Test("each slip is told exactly so", arguments: slips)
  func told(_ slip: PresetMistakesTests.Slip) {
    #expect(PresetMistakesTests.complaint(slip.preset, overrides: slip.overrides) == slip.told)
  }

  @Test("a section cannot be switched off") func disabledSection() {
    let told = PresetMistakesTests.complaint(
      SetTests.head + "layers:\n  - set: empty\n", disabled: ["rain"])
    #expect(
      told == """
        --disable:1:1: error: 'rain' is a part of every set and cannot be switched off
        rain
        ^~~~
        """)
  }

  @Test("mistakes in sections, places and props are told together") func together() {
    let told = PresetMistakesTests.complaint(
      SetTests.head
        + "layers:\n  - set: stret\n    dimmer: -1\n    camera: {heigt: 1}\n    fog: {density: thick}\n"
        + "    lights:\n      - {light: pont, colr: red}\n      - lamb\n    people: walk\n")
    #expect(told.components(separatedBy: ": error: ").count == 9, "\(told)")
  }

  @Test("props that cannot be built are told together") func togetherWhenBuilt() {
    let told = PresetMistakesTests.complaint(
      SetTests.head + "layers:\n  - set: empty\n    lights:\n"
        + "      - {light: spot, at: [0, 1], to: [0, 1]}\n      - {light: spot, at: [0, 2], to: [0, 2]}\n")
    #expect(told.components(separatedBy: ": error: a spot cannot point").count == 3)
  }
}
