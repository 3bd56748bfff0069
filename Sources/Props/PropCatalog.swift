/// Every prop that a set can name.
public enum PropCatalog {
  public static let all: [any Prop.Type] = [
    Block.self, Cassette.self, Figure.self, LightSource.self, Monolith.self, Monoliths.self, Palm.self,
    PassersBy.self, Railing.self, Sign.self, Street.self, Tower.self, Towers.self, Waterfront.self,
  ]

  public static let byName: [String: any Prop.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
