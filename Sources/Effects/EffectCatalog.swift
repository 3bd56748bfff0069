/// Every effect that presets can name.
public enum EffectCatalog {
  public static let all: [any Effect.Type] = [
    Blocks.self, Bloom.self, CRT.self, ChannelShift.self, ChromaticAberration.self, Grade.self, Grain.self,
    Interference.self, PixelSort.self, ScanLines.self, Scramble.self, Slices.self,
    Tone.self, VHS.self,
    Vignette.self,
  ]

  public static let byName: [String: any Effect.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
