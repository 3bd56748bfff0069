/// Every prop that a set can name.
public enum PropCatalog {
  public static let all: [any Prop.Type] = [
    Block.self, Bollard.self, Lamp.self, LightSource.self, Ring.self, Sign.self, Sun.self, TrafficSign.self,
  ]

  public static let byName: [String: any Prop.Type] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
