/// Every effect that presets can name.
public enum EffectCatalog {
  public static let all: [any Effect.Type] = [
    Blocks.self, Bloom.self, ChannelShift.self, ChromaticAberration.self, CRT.self, DepthOfField.self,
    Distortion.self, Dust.self, Echo.self, Fracture.self, GateWeave.self, Grade.self, GradientMap.self,
    Grain.self,
    Halation.self, Halftone.self, Haze.self, Heat.self, Interference.self, LUT.self, Misregistration.self,
    Paper.self, PixelSort.self, ProjectorFlicker.self, ScanLines.self, Scramble.self, Scratches.self,
    Slices.self, Streaks.self, Tone.self, VHS.self, Vignette.self,
  ]

  public static let byName: [String: any Effect.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
