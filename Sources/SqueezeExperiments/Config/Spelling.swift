/// Finds the word that somebody meant.
package enum Spelling {
  /// The known word nearest to `word`, or `nil` where none is near.
  ///
  /// Near is an edit distance of at most a third of the letters, at least 1, after capitals and `-`
  /// against `_` are disregarded.
  package static func nearest(to word: String, among known: [String]) -> String? {
    let normal = normalized(word)
    let limit = max(1, (word.count + 1) / 3)
    let ranked = known.map { (word: $0, distance: distance(normal, normalized($0))) }
    return ranked.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.word
  }

  /// `"word"`, and what may have been meant.
  package static func suggestion(for word: String, among known: [String]) -> String {
    guard let nearest = nearest(to: word, among: known) else { return "\"\(word)\"" }
    return "\"\(word)\" (did you mean \(nearest)?)"
  }

  private static func normalized(_ word: String) -> [Character] {
    Array(word.lowercased().replacing("-", with: "_"))
  }

  /// The least number of letters to insert, delete, replace or swap with their neighbour that turns
  /// one word into the other.
  ///
  /// Source: Damerau, "A technique for computer detection and correction of spelling errors" (1964),
  /// in its restricted form.
  package static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        let same = a[i] == b[j]
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (same ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
