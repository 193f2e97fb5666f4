/// One option of a booster.
public struct BoosterOption: Sendable, Hashable {
  /// What a value may be.
  public enum Form: Sendable, Hashable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case word([String])
    case flag
    /// Names of nodes with `*`, alternatives divided by `|`.
    case nodes
  }

  public var name: String
  public var form: Form
  /// The value where the option is left out, as text.
  public var standard: String
  public var about: String

  /// Creates an option.
  public init(_ name: String, _ form: Form, standard: String, _ about: String) {
    self.name = name
    self.form = form
    self.standard = standard
    self.about = about
  }

  /// Which nodes: every booster that works node by node has it.
  public static let nodes = BoosterOption(
    "nodes",
    .nodes,
    standard: "*",
    "Which nodes, by name: * stands for any letters, | divides alternatives."
  )

  /// The seed of random choices and of new weights.
  public static let seed = BoosterOption(
    "seed",
    .integer(0...Int.max),
    standard: "1",
    "The seed of whatever is drawn."
  )

  /// Whether `text` is a value of this option.
  package func accepts(_ text: String) -> Bool {
    switch form {
    case .integer(let range): Int(text).map(range.contains) ?? false
    case .number(let range): Double(text).map { $0.isFinite && range.contains($0) } ?? false
    case .word(let words): words.contains(text)
    case .flag: text == "true" || text == "false"
    case .nodes: !text.isEmpty
    }
  }

  /// The form in words, as in messages.
  public var words: String {
    switch form {
    case .integer(let range):
      range.upperBound == .max
        ? "a whole number from \(range.lowerBound)"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range):
      range.upperBound > 1e300
        ? "a number from \(range.lowerBound)"
        : "a number from \(range.lowerBound) to \(range.upperBound)"
    case .word(let words): "one of \(words.joined(separator: ", "))"
    case .flag: "true or false"
    case .nodes: "names of nodes"
    }
  }
}

/// The values of a booster's options, checked against its description.
public struct BoosterOptions: Sendable, Hashable {
  private(set) var values: [String: String]

  /// Creates options from text values.
  ///
  /// - Precondition: every value fits its option.
  init(_ values: [String: String] = [:]) { self.values = values }

  /// The same options with one more; numbers are written so that reading gives the same number.
  func with(_ name: String, _ value: some CustomStringConvertible) -> BoosterOptions {
    var options = self
    var text = value.description
    if text.hasSuffix(".0") { text.removeLast(2) }
    options.values[name] = text
    return options
  }

  func integer(_ name: String) -> Int { Int(text(name)) ?? 0 }
  func number(_ name: String) -> Double { Double(text(name)) ?? 0 }
  func flag(_ name: String) -> Bool { text(name) == "true" }
  func word<Word: RawRepresentable>(_ name: String, _ type: Word.Type) -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: text(name)) else {
      preconditionFailure("option \(name) has no word \(text(name))")
    }
    return word
  }
  var nodes: NodePattern { NodePattern(text("nodes")) }
  var seed: UInt64 { UInt64(integer("seed")) }

  private func text(_ name: String) -> String {
    guard let text = values[name] else { preconditionFailure("option \(name) has no value") }
    return text
  }

  /// The booster's text: its name, and the options that differ from the standard.
  func text(of about: BoosterAbout) -> String {
    let given = about.options.compactMap { option -> String? in
      guard let value = values[option.name], value != option.standard else { return nil }
      return "\(option.name)=\(value)"
    }
    return given.isEmpty ? about.name : "\(about.name)(\(given.joined(separator: ", ")))"
  }
}
