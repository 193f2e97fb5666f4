import Yams

/// Writes settings as YAML in the order of the schema; reading it again gives equal settings.
package enum ConfigWriter {
  /// The text of settings.
  package static func text(_ settings: Settings, as section: ConfigSection) -> String {
    let node = Node.mapping(mapping(settings, section, selector: nil))
    // What the schema allows can always be written.
    return (try? Yams.serialize(node: node, width: 100, allowUnicode: true)) ?? ""
  }

  private static func mapping(
    _ settings: Settings,
    _ section: ConfigSection,
    selector: String?
  ) -> Node.Mapping {
    var pairs: [(Node, Node)] = []
    if let selector, let variant = settings.variant {
      pairs.append((Node(selector), Node(variant)))
    }
    for field in section.fields {
      guard let value = settings.values[field.key] else { continue }
      pairs.append((Node(field.key), node(value, field.form)))
    }
    return Node.Mapping(pairs)
  }

  private static func node(_ value: ConfigValue, _ form: ConfigForm) -> Node {
    switch (value, form) {
    case (.settings(let settings), .section(let section)):
      return .mapping(mapping(settings, section, selector: nil))
    case (.settings(let settings), .variant(let variants)),
      (.settings(let settings), .variants(let variants)):
      let section = variants.sections.first { $0.name == settings.variant }
      return .mapping(
        mapping(settings, section ?? ConfigSection("", ""), selector: variants.selector)
      )
    case (.settings(let settings), .table):
      let names = settings.values.keys.sorted()
      return .mapping(
        Node.Mapping(names.map { (Node($0), Node(settings.values[$0]?.plain ?? "")) })
      )
    case (.list(let values), .variants):
      return .sequence(Node.Sequence(values.map { node($0, form) }))
    case (.list(let values), _):
      return .sequence(
        Node.Sequence(values.map { node($0, form) }, .implicit, .flow)
      )
    case (.text(let text), _):
      let isAmbiguous = ["", "~", "null"].contains(text)
      return .scalar(Node.Scalar(text, .implicit, isAmbiguous ? .doubleQuoted : .any))
    default: return .scalar(Node.Scalar(value.plain, .implicit, .plain))
    }
  }
}
