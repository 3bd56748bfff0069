/// Every effect that presets can name.
public enum EffectCatalog {
  public static let all: [any Effect.Type] = [
    Bloom.self, ChromaticAberration.self, DepthOfField.self, Grade.self, Grain.self, PixelSort.self,
    Tone.self, VHS.self,
    Vignette.self,
  ]

  public static let byName: [String: any Effect.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
