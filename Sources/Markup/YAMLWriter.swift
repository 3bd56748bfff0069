import Yams

/// Writes a tree as YAML that ``YAMLReader`` reads back as the same tree.
public enum YAMLWriter {
  /// Block style; texts that were quoted stay quoted, so that each is read again by its declared type.
  public static func text(_ node: Node) -> String {
    (try? Yams.serialize(node: converted(node), width: -1, allowUnicode: true)) ?? ""
  }

  private static func converted(_ node: Node) -> Yams.Node {
    switch node.content {
    case .scalar(let text, let quoted): .scalar(.init(text, Tag(.str), quoted ? .doubleQuoted : .plain))
    case .null: .scalar(.init(node.scalarText ?? "", Tag(.null), .plain))
    case .sequence(let items): .sequence(.init(items.map(converted)))
    case .mapping(let pairs): .mapping(.init(pairs.map { (converted($0.key), converted($0.value)) }))
    }
  }
}
