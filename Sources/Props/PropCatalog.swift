/// Every prop that a set can name.
public enum PropCatalog {
  public static let all: [any Prop.Type] = [
    Block.self, Bollard.self, Car.self, PictureCard.self, Cassette.self, Figure.self, Lamp.self,
    LightSource.self, Monolith.self, Monoliths.self, Palm.self, PassersBy.self, Railing.self, Ribbon.self,
    Ring.self, RingWaves.self,
    ScreenWall.self, Sign.self, Steam.self, LightStrand.self, Street.self, Sun.self, Tower.self, Towers.self,
    TrafficSign.self, Waterfront.self,
  ]

  public static let byName: [String: any Prop.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
