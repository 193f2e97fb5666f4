import SqueezeGraph
import SqueezeTensor

/// Two choices of the sizes that a model's inputs leave open.
///
/// Shapes are inferred for both; a size that differs depends on an open one. A network may accept
/// only some choices, so the importer tries several, the freest first: batches of different primes
/// and images of multiples of 32; then a batch of 1; then 1 everywhere. A size that only ever was
/// 1 is not open after all.
struct ONNXOpenSizes {
  /// The sizes for the first and for the second choice by name.
  private let sizes: [String: (first: Int, second: Int)]

  /// Whether both choices are the same, so that one inference is enough.
  var areFixed: Bool { sizes.values.allSatisfy { $0.first == $0.second } }

  /// The choices to try for some inputs, in order.
  static func attempts(for inputs: [ModelInput]) -> [ONNXOpenSizes] {
    var names: [(name: String, isBatch: Bool)] = []
    var known: Set<String> = []
    for input in inputs {
      for (axis, dimension) in input.dimensions.enumerated() {
        if case .named(let name) = dimension, known.insert(name).inserted {
          names.append((name, axis == 0))
        }
      }
    }
    guard !names.isEmpty else { return [ONNXOpenSizes(sizes: [:])] }
    let primes = [(2, 3), (5, 7), (11, 13), (17, 19)]
    func attempt(_ choose: (_ position: Int, _ isBatch: Bool) -> (Int, Int)) -> ONNXOpenSizes {
      var sizes: [String: (first: Int, second: Int)] = [:]
      for (position, entry) in names.enumerated() {
        sizes[entry.name] = choose(position, entry.isBatch)
      }
      return ONNXOpenSizes(sizes: sizes)
    }
    func large(_ position: Int) -> (Int, Int) {
      (32 * (7 + 2 * (position % 8)), 32 * (8 + 2 * (position % 8)))
    }
    var attempts = [
      attempt { position, isBatch in
        isBatch ? primes[position % primes.count] : large(position)
      }
    ]
    if names.contains(where: { !$0.isBatch }), names.contains(where: \.isBatch) {
      attempts.append(attempt { position, isBatch in isBatch ? (1, 1) : large(position) })
      attempts.append(
        attempt { position, isBatch in isBatch ? primes[position % primes.count] : (1, 1) }
      )
    }
    attempts.append(attempt { _, _ in (1, 1) })
    return attempts
  }

  /// The shape of an input for the first or the second choice.
  func shape(of input: ModelInput, second: Bool) -> Shape {
    Shape(
      input.dimensions.map {
        switch $0 {
        case .fixed(let size): size
        case .named(let name): (second ? sizes[name]?.second : sizes[name]?.first) ?? 1
        }
      }
    )
  }

  /// The input with sizes fixed that are the same in both choices.
  func settled(_ input: ModelInput) -> ModelInput {
    var input = input
    input.dimensions = input.dimensions.map {
      if case .named(let name) = $0, let size = sizes[name], size.first == size.second {
        return .fixed(size.first)
      }
      return $0
    }
    return input
  }
}
