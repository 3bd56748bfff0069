/// Every prop that a set can name.
public enum PropCatalog {
  public static let all: [any Prop.Type] = [
    Block.self, PictureCard.self, Cassette.self, Figure.self, LightSource.self, PassersBy.self,
    ScreenWall.self, Sign.self, LightStrand.self, Street.self, Tower.self, Towers.self,
  ]

  public static let byName: [String: any Prop.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
