/// Reads the language of `--apply`: boosters divided by `;`, each a name and options in parentheses.
///
///     fc-to-conv; channel-reduction(ratio=0.25, nodes=conv2*)
///
/// A value reaches to the next `,` or `)`; white space around names and values does not count.
struct BoosterParser {
  private let letters: [Character]
  private var position = 0

  init(_ text: String) { letters = Array(text) }

  /// The boosters in order.
  ///
  /// - Throws: ``BoosterError`` that names the character.
  mutating func boosters() throws(BoosterError) -> [any Booster] {
    var boosters: [any Booster] = []
    while true {
      skipSpace()
      if position == letters.count { break }
      boosters.append(try booster())
      skipSpace()
      guard position < letters.count else { break }
      guard letters[position] == ";" else { throw mistake("; or the end after a booster") }
      position += 1
    }
    guard !boosters.isEmpty else { throw mistake("a booster such as fc-to-conv") }
    return boosters
  }

  private mutating func booster() throws(BoosterError) -> any Booster {
    let start = position
    let name = word(until: "(;")
    guard let type = BoosterCatalog.named(name) else {
      let names = BoosterCatalog.all.map { $0.about.name }
      throw mistake("a booster: \(names.joined(separator: ", "))", name, at: start, among: names)
    }
    return try booster(type)
  }

  private mutating func booster(_ type: any Booster.Type) throws(BoosterError) -> any Booster {
    let about = type.about
    var values = Dictionary(uniqueKeysWithValues: about.options.map { ($0.name, $0.standard) })
    if position < letters.count, letters[position] == "(" {
      position += 1
      skipSpace()
      if position < letters.count, letters[position] == ")" {
        position += 1
        return type.init(BoosterOptions(values))
      }
      while true {
        let (name, value) = try option(about)
        values[name] = value
        guard position < letters.count else { throw mistake("a closing )") }
        position += 1
        if letters[position - 1] == ")" { break }
      }
    }
    return type.init(BoosterOptions(values))
  }

  /// One option, up to the `,` or `)` after it.
  private mutating func option(_ about: BoosterAbout) throws(BoosterError) -> (String, String) {
    skipSpace()
    let start = position
    let name = word(until: "=,)")
    let names = about.options.map(\.name)
    guard let option = about.options.first(where: { $0.name == name }) else {
      let known = names.isEmpty ? "no option" : "an option: \(names.joined(separator: ", "))"
      throw mistake("\(about.name) to have \(known)", name, at: start, among: names)
    }
    guard position < letters.count, letters[position] == "=" else {
      throw mistake("= after \(about.name)'s option \(name)")
    }
    position += 1
    skipSpace()
    let valueStart = position
    let value = word(until: ",)")
    guard option.accepts(value) else {
      throw .syntax(
        column: valueStart + 1,
        expected: "\(about.name)'s \(name) to be \(option.words)",
        actual: value.isEmpty ? "nothing" : "\"\(value)\""
      )
    }
    return (name, value)
  }

  private mutating func word(until ends: String) -> String {
    let start = position
    while position < letters.count, !ends.contains(letters[position]) { position += 1 }
    var word = letters[start..<position]
    while word.last?.isWhitespace == true { word.removeLast() }
    return String(word)
  }

  private mutating func skipSpace() {
    while position < letters.count, letters[position].isWhitespace { position += 1 }
  }

  private func mistake(_ expected: String) -> BoosterError {
    let actual = position < letters.count ? "\"\(letters[position])\"" : "the end"
    return .syntax(column: position + 1, expected: expected, actual: actual)
  }

  private func mistake(
    _ expected: String,
    _ word: String,
    at start: Int,
    among known: [String]
  ) -> BoosterError {
    let near = known.filter { Self.isNear(word, $0) }.min { $0.count < $1.count }
    let actual =
      word.isEmpty ? "nothing" : "\"\(word)\"" + (near.map { " (did you mean \($0)?)" } ?? "")
    return .syntax(column: start + 1, expected: expected, actual: actual)
  }

  /// Whether one word begins like the other, or differs from it by few letters.
  private static func isNear(_ word: String, _ known: String) -> Bool {
    if word.count >= 2, known.hasPrefix(word) || word.hasPrefix(known) { return true }
    let (a, b) = (Array(word.lowercased()), Array(known))
    var row = Array(0...b.count)
    for i in a.indices {
      var next = [i + 1]
      for j in b.indices {
        next.append(min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1))
      }
      row = next
    }
    return row[b.count] <= max(1, known.count / 4)
  }
}
