import Catalog
import Layers
import Props
import Raster

extension Reference {
  /// The parts of a preset that are neither layers nor effects.
  static let parts: [Reference] = presetParts + setParts

  private static let presetParts: [Reference] = [
    Reference(
      name: "preset", topic: .part, summary: "The keys of a preset.",
      keys: [
        Key("onesheet", "1", isRequired: true, "The version of the preset language."),
        Key("title", "a text", "What the picture is called."),
        Key("description", "a text", "What one sees, in a sentence or two."),
        Key("extends", "a file", "Another preset; this one says only what differs."),
        Key(
          "canvas", "a mapping (see canvas)", standard: "{format: one-sheet, dpi: 300}",
          "The size of the picture."),
        Key("seed", "a whole number", standard: "0", "Where everything random comes from."),
        Key("duration", "seconds", "How long the picture moves."),
        Key("loop", "true or false", standard: "false", "Whether the end of the duration is its beginning."),
        Key("fps", "a number from 0.1 to 1000", standard: "24", "Frames a second."),
        Key("still", "seconds", standard: "0", "The moment that is shown unless --time says otherwise."),
        Key(
          "formats", "formats or shapes with what differs",
          "What is different in a format, or in all portrait, square or landscape ones (see formats)."),
        Key("checks", "a mapping (see checks)", "What is demanded of type."),
        Key("vars", "names with values", "What $name stands for."),
        Key("palette", "names with colors", "What $name stands for where vars do not say."),
        Key("layers", "a list of layers", isRequired: true, "What the picture is made of, bottom to top."),
        Key("effects", "a list of effects", "What is done to the whole picture, in order."),
      ],
      example: """
        onesheet: 1
        title: Night
        canvas: {size: 600x400}
        seed: 1987
        palette: {night: "#06070d", pink: "#ff2e88"}
        layers:
          - gradient: linear
            stops: {0: $night, 1: $pink}
        effects:
          - vignette
        """),
    Reference(
      name: "canvas", topic: .part, summary: "The size of the picture, in one of three ways, and its margin.",
      keys: [
        Key("format", "a format (onesheet list formats)", standard: "one-sheet", "A named size."),
        Key("size", "pixels, 2048x858", "Width and height in pixels."),
        Key("width", "a length with a unit: in, mm, pt, px", "Width, together with height."),
        Key("height", "a length with a unit: in, mm, pt, px", "Height, together with width."),
        Key(
          "dpi",
          "a number from \(trimmed(Canvas.dpiRange.lowerBound)) to \(trimmed(Canvas.dpiRange.upperBound))",
          standard: "300", "Dots per inch: how many pixels an inch has."),
        Key(
          "bleed", "a length with a unit: in, mm, pt, px", standard: "0",
          "Margin on every side that will be cut off; the picture goes on there."),
        Key(
          "safe", "a length with a unit, or {top:, right:, bottom:, left:}", standard: "that of the format",
          "How far inside the trim type is safe. Paper: 0.25in; 9:16: 250 px at top and bottom."),
      ],
      example: """
        onesheet: 1
        canvas: {width: 100mm, height: 150mm, dpi: 100, bleed: 3mm}
        layers:
          - solid: "#f4e6c8"
        """),
    Reference(
      name: FormatVariants.key, topic: .part,
      summary: "What is different in some formats; laid over the preset like one that extends it.",
      keys: FormatVariants.Shape.allCases.map {
        Key($0.rawValue, "a mapping", "What differs in every \($0.rawValue) format.")
      } + [
        Key(
          "a format", "a mapping",
          "What differs in this format; it comes after what is said of its shape. Its keys: \(FormatVariants.keys.joined(separator: ", "))."
        )
      ],
      example: """
        onesheet: 1
        canvas: {size: 400x600}
        formats:
          landscape:
            layers:
              - id: title
                size: 0.2
          9:16:
            layers:
              - id: title
                at: [0.5, 1]
        layers:
          - solid: "#1b1440"
          - text: STATIC
            id: title
            size: 0.1
            at: [0.5, 0.9]
            within: safe
            anchor: bottom
        """),
    Reference(
      name: TypeChecks.name, topic: .part, summary: TypeChecks.summary,
      keys: TypeChecks.parameterDescriptions.map { Key($0) },
      example: """
        onesheet: 1
        canvas: {size: 400x600}
        checks: {contrast: 4.5, ignore: shop}
        layers:
          - solid: "#1b1440"
          - text: OPEN
            id: shop
            at: [0.02, 0.5]
          - text: STATIC
            id: title
            size: 0.1
        """),
    Reference(
      name: "layer", topic: .part, summary: Placement.summary,
      keys: [Key("id", "a name", "What masks, copies and --set call the layer.")]
        + Placement.parameterDescriptions.map { Key($0) } + [
          Key("mask", "a layer, or {layer: ID} (see mask)", "Where the layer shows."),
          Key("seed", "a whole number", "A seed of its own, whatever the picture's."),
          Key("effects", "a list of effects", "What is done to this layer alone."),
        ],
      example: """
        onesheet: 1
        canvas: {size: 600x400}
        layers:
          - solid: "#06070d"
          - noise: fbm
            id: smoke
            opacity: 0.6
            blend: screen
            rotate: 15
            scale: [2, 1]
            effects:
              - vignette: 1
        """),
    Reference(
      name: "effect", topic: .part, summary: EffectCommon.summary,
      keys: [Key("id", "a name", "What --set and --disable call the effect.")]
        + EffectCommon.parameterDescriptions.map { Key($0) } + [
          Key("mask", "a layer, or {layer: ID} (see mask)", "Where the effect shows."),
          Key("seed", "a whole number", "A seed of its own, whatever the picture's."),
        ],
      example: """
        onesheet: 1
        canvas: {size: 600x400}
        layers:
          - solid: "#ff2e88"
        effects:
          - vignette: 0.8
            id: corners
            mix: 0.5
        """),
    Reference(
      name: "mask", topic: .part, summary: MaskSettings.summary,
      keys: [
        Key("layer", "the id of a layer", "The layer to look at; without it the mask is a layer itself.")
      ]
        + MaskSettings.parameterDescriptions.map { Key($0) },
      example: """
        onesheet: 1
        canvas: {size: 600x400}
        layers:
          - solid: "#06070d"
          - solid: "#ff2e88"
            mask: {gradient: linear, stops: {0: black, 1: white}, invert: true}
        """),
    Reference(
      name: DepthMaskSettings.name, topic: .part, summary: DepthMaskSettings.summary,
      keys: DepthMaskSettings.parameterDescriptions.map { Key($0) },
      example: """
        onesheet: 1
        canvas: {size: 600x250}
        layers:
          - set: empty
            id: place
            lights:
              - light: point
        effects:
          - tone: agx
          - grade: 1
            saturation: 0.2
            mask: {layer: place, channel: depth, from: 10, to: 40}
        """),
    Reference(
      name: "motion", topic: .part, summary: "What may stand in place of a number, and moves.",
      keys: [
        Key("keys", "{0: 0.2, 1.5: 1}", "Values by time in seconds."),
        Key(
          "ease", Form.choice(Ease.allCases.map(\.rawValue)).summary, standard: "linear",
          "How keys are joined."),
        Key("wave", "{low: 0, high: 1, period: 2, phase: 0}", "A sine; period in seconds, phase in turns."),
        Key("pulse", "{low: 0, high: 1, bpm: 60, phase: 0}", "A heartbeat."),
        Key(
          "flicker", "{low: 0.2, high: 1, rate: 9, steady: 0.6}",
          "Steps, rate times a second; steady is the share of them at high."),
      ],
      example: """
        onesheet: 1
        canvas: {size: 600x400}
        duration: 10
        loop: true
        still: 3.7
        layers:
          - solid: "#06070d"
          - solid: "#ff2e88"
            opacity: {flicker: {low: 0.2, high: 1, rate: 9}}
        effects:
          - vignette: {keys: {0: 0.2, 5: 1}, ease: smooth}
        """),
  ]
}
