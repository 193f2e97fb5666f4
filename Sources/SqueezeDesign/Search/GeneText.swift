/// What the text of a gene stands for: choices divided by `|`, ranges in them written out.
///
/// `| width(multiplier=0.25...0.75 by 0.25)` has four choices: nothing, and `width` with 0.25, 0.5 and 0.75. Without
/// `by` a range goes on by 1; several ranges in a choice stand for all pairs. Bars in parentheses divide
/// names of nodes.
public enum GeneText {
  /// A gene with more choices is a mistake rather than a wish.
  public static let mostChoices = 1000

  /// The choices of a gene in the order of its text; the empty text leaves a network as it is.
  ///
  /// - Throws: ``SearchError`` for a range without values, and for more than ``mostChoices``.
  public static func choices(of text: String) throws(SearchError) -> [String] {
    var choices: [String] = []
    for alternative in alternatives(of: text) {
      choices += try values(of: alternative)
      guard choices.count <= mostChoices else {
        throw SearchError(text, expected: "at most \(mostChoices) choices", actual: "more")
      }
    }
    return choices
  }

  /// The texts between the bars that are not in parentheses.
  private static func alternatives(of text: String) -> [String] {
    var alternatives = [""]
    var depth = 0
    for letter in text {
      if letter == "(" { depth += 1 }
      if letter == ")" { depth -= 1 }
      if letter == "|" && depth <= 0 {
        alternatives.append("")
      } else {
        alternatives[alternatives.count - 1].append(letter)
      }
    }
    return alternatives.map { alternative in
      var trimmed = alternative[...]
      while trimmed.first?.isWhitespace == true { trimmed.removeFirst() }
      while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
      return String(trimmed)
    }
  }

  /// A choice with its first range written out, and the other ones of each value.
  private static func values(of choice: String) throws(SearchError) -> [String] {
    let range = #/(\d+(?:\.\d+)?)\s*\.\.\.\s*(\d+(?:\.\d+)?)(?:\s+by\s+(\d+(?:\.\d+)?))?/#
    guard let match = choice.firstMatch(of: range) else { return [choice] }
    let (low, high) = (String(match.1), String(match.2))
    let step = match.3.map(String.init) ?? "1"
    // Whole numbers of the last decimal, so that 0.1 + 0.2 is 0.3.
    let places = [low, high, step].map(decimals).max() ?? 0
    guard let first = units(low, places), let last = units(high, places),
      let width = units(step, places), width > 0, first <= last
    else {
      throw SearchError(
        "\(match.0)",
        expected: "a range that grows, such as 0.25...0.75 by 0.25",
        actual: "no values"
      )
    }
    guard (last - first) / width < mostChoices else {
      throw SearchError("\(match.0)", expected: "at most \(mostChoices) choices", actual: "more")
    }
    var values: [String] = []
    for value in stride(from: first, through: last, by: width) {
      let text = choice[..<match.range.lowerBound] + number(value, places)
      values += try self.values(of: String(text + choice[match.range.upperBound...]))
      guard values.count <= mostChoices else {
        throw SearchError(choice, expected: "at most \(mostChoices) choices", actual: "more")
      }
    }
    return values
  }

  /// How many digits stand behind the point.
  private static func decimals(_ number: String) -> Int {
    number.split(separator: ".", maxSplits: 1).dropFirst().first?.count ?? 0
  }

  /// A number without its point, `nil` where it is too large.
  private static func units(_ number: String, _ places: Int) -> Int? {
    let missing = places - decimals(number)
    guard missing < 16 else { return nil }
    let digits = number.filter { $0 != "." } + String(repeating: "0", count: missing)
    return digits.count <= 15 ? Int(digits) : nil
  }

  /// A number of the shortest form that has a digit behind its point, if any.
  private static func number(_ units: Int, _ places: Int) -> String {
    guard places > 0 else { return "\(units)" }
    let digits = "\(units)"
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    var fraction = padded.suffix(places)
    while fraction.last == "0" { fraction.removeLast() }
    return padded.dropLast(places) + (fraction.isEmpty ? "" : "." + fraction)
  }
}
