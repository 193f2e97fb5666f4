/// Names of nodes: `*` stands for any letters, `|` divides alternatives, as in `fire2/*|conv1`.
public struct NodePattern: Sendable, Hashable, CustomStringConvertible {
  /// The pattern as it was written.
  public let description: String
  private let alternatives: [[Character]]

  /// Creates a pattern.
  public init(_ text: String) {
    description = text
    alternatives = text.split(separator: "|").map { alternative in
      Array(alternative.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// Every node.
  public static let all = NodePattern("*")

  /// Whether the pattern stands for a name.
  public func matches(_ name: String) -> Bool {
    let letters = Array(name)
    return alternatives.contains { Self.matches($0, letters) }
  }

  /// Letters match themselves, `*` any number of them; the last `*` is tried again where letters differ.
  private static func matches(_ pattern: [Character], _ name: [Character]) -> Bool {
    var (p, n) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        (p, n) = (last.pattern + 1, last.name + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
