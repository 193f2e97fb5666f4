import SqueezeTensor

/// Damaged copies of valid bytes, for fuzz tests of parsers.
public struct Mutations: Sequence, IteratorProtocol {
  private let original: [UInt8]
  private let count: Int
  private var made = 0
  private var random: SeededGenerator

  /// Gives `count` copies: truncations first, then single bit flips, then a few bytes overwritten.
  public init(of original: [UInt8], count: Int, seed: UInt64 = 1) {
    self.original = original
    self.count = count
    random = SeededGenerator(seed: seed)
  }

  public mutating func next() -> [UInt8]? {
    guard made < count, !original.isEmpty else { return nil }
    defer { made += 1 }
    let cuts = Swift.min(original.count, count / 3)
    if made < cuts { return Array(original.prefix(made * original.count / cuts)) }
    var copy = original
    if made % 2 == 0 {
      let position = Int.random(in: copy.indices, using: &random)
      copy[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    } else {
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let position = Int.random(in: copy.indices, using: &random)
        copy[position] =
          [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
          .randomElement(using: &random) ?? 0
      }
    }
    return copy
  }
}
