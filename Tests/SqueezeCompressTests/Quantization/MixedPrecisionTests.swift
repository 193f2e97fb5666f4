import SqueezeCompress
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct MixedPrecisionTests {
  typealias Option = MixedPrecision.Option

  private static func options(_ seed: UInt64) -> [String: [Option]] {
    var random = SeededGenerator(seed: seed)
    var options: [String: [Option]] = [:]
    for key in ["a", "b", "c", "d"] {
      let (size, hurt) = (Int(random.uniform(10, 400)), random.uniform(0.01, 3))
      options[key] = [2, 3, 4, 6, 8].map { bits in
        Option(
          bits: bits,
          bytes: size * bits / 8 + 1,
          error: Double(hurt) / Double(1 << (2 * bits)) * Double(random.uniform(0.5, 1.5))
        )
      }
    }
    return options
  }

  /// Every choice of one option per key.
  private static func all(_ options: [String: [Option]]) -> [(bytes: Int, error: Double)] {
    options.values.reduce([(0, 0.0)]) { sums, choices in
      sums.flatMap { sum in choices.map { (sum.0 + $0.bytes, sum.1 + $0.error) } }
    }
  }

  @Test("budgets hold, and no choice of its size is better", arguments: 0..<20 as Range<UInt64>)
  func budgets(_ seed: UInt64) throws {
    let options = Self.options(seed)
    let all = Self.all(options)
    let (fewest, most) = (all.map(\.bytes).min() ?? 0, all.map(\.bytes).max() ?? 0)
    for limit in [fewest, (fewest + most) / 2, most] {
      let chosen = try MixedPrecision(.bytes(limit)).choose(options)
      let bytes = chosen.values.reduce(0) { $0 + $1.bytes }
      let error = chosen.values.reduce(0) { $0 + $1.error }
      #expect(chosen.count == 4 && bytes <= limit)
      // Greedy steps may leave a little of the budget; with one option less bytes nothing is better by much.
      let best = all.filter { $0.bytes <= limit }.map(\.error).min() ?? 0
      #expect(error <= best * 4 + 1e-12)
    }
    for limit in all.map(\.error).sorted().enumerated().filter({ $0.offset % 100 == 0 }) {
      let chosen = try MixedPrecision(.error(limit.element)).choose(options)
      #expect(chosen.values.reduce(0) { $0 + $1.error } <= limit.element * (1 + 1e-6))
    }
  }

  @Test("what hurts gets more bits")
  func hurt() throws {
    let options = ["robust": 0.001, "delicate": 1].mapValues { hurt in
      [2, 4, 8].map { Option(bits: $0, bytes: 100 * $0, error: hurt / Double(1 << (2 * $0))) }
    }
    let chosen = try MixedPrecision(.bytes(1000)).choose(options)
    #expect(chosen["robust"]?.bits == 2 && chosen["delicate"]?.bits == 8)
  }

  @Test("what cannot be met is refused")
  func impossible() {
    let options = ["a": [Option(bits: 2, bytes: 10, error: 1)]]
    #expect(throws: QuantizationError.self) { try MixedPrecision(.bytes(9)).choose(options) }
    #expect(throws: QuantizationError.self) { try MixedPrecision(.error(0.5)).choose(options) }
    #expect(throws: QuantizationError.self) { try MixedPrecision(.bytes(9)).choose(["a": []]) }
  }

  @Test("a scan finds that fewer bits hurt more, and its choice fits the method")
  func scan() throws {
    let model = try smallNetwork()
    let inputs = samples(2, for: model)
    func scores(_ model: Model) throws -> [Float] {
      try inputs.flatMap { try reference(model, $0)["scores"]?.scalars ?? [] }
    }
    let wanted = try scores(model)
    let options = try MixedPrecision.options(of: model, bits: [2, 4, 8]) { other in
      zip(try scores(other), wanted).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) }
    }
    #expect(Set(options.keys) == Set(model.weightKeys))
    for choices in options.values {
      #expect(choices.map(\.error) == choices.map(\.error).sorted(by: >))
      #expect(choices.map(\.bytes) == choices.map(\.bytes).sorted())
    }
    let limit = options.values.reduce(0) { $0 + $1[1].bytes }
    let chosen = try MixedPrecision(.bytes(limit)).choose(options).mapValues(\.bits)
    let mixed = try WeightQuantization(bitsByKey: chosen).apply(to: model)
    let bytes = model.weightKeys.reduce(0) { sum, key in
      sum + ((mixed.parameters[key]?.storedBits ?? 0) + 7) / 8
    }
    #expect(bytes <= limit)
  }
}
