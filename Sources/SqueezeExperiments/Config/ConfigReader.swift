package import Foundation
import Yams

/// Reads YAML by a schema: every key and value is checked, what is left out is filled in.
package struct ConfigReader {
  /// How messages call the file.
  let file: String

  /// Creates a reader whose messages name a file.
  package init(file: String) { self.file = file }

  /// The longest config, in bytes; more is taken for another file.
  static let sizeLimit = 1 << 20

  /// The text of a file that holds `what`, such as "config".
  ///
  /// - Throws: ``ConfigError`` with the path of a file that cannot be read.
  package static func text(of url: URL, _ what: String) throws(ConfigError) -> String {
    do { return try String(contentsOf: url, encoding: .utf8) } catch {
      throw ConfigError(url.path, line: nil, expected: "a readable \(what)", actual: "none")
    }
  }

  /// Reads a text.
  ///
  /// - Throws: ``ConfigError`` that names the line, and the nearest word where one is misspelt.
  package func read(_ text: String, as section: ConfigSection) throws(ConfigError) -> Settings {
    guard text.utf8.count <= Self.sizeLimit else {
      throw ConfigError(
        file,
        line: nil,
        expected: "a config of at most \(Self.sizeLimit) bytes",
        actual: "\(text.utf8.count) bytes"
      )
    }
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { throw yamlError(error) }
    guard let root, root.mapping != nil else {
      let keys = section.fields.map(\.key).joined(separator: ", ")
      throw ConfigError(
        file,
        line: root?.mark?.line,
        expected: "the keys \(keys)",
        actual: root == nil ? "an empty file" : "something without keys"
      )
    }
    return try settings(root, section)
  }

  private func yamlError(_ error: any Error) -> ConfigError {
    func mistake(_ line: Int?, _ problem: String) -> ConfigError {
      ConfigError(file, line: line, expected: "YAML", actual: problem)
    }
    return switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      mistake(mark.line, problem)
    case .duplicatedKeysInMapping(let keys, let context):
      mistake(context.mark.line, "the key \(keys.joined(separator: ", ")) twice")
    case .reader(let problem, _, _, _): mistake(nil, problem)
    default: mistake(nil, "\(error)")
    }
  }

  // MARK: - Sections

  private func settings(
    _ node: Node,
    _ section: ConfigSection,
    variant: String? = nil,
    selector: String? = nil
  ) throws(ConfigError) -> Settings {
    var settings = Settings(variant)
    settings.line = node.mark?.line
    if let scalar = node.scalar, let shorthand = section.shorthand {
      guard let field = section.field(shorthand) else {
        preconditionFailure("\(section.name) has no key \(shorthand)")
      }
      settings.values[shorthand] = try value(node, field)
      settings.lines[shorthand] = scalar.mark?.line
    } else {
      for (keyNode, node) in try mapping(node, section) {
        let key = keyNode.scalar?.string ?? ""
        if key == selector { continue }
        guard let field = section.field(key) else {
          throw unknown(key, keyNode, section, selector: selector)
        }
        settings.lines[key] = keyNode.mark?.line
        if isNull(node) { continue }
        settings.values[key] = try value(node, field)
      }
    }
    for field in section.fields where settings.values[field.key] == nil {
      if field.isRequired {
        throw ConfigError(
          file,
          line: settings.line,
          expected: "\(field.key) in \(section.name): \(field.form.words)",
          actual: "nothing"
        )
      }
      settings.values[field.key] = field.standard ?? Self.standard(of: field.form)
    }
    return settings
  }

  /// The value of a section that is left out altogether: all its own standards.
  private static func standard(of form: ConfigForm) -> ConfigValue? {
    guard case .section(let section) = form, !section.fields.contains(where: \.isRequired) else {
      return nil
    }
    var settings = Settings()
    for field in section.fields {
      settings.values[field.key] = field.standard ?? standard(of: field.form)
    }
    return .settings(settings)
  }

  private func mapping(_ node: Node, _ section: ConfigSection) throws(ConfigError) -> Node.Mapping {
    if let mapping = node.mapping { return mapping }
    let keys = section.fields.map(\.key).joined(separator: ", ")
    throw error(node, "the keys \(keys) of \(section.name)")
  }

  private func unknown(
    _ key: String,
    _ node: Node,
    _ section: ConfigSection,
    selector: String?
  ) -> ConfigError {
    let keys = (selector.map { [$0] } ?? []) + section.fields.map(\.key)
    return ConfigError(
      file,
      line: node.mark?.line,
      expected: "a key of \(section.name): \(keys.joined(separator: ", "))",
      actual: Spelling.suggestion(for: key, among: keys)
    )
  }

  private func variant(
    _ node: Node,
    _ variants: ConfigVariants
  ) throws(ConfigError) -> ConfigValue {
    let names = variants.sections.map(\.name)
    let expected = "one \(variants.name): \(names.joined(separator: ", "))"
    let chosen = node.scalar != nil ? node : node.mapping?[variants.selector]
    guard let chosen, let name = chosen.scalar?.string else {
      throw ConfigError(
        file,
        line: node.mark?.line,
        expected: "\(expected), by the key \(variants.selector)",
        actual: node.mapping == nil ? words(node) : "no \(variants.selector)"
      )
    }
    guard let section = variants.sections.first(where: { $0.name == name }) else {
      throw ConfigError(
        file,
        line: chosen.mark?.line,
        expected: expected,
        actual: Spelling.suggestion(for: name, among: names)
      )
    }
    let keys = node.scalar == nil ? node : .mapping(.init([], .implicit, .any, node.mark))
    return .settings(
      try settings(keys, section, variant: name, selector: variants.selector)
    )
  }

  // MARK: - Values

  private func value(_ node: Node, _ field: ConfigField) throws(ConfigError) -> ConfigValue {
    switch field.form {
    case .section(let section): return .settings(try settings(node, section))
    case .variant(let variants): return try variant(node, variants)
    case .variants(let variants):
      var list: [ConfigValue] = []
      for node in node.sequence.map(Array.init) ?? [node] {
        list.append(try variant(node, variants))
      }
      return .list(list)
    case .word(let words):
      let text = node.scalar?.string ?? ""
      guard words.contains(text) else {
        throw ConfigError(
          file,
          line: node.mark?.line,
          expected: "\(field.key) to be \(field.form.words)",
          actual: node.scalar == nil
            ? self.words(node) : Spelling.suggestion(for: text, among: words)
        )
      }
      return .text(text)
    case .integers(_, let count), .numbers(_, let count):
      let nodes = node.scalar == nil ? node.sequence.map(Array.init) : [node]
      let values = try list(nodes, node, field)
      guard count.contains(values.count) else {
        throw error(node, "\(field.key) to be \(field.form.words)", "\(values.count)")
      }
      return .list(values)
    case .words(let words):
      let nodes = node.scalar == nil ? node.sequence.map(Array.init) : [node]
      let one = ConfigField(field.key, .word(words), "")
      guard let nodes else { throw error(node, "\(field.key) to be \(field.form.words)") }
      var values: [ConfigValue] = []
      for node in nodes { values.append(try value(node, one)) }
      return .list(values)
    case .texts: return .list(try list(node.sequence.map(Array.init), node, field))
    case .table(let range): return .settings(try table(node, field, range))
    default:
      guard let value = simple(node, field.form) else {
        throw error(node, "\(field.key) to be \(field.form.words)")
      }
      return value
    }
  }

  private func list(
    _ nodes: [Node]?,
    _ node: Node,
    _ field: ConfigField
  ) throws(ConfigError) -> [ConfigValue] {
    guard let nodes else { throw error(node, "\(field.key) to be \(field.form.words)") }
    let element: ConfigForm =
      switch field.form {
      case .integers(let range, _): .integer(range)
      case .numbers(let range, _): .number(range)
      default: .text
      }
    var values: [ConfigValue] = []
    for node in nodes {
      guard let value = simple(node, element) else {
        throw error(node, "\(field.key) to be \(field.form.words)")
      }
      values.append(value)
    }
    return values
  }

  /// Numbers under names that the schema leaves open.
  private func table(
    _ node: Node,
    _ field: ConfigField,
    _ range: ClosedRange<Double>
  ) throws(ConfigError) -> Settings {
    guard let mapping = node.mapping else {
      throw error(node, "\(field.key) to be \(field.form.words)")
    }
    var settings = Settings()
    settings.line = node.mark?.line
    for (keyNode, node) in mapping {
      let key = keyNode.scalar?.string ?? ""
      guard let value = simple(node, .number(range)) else {
        throw error(node, "\(key) in \(field.key) to be \(ConfigForm.number(range).words)")
      }
      settings.values[key] = value
      settings.lines[key] = keyNode.mark?.line
    }
    return settings
  }

  private func simple(_ node: Node, _ form: ConfigForm) -> ConfigValue? {
    guard let text = node.scalar?.string else { return nil }
    switch form {
    case .integer(let range):
      return Int(text.replacing("_", with: "")).flatMap {
        range.contains($0) ? .integer($0) : nil
      }
    case .number(let range):
      return Double(text.replacing("_", with: "")).flatMap {
        $0.isFinite && range.contains($0) ? .number($0) : nil
      }
    case .boolean:
      let truths = [
        "true": true, "yes": true, "on": true, "false": false, "no": false, "off": false,
      ]
      return truths[text.lowercased()].map { .boolean($0) }
    case .text: return .text(text)
    default: return nil
    }
  }

  private func isNull(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null"].contains(scalar.string)
  }

  private func error(
    _ node: Node,
    _ expected: String,
    _ actual: String? = nil
  ) -> ConfigError {
    ConfigError(file, line: node.mark?.line, expected: expected, actual: actual ?? words(node))
  }

  /// What a node is, in words.
  private func words(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : scalar.string
    case .mapping(let mapping):
      "the keys \(mapping.keys.compactMap { $0.scalar?.string }.joined(separator: ", "))"
    case .sequence(let sequence): "a list of \(sequence.count)"
    case .alias: "an alias"
    }
  }
}
