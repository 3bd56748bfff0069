/// Every prop that a set can name.
public enum PropCatalog {
  public static let all: [any Prop.Type] = [
    Block.self, Bollard.self, Cassette.self, Figure.self, Lamp.self, LightSource.self, LightStrand.self,
    Monolith.self, Monoliths.self, Palm.self, PassersBy.self, PictureCard.self, Railing.self, Ring.self,
    ScreenWall.self, Sign.self, Street.self, Sun.self, Tower.self, Towers.self, TrafficSign.self,
    Waterfront.self,
  ]

  public static let byName: [String: any Prop.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
