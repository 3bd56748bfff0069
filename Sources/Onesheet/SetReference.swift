import Catalog
import Props

/// Sets and what they consist of.
extension Reference {
  static let set = Reference(
    name: SetLayer.name, topic: .layer, summary: SetLayer.summary,
    keys: SetLayer.parameterDescriptions.map { Key($0) }
      + SetLayer.sections.map { type in
        Key(type.name, "a mapping (see \(type.name))", Reference.help(of: type))
      }
      + SetLayer.placeKeys.map { name in
        Key(name, "a mapping (see \(name))", "What the place called \(name) is like.")
      }
      + SetLayer.listKeys.map { name in
        Key(name, "a list of props (onesheet list props)", help(ofList: name))
      },
    example: """
      onesheet: 1
      canvas: {size: 600x250}
      palette: {cyan: "#19e3ff", sodium: "#ffb15d"}
      layers:
        - set: street
          id: street
          camera: {height: 0.3, focal-length: 22, vanishing-point: [0.5, 0.56]}
          fog: {density: 0.018, ambient: $cyan * 0.02}
          rain: {amount: 0.4}
          ground: {puddles: 0.5}
          lights:
            - light: point
              id: lamp
              at: [2.5, 4.9, 16]
              color: $sodium * 150
      effects:
        - bloom: 0.3
        - tone: agx
      """)

  private static func help(of type: (some SetSection).Type) -> String { type.summary }

  private static func help(ofList name: String) -> String {
    switch name {
    case "towers": "What stands at the back."
    case "lights": "What shines."
    case "signs": "What is written."
    case "people": "Who is there."
    default: "What lies about."
    }
  }

  /// The sections of a set, and the keys that all props have.
  static let setParts: [Reference] =
    SetLayer.sections.map { section($0) } + [
      Reference(
        name: PropCommon.name, topic: .part, summary: PropCommon.summary,
        keys: [Key("id", "a name", "What --set and --disable call the prop; no two of a set share one.")]
          + PropCommon.parameterDescriptions.map { Key($0) } + [
            Key("seed", "a whole number", "A seed of its own, whatever the picture's.")
          ],
        example: """
          onesheet: 1
          canvas: {size: 600x250}
          layers:
            - set: empty
              lights:
                - light: point
                  id: lamp
                  seed: 4
                  enabled: true
          effects:
            - tone: agx
          """)
    ]

  private static func section(_ type: (some SetSection).Type) -> Reference {
    Reference(
      name: type.name, topic: .part, summary: type.summary,
      keys: type.parameterDescriptions.map { Key($0) },
      example: """
        onesheet: 1
        canvas: {size: 600x250}
        layers:
          - set: empty
            \(type.name): {\(settings(type))}
            lights:
              - light: point
        effects:
          - tone: agx
        """)
  }

  /// A section's first parameters as a preset would write them.
  private static func settings<S: SetSection>(_ type: S.Type) -> String {
    type.parameterDescriptions.compactMap { parameter in
      let value = type.sampleValues[parameter.name] ?? parameter.defaultText
      return value.isEmpty ? nil : "\(parameter.name): \(value)"
    }.prefix(3).joined(separator: ", ")
  }
}
