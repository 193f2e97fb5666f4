import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct WeightQuantizationTests {
  /// Rows whose magnitudes differ, each with one number far out.
  private static let weights: Tensor = {
    var random = SeededGenerator(seed: 3)
    var tensor = random.tensor(TensorSpec([4, 200]))
    for i in tensor.scalars.indices { tensor.scalars[i] *= Float(1 << (2 * (i / 200))) / 64 }
    for row in 0..<4 { tensor.scalars[row * 200 + 7] *= 5 }
    return tensor
  }()

  private static func error(_ encoding: any ParameterEncoding) -> Double {
    zip(encoding.decoded().scalars, weights.scalars).reduce(0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
  }

  @Test("an error is at most half a step", arguments: 2...8)
  func halfAStep(_ bits: Int) throws {
    for granularity in WeightQuantization.Granularity.allCases {
      let method = WeightQuantization(bits: bits, granularity: granularity)
      let encoding = try #require(
        try method.quantized(Dense(Self.weights), "w") as? UniformInteger
      )
      let limit = Int32(1 << (bits - 1)) - 1
      #expect(encoding.integers.allSatisfy { abs($0) <= limit })
      #expect(encoding.integers.contains { abs($0) == limit })
      #expect(encoding.scales.count == (granularity == .channel ? 4 : 1))
      for (i, value) in encoding.decoded().scalars.enumerated() {
        let scale = encoding.scales[granularity == .channel ? i / 200 : 0]
        #expect(abs(value - Self.weights.scalars[i]) <= 0.5001 * scale)
      }
    }
  }

  @Test("the squared error is smallest with the rule that looks for it", arguments: [2, 3, 4, 8])
  func ranges(_ bits: Int) throws {
    let errors = try RangeRule.all.map { rule in
      Self.error(
        try WeightQuantization(bits: bits, rule: rule).quantized(Dense(Self.weights), "w")
      )
    }
    #expect(errors.allSatisfy { $0.isFinite && errors[2] <= $0 * (1 + 1e-6) })
    if bits <= 4 { #expect(errors[2] < 0.9 * errors[0]) }
  }

  @Test("one scale per channel is at least as good as one for all")
  func channels() throws {
    let (all, each) = (
      try WeightQuantization(bits: 4, granularity: .tensor).quantized(Dense(Self.weights), "w"),
      try WeightQuantization(bits: 4).quantized(Dense(Self.weights), "w")
    )
    #expect(Self.error(each) < 0.5 * Self.error(all))
  }

  @Test("pruned weights stay zero, and masks stay while training", arguments: RangeRule.all)
  func masks(_ rule: RangeRule) throws {
    let mask = Self.weights.scalars.indices.map { $0 % 3 == 0 }
    let masked = Masked(Self.weights, mask: mask)
    for isTrainable in [false, true] {
      let method = WeightQuantization(bits: 3, rule: rule, isTrainable: isTrainable)
      let encoding = try method.quantized(masked, "w")
      #expect(isTrainable == (encoding is StraightThroughInteger))
      if isTrainable { #expect(encoding.keptElements == mask) }
      for (scalar, isKept) in zip(encoding.decoded().scalars, mask) where !isKept {
        #expect(scalar == 0)
      }
    }
  }

  @Test("a transposed convolution has its channels along the second axis")
  func transposed() throws {
    let model = try initialized(
      Model(
        inputs: [ModelInput("x", [1, 4, 5, 5])],
        outputs: ["t"],
        nodes: [
          Node(
            "t",
            TransposedConvolution(outputChannels: 3, window: SlidingWindow(2, stride: 2)),
            inputs: ["x"]
          )
        ]
      )
    )
    let quantized = try WeightQuantization().apply(to: model)
    let weight = try #require(quantized.parameters["t.weight"] as? UniformInteger)
    #expect(weight.axis == 1 && weight.scales.count == 3)
    // Scales do not depend on the order of the axes.
    let plain = try #require(model.parameters["t.weight"]?.decoded())
    for channel in 0..<3 {
      let largest = plain.scalars.indices.filter { $0 / 4 % 3 == channel }
        .map { abs(plain.scalars[$0]) }.max()
      #expect(abs(weight.scales[channel] * 127 - (largest ?? 0)) < 1e-5)
    }
  }

  @Test("a layer of zeros gets a grid")
  func zeros() throws {
    for rule in RangeRule.all {
      let encoding = try WeightQuantization(rule: rule).quantized(
        Dense(Tensor(zeros: [2, 3])),
        "w"
      )
      #expect(encoding.decoded().scalars == [0, 0, 0, 0, 0, 0])
    }
  }

  @Test("widths by key, and what is refused")
  func settings() throws {
    let model = try smallNetwork()
    let quantized = try WeightQuantization(bits: 8, bitsByKey: ["b.weight": 2]).apply(to: model)
    #expect((quantized.parameters["a.weight"] as? UniformInteger)?.bits == 8)
    #expect((quantized.parameters["b.weight"] as? UniformInteger)?.bits == 2)
    for method in [
      WeightQuantization(bits: 1), WeightQuantization(bits: 9),
      WeightQuantization(bitsByKey: ["none.weight": 4]), WeightQuantization(keys: ["none.weight"]),
    ] {
      #expect(throws: QuantizationError.self) { try method.apply(to: model) }
    }
    #expect(throws: QuantizationError.self) {
      try WeightQuantization().quantized(Dense(Tensor([2], [.infinity, 0])), "w")
    }
  }
}
