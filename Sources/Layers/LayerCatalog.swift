/// Every layer that presets can name, beside `group`, which holds other layers.
public enum LayerCatalog {
  public static let all: [any Layer.Type] = [
    Credits.self, Eyes.self, Gradient.self, Image.self, Neon.self, Noise.self, OSD.self, Presents.self,
    Release.self, Shape.self, Solid.self, Tagline.self, TestPattern.self, Text.self, Title.self,
  ]

  public static let byName: [String: any Layer.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
