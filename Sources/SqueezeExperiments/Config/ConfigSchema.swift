/// What a value in a config may be.
public indirect enum ConfigForm: Sendable {
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  case boolean
  case text
  /// One of some words.
  case word([String])
  /// Whole numbers, so many of them.
  case integers(ClosedRange<Int>, count: ClosedRange<Int>)
  /// Numbers, so many of them; a single number stands for a list of one.
  case numbers(ClosedRange<Double>, count: ClosedRange<Int>)
  case texts
  /// Any of some words.
  case words([String])
  /// Numbers under names that the file chooses, such as one per layer.
  case table(ClosedRange<Double>)
  /// Keys of their own.
  case section(ConfigSection)
  /// One of several things with keys of their own.
  case variant(ConfigVariants)
  /// Any number of them; a single one stands for a list of one.
  case variants(ConfigVariants)
}

/// A key of a config: what it may be, what it is where it is left out, and what it means.
public struct ConfigField: Sendable {
  public var key: String
  public var form: ConfigForm
  /// The value where the key is left out; `nil` means none.
  public var standard: ConfigValue?
  /// Whether the key must be there.
  public var isRequired: Bool
  /// A sentence for the schema.
  public var about: String

  /// Creates a field.
  public init(
    _ key: String,
    _ form: ConfigForm,
    standard: ConfigValue? = nil,
    isRequired: Bool = false,
    _ about: String
  ) {
    self.key = key
    self.form = form
    self.standard = standard.map(form.normalized)
    self.isRequired = isRequired
    self.about = about
  }
}

/// Keys that stand together.
public struct ConfigSection: Sendable {
  /// How messages and the schema call it.
  public var name: String
  public var about: String
  /// The key that a plain word stands for, such as `name` in `network: resnet-9`.
  public var shorthand: String?
  public var fields: [ConfigField]

  /// Creates a section.
  public init(
    _ name: String,
    _ about: String,
    shorthand: String? = nil,
    _ fields: [ConfigField] = []
  ) {
    self.name = name
    self.about = about
    self.shorthand = shorthand
    self.fields = fields
  }

  /// The field of a key, or `nil`.
  public func field(_ key: String) -> ConfigField? { fields.first { $0.key == key } }
}

/// Several things of one sort, told apart by the word under one key.
public struct ConfigVariants: Sendable {
  /// The sort, such as `optimizer`.
  public var name: String
  /// The key that chooses, such as `name`.
  public var selector: String
  /// The things and their keys; the selector is not among them.
  public var sections: [ConfigSection]

  /// Creates the choice.
  public init(_ name: String, selector: String = "name", _ sections: [ConfigSection]) {
    self.name = name
    self.selector = selector
    self.sections = sections
  }
}

extension ConfigForm {
  /// A value as reading it gives it: whole numbers as numbers where the form says so.
  func normalized(_ value: ConfigValue) -> ConfigValue {
    switch (self, value) {
    case (.number, .integer(let whole)): return .number(Double(whole))
    case (.numbers, .list(let values)): return .list(values.map(Self.number(0...0).normalized))
    case (.variants, .list(let values)): return .list(values.map(normalized))
    case (.variant(let variants), .settings(var settings)),
      (.variants(let variants), .settings(var settings)):
      let section = variants.sections.first { $0.name == settings.variant }
      for field in section?.fields ?? [] {
        settings.values[field.key] =
          settings.values[field.key].map(field.form.normalized) ?? field.standard
      }
      return .settings(settings)
    default: return value
    }
  }

  /// The form in words, as in messages.
  public var words: String {
    switch self {
    case .integer(let range): "a whole number \(Self.words(range.lowerBound, range.upperBound))"
    case .number(let range): "a number \(Self.words(range))"
    case .boolean: "true or false"
    case .text: "a text"
    case .word(let words): "one of \(words.joined(separator: ", "))"
    case .integers(let range, let count):
      "a list of \(Self.count(count)) whole numbers \(Self.words(range.lowerBound, range.upperBound))"
    case .numbers(let range, let count):
      "a list of \(Self.count(count)) numbers \(Self.words(range))"
    case .texts: "a list of texts"
    case .words(let words): "a list of some of \(words.joined(separator: ", "))"
    case .table(let range): "names, each with a number \(Self.words(range))"
    case .section(let section): "the keys of \(section.name)"
    case .variant(let variants): "one \(variants.name)"
    case .variants(let variants): "a list, each one \(variants.name)"
    }
  }

  private static func count(_ range: ClosedRange<Int>) -> String {
    range.lowerBound == range.upperBound
      ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }

  private static func words(_ lower: Int, _ upper: Int) -> String {
    upper == .max ? "from \(lower)" : "from \(lower) to \(upper)"
  }

  private static func words(_ range: ClosedRange<Double>) -> String {
    let lower = ConfigValue.number(range.lowerBound).plain
    switch (range.lowerBound, range.upperBound) {
    case (-.greatestFiniteMagnitude, .greatestFiniteMagnitude): return "of any size"
    case (_, .greatestFiniteMagnitude): return "from \(lower)"
    default: return "from \(lower) to \(ConfigValue.number(range.upperBound).plain)"
    }
  }
}
