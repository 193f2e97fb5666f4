/// A value of a config that fits its form.
public enum ConfigValue: Sendable, Hashable {
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case text(String)
  case list([ConfigValue])
  case settings(Settings)

  /// A simple value as YAML writes it.
  var plain: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value):
      // A whole number needs no point to be read as a number again.
      value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    case .boolean(let value): "\(value)"
    case .text(let value): value
    case .list(let values): "[\(values.map(\.plain).joined(separator: ", "))]"
    case .settings(let settings): settings.variant ?? "{}"
    }
  }
}

extension ConfigValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(arrayLiteral values: ConfigValue...) { self = .list(values) }
}

/// The values of a section, what was left out filled in.
///
/// Every key and form was checked against the schema when the config was read, so that asking for
/// another form is our own bug.
public struct Settings: Sendable {
  /// Which of several things these are the settings of, such as `sgd`; `nil` for a plain section.
  public var variant: String?
  public var values: [String: ConfigValue]
  /// The line of the section and of its keys, for messages; `nil` where it was filled in.
  package var line: Int?
  package var lines: [String: Int]

  /// Creates settings.
  public init(_ variant: String? = nil, _ values: [String: ConfigValue] = [:]) {
    self.variant = variant
    self.values = values
    lines = [:]
  }

  /// Whether a key has a value.
  public func has(_ key: String) -> Bool { values[key] != nil }

  /// A whole number, or `nil` where there is none.
  public func integer(_ key: String) -> Int? {
    switch values[key] {
    case nil: return nil
    case .integer(let value): return value
    case let other: preconditionFailure("\(key) is \(String(describing: other)), not an integer")
    }
  }

  /// A number, or `nil` where there is none.
  public func number(_ key: String) -> Double? {
    switch values[key] {
    case nil: return nil
    case .number(let value): return value
    case .integer(let value): return Double(value)
    case let other: preconditionFailure("\(key) is \(String(describing: other)), not a number")
    }
  }

  /// A yes or no; no where there is none.
  public func boolean(_ key: String) -> Bool {
    switch values[key] {
    case nil: return false
    case .boolean(let value): return value
    case let other: preconditionFailure("\(key) is \(String(describing: other)), not a Boolean")
    }
  }

  /// A text, or `nil` where there is none.
  public func text(_ key: String) -> String? {
    switch values[key] {
    case nil: return nil
    case .text(let value): return value
    case let other: preconditionFailure("\(key) is \(String(describing: other)), not a text")
    }
  }

  /// Whole numbers, or `nil` where there are none.
  public func integers(_ key: String) -> [Int]? {
    list(key)?.compactMap { if case .integer(let value) = $0 { value } else { nil } }
  }

  /// Numbers, or `nil` where there are none.
  public func numbers(_ key: String) -> [Double]? {
    list(key)?.compactMap {
      switch $0 {
      case .number(let value): value
      case .integer(let value): Double(value)
      default: nil
      }
    }
  }

  /// Texts; none where there is no list.
  public func texts(_ key: String) -> [String] {
    (list(key) ?? []).compactMap { if case .text(let value) = $0 { value } else { nil } }
  }

  /// Numbers by names that the file chose; none where there is no table.
  public func table(_ key: String) -> [String: Double] {
    guard let settings = settings(key) else { return [:] }
    return settings.values.compactMapValues { value in
      switch value {
      case .number(let number): number
      case .integer(let number): Double(number)
      default: nil
      }
    }
  }

  /// A section of its own, or `nil` where there is none.
  public func settings(_ key: String) -> Settings? {
    if case .settings(let settings) = values[key] { settings } else { nil }
  }

  /// Things with settings of their own; none where there is no list.
  public func variants(_ key: String) -> [Settings] {
    (list(key) ?? []).compactMap { if case .settings(let settings) = $0 { settings } else { nil } }
  }

  private func list(_ key: String) -> [ConfigValue]? {
    switch values[key] {
    case nil: return nil
    case .list(let values): return values
    case let other: preconditionFailure("\(key) is \(String(describing: other)), not a list")
    }
  }
}

extension Settings: Hashable {
  /// Equal settings may stand on different lines.
  public static func == (a: Settings, b: Settings) -> Bool {
    a.variant == b.variant && a.values == b.values
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(variant)
    hasher.combine(values)
  }
}
