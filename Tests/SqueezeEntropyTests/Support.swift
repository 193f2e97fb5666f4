import Foundation
import SqueezeEntropy

/// SplitMix64: seeded random numbers, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A whole number below `bound`, which is positive.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// How the symbols of a test plane are spread.
enum Spread: CaseIterable, Sendable {
  case uniform, constant, peaked, sparse, endpoints
}

/// A shape, an alphabet and a spread to test a coder with.
struct PlaneCase: Sendable, CustomStringConvertible {
  var shape: [Int]
  var alphabet: Int
  var zero: Int?
  var spread: Spread

  var description: String { "\(shape), \(alphabet) symbols, zero \(zero ?? -1), \(spread)" }

  func plane(seed: UInt64) throws -> SymbolPlane {
    var generator = SeededGenerator(seed)
    // Levels around the zero symbol, or around the middle, with uneven gaps.
    let origin = zero ?? alphabet / 2
    var levels = [Int32](repeating: 0, count: alphabet)
    for symbol in stride(from: origin + 1, to: alphabet, by: 1) {
      levels[symbol] = levels[symbol - 1] + Int32(1 + generator.below(4000))
    }
    for symbol in stride(from: origin - 1, through: 0, by: -1) {
      levels[symbol] = levels[symbol + 1] - Int32(1 + generator.below(4000))
    }
    let layout = try SymbolLayout(
      rows: shape[0],
      columns: shape[1],
      tapRows: shape[2],
      tapColumns: shape[3],
      zero: zero,
      levels: levels
    )
    let symbols = (0..<layout.count).map { _ -> UInt16 in
      switch spread {
      case .uniform: return UInt16(generator.below(alphabet))
      case .constant: return UInt16(alphabet - 1)
      case .endpoints: return generator.below(2) == 0 ? 0 : UInt16(alphabet - 1)
      case .sparse where generator.below(5) > 0: return UInt16(origin)
      case .peaked, .sparse:
        let reach = (0..<6).reduce(0) { sum, _ in sum + generator.below(alphabet) } / 6
        return UInt16((reach + origin + alphabet / 2) % alphabet)
      }
    }
    return try SymbolPlane(layout: layout, symbols: symbols)
  }

  /// Odd shapes, small and large alphabets, with and without a zero symbol.
  static let all: [PlaneCase] = {
    let shapes = [
      [0, 0, 1, 1], [0, 4, 3, 3], [3, 0, 1, 1], [1, 1, 1, 1], [7, 1, 1, 1], [1, 9, 1, 1],
      [37, 19, 1, 1], [5, 3, 3, 3], [2, 3, 7, 5], [4, 2, 1, 9], [3, 2, 11, 1], [16, 12, 3, 3],
      [2, 1, 9, 9],
    ]
    var cases: [PlaneCase] = []
    for (number, shape) in shapes.enumerated() {
      for alphabet in [1, 2, 3, 5, 16, 256, 257, 1000, 65536] {
        let spread = Spread.allCases[(number + alphabet) % Spread.allCases.count]
        for zero in [nil, 0, alphabet / 2, alphabet - 1] {
          cases.append(PlaneCase(shape: shape, alphabet: alphabet, zero: zero, spread: spread))
        }
      }
    }
    return cases
  }()
}

/// Whether the decoder met damage as it should: with an error or a valid plane.
func survives(_ bytes: [UInt8], _ coder: any SymbolCoder.Type, _ layout: SymbolLayout) -> Bool {
  do throws(EntropyError) {
    let symbols = try coder.decode(bytes[...], layout: layout)
    return symbols.count == layout.count && symbols.allSatisfy { Int($0) < layout.alphabet }
  } catch {
    return true
  }
}

/// `bytes` cut at every length, and with single bits flipped.
func damaged(_ bytes: [UInt8], flips: Int, seed: UInt64) -> [[UInt8]] {
  var generator = SeededGenerator(seed)
  var results = bytes.indices.map { Array(bytes[..<$0]) }
  for _ in 0..<flips where !bytes.isEmpty {
    var copy = bytes
    copy[generator.below(bytes.count)] ^= 1 << UInt8(generator.below(8))
    results.append(copy)
  }
  results.append(bytes + [0])
  results.append(bytes + bytes)
  return results
}
