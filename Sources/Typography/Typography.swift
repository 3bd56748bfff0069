public final class FontLibrary: Sendable {
  public init(roots: [String]) {}
}
