import SqueezeReport

extension ExperimentSchema {
  /// Every key with its form, standard and meaning, section by section.
  public static var text: String { root.text }
}

/// A schema as text, for `--schema` and the documentation.
extension ConfigSection {
  /// Every key with its form, standard and meaning, section by section.
  public var text: String {
    var lines: [String] = []
    Self.write(self, "", &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func write(_ section: ConfigSection, _ indent: String, _ lines: inout [String]) {
    for field in section.fields {
      var head = "\(indent)\(field.key): \(words(field.form))"
      if field.isRequired {
        head += " (required)"
      } else if let standard = field.standard?.plain, !standard.isEmpty {
        head += " (default \(standard))"
      }
      lines.append(head)
      lines.append("\(indent)    # \(field.about)")
      let inner = indent + "  "
      switch field.form {
      case .section(let section):
        write(section, inner, &lines)
      case .variant(let variants), .variants(let variants):
        for section in variants.sections {
          lines.append("\(inner)\(variants.selector): \(section.name)    # \(section.about)")
          write(section, inner + "  ", &lines)
        }
      default: break
      }
    }
  }

  private static func words(_ form: ConfigForm) -> String {
    switch form {
    case .section(let section):
      section.shorthand.map { "a \($0), or the keys" } ?? "the keys"
    default: form.words
    }
  }
}

extension ExperimentSchema {
  /// Every key of the config, those of sections within included.
  package static var allKeys: Set<String> {
    var keys: Set<String> = []
    func visit(_ section: ConfigSection) {
      for field in section.fields {
        keys.insert(field.key)
        switch field.form {
        case .section(let section): visit(section)
        case .variant(let variants), .variants(let variants): variants.sections.forEach(visit)
        default: break
        }
      }
    }
    visit(root)
    return keys
  }
}
