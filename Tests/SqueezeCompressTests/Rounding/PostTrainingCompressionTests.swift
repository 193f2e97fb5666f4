import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite("Post-training compression")
struct PostTrainingCompressionTests {
  /// Convolutions of all kinds, a batch normalization, and probabilities.
  static func network() throws -> Model {
    var model = Model(
      inputs: [ModelInput("x", [1, 3, 9, 9])],
      outputs: ["prob"],
      nodes: [
        Node(
          "a",
          Convolution(outputChannels: 12, window: SlidingWindow(3, stride: 2), hasBias: false),
          inputs: ["x"]
        ),
        Node("n", BatchNormalization(), inputs: ["a"]),
        Node("nr", ReLU(), inputs: ["n"]),
        Node(
          "d",
          Convolution(outputChannels: 12, window: SlidingWindow(3, padding: 1), groups: 12),
          inputs: ["nr"]
        ),
        Node("dr", ReLU(), inputs: ["d"]),
        Node("b", Convolution(outputChannels: 16, window: SlidingWindow(1)), inputs: ["dr"]),
        Node("c", Convolution(outputChannels: 16, window: SlidingWindow(1)), inputs: ["dr"]),
        Node("s", Add(), inputs: ["b", "c"]),
        Node("sr", ReLU(), inputs: ["s"]),
        Node("m", GlobalAveragePool(), inputs: ["sr"]),
        Node("f", Flatten(), inputs: ["m"]),
        Node("scores", FullyConnected(outputFeatures: 10), inputs: ["f"]),
        Node("prob", Softmax(axis: 1), inputs: ["scores"]),
      ]
    )
    var random = SeededGenerator(seed: 9)
    var specs = ["x": TensorSpec([1, 3, 9, 9])]
    for node in model.nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      specs[node.outputs[0]] = try node.op.outputs(for: inputs)[0]
      for parameter in try node.op.parameters(for: inputs) {
        var tensor = random.tensor(parameter.spec)
        if parameter.name == "variance" { tensor.scalars = tensor.scalars.map { 0.5 + abs($0) } }
        model.parameters[Model.key(node.name, parameter.name)] = Dense(tensor)
      }
    }
    return model
  }

  static func samples(_ count: Int, seed: UInt64 = 2) -> [[String: Tensor]] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      var x = random.tensor(TensorSpec([1, 3, 9, 9]))
      // Neighbours are alike, as in pictures.
      for i in 1..<x.count { x.scalars[i] = 0.3 * x.scalars[i] + 0.7 * x.scalars[i - 1] }
      return ["x": x]
    }
  }

  /// The entropy of the integers stands for a file.
  static func size(_ model: Model) -> Int {
    model.parameters.values.reduce(0) { sum, encoding in
      let integers = (encoding as? UniformInteger)?.integers
      return sum + (integers.map { Int(LevelCosts.entropy(of: $0)) } ?? encoding.storedBits)
    } / 8
  }

  static func compress(
    _ method: PostTrainingCompression,
    _ model: Model,
    samples: [[String: Tensor]] = samples(12)
  ) throws -> Model {
    try method.apply(to: model, calibratedOn: samples, using: ReferenceRuntime(), size: size)
  }

  /// The mean divergence from the original on inputs that were not calibrated on.
  static func divergence(_ model: Model, from original: Model) throws -> Double {
    let inputs = samples(20, seed: 77)
    let runtime = ReferenceRuntime()
    let before = try inputs.map { try runtime.run(original, inputs: $0) }
    let after = try inputs.map { try runtime.run(model, inputs: $0) }
    return OutputDistortion(original, outputs: before).mean(of: after)
  }

  @Test("the target is met from below", arguments: [false, true])
  func meetsBytes(compensates: Bool) throws {
    let model = try Self.network()
    for target in [300, 450, 600] {
      let method = PostTrainingCompression(
        target: .bytes(target),
        compensatesEarlierLayers: compensates
      )
      let bytes = Self.size(try Self.compress(method, model))
      #expect(bytes <= target && Double(bytes) >= 0.97 * Double(target), "\(bytes) of \(target)")
    }
  }

  @Test("nearer to the original than nearest levels of the same entropy")
  func beatsNearestLevels() throws {
    let model = try Self.network()
    let compressed = try Self.compress(PostTrainingCompression(target: .bytes(400)), model)
    // The nearest levels at one step per layer, as fine as the same bytes allow.
    let folded = try model.applying([BiasFolding(), BatchNormFolding()])
    var plain = folded
    for levels in stride(from: Float(40), to: 2, by: -1) {
      plain = folded
      for (key, encoding) in folded.parameters {
        let values = encoding.decoded().scalars
        let step = (values.map { abs($0) }.max() ?? 1) / levels
        plain.parameters[key] = UniformGrid.encoding(
          encoding.shape,
          values.map { SecondOrderRounding.nearest($0 / step) },
          step: step
        )
      }
      if Self.size(plain) <= 400 { break }
    }
    #expect(Self.size(plain) <= 400)
    let better = try Self.divergence(compressed, from: model)
    let worse = try Self.divergence(plain, from: model)
    #expect(better < 0.8 * worse, "\(better) against \(worse)")
  }

  @Test("a distortion is met, with fewer bytes for a larger one")
  func meetsDistortion() throws {
    let model = try Self.network()
    let fine = try Self.compress(PostTrainingCompression(target: .distortion(0.002)), model)
    let coarse = try Self.compress(PostTrainingCompression(target: .distortion(0.05)), model)
    #expect(Self.size(coarse) < Self.size(fine))
    #expect(try Self.divergence(fine, from: model) < 0.02)
  }

  @Test("the same inputs give the same bits; only weights and biases change")
  func isDeterministic() throws {
    let model = try Self.network()
    let method = PostTrainingCompression(target: .bytes(400))
    let (first, second) = (try Self.compress(method, model), try Self.compress(method, model))
    for (key, encoding) in first.parameters {
      #expect(second.parameters[key].map { encoding.isEqual(to: $0) } == true)
      #expect(encoding is UniformInteger)
    }
    #expect(first.outputs == model.outputs && first.inputs == model.inputs)
  }

  @Test("zeros stay where asked")
  func keepsZeros() throws {
    var model = try Self.network()
    for key in model.weightKeys {
      guard var weight = model.parameters[key]?.decoded() else { continue }
      for i in stride(from: 0, to: weight.count, by: 2) { weight.scalars[i] = 0 }
      model.parameters[key] = Dense(weight)
    }
    let method = PostTrainingCompression(target: .bytes(250), keepsZeros: true)
    let compressed = try Self.compress(method, model)
    for key in model.weightKeys {
      let before = try #require(model.parameters[key]?.decoded())
      let after = try #require(compressed.parameters[key]?.decoded())
      for (a, b) in zip(before.scalars, after.scalars) where a == 0 { #expect(b == 0) }
    }
  }

  @Test("progress passes through all stages in order")
  func reportsProgress() throws {
    var stages: [PostTrainingCompression.Progress.Stage] = []
    _ = try PostTrainingCompression(target: .bytes(400)).apply(
      to: try Self.network(),
      calibratedOn: Self.samples(3),
      using: ReferenceRuntime(),
      size: Self.size
    ) { progress in
      if stages.last != progress.stage { stages.append(progress.stage) }
      #expect(progress.fraction > 0 && progress.fraction <= 1)
    }
    #expect(stages == PostTrainingCompression.Progress.Stage.allCases)
  }

  @Test("what cannot work is refused")
  func errors() throws {
    let model = try Self.network()
    let method = PostTrainingCompression(target: .bytes(400))
    #expect(throws: CalibrationError.self) { try Self.compress(method, model, samples: []) }
    var broken = Self.samples(2)
    broken[1]["x"]?.scalars[5] = .nan
    #expect(throws: CalibrationError.self) { try Self.compress(method, model, samples: broken) }
    #expect(throws: CalibrationError.self) {
      try Self.compress(PostTrainingCompression(target: .bytes(1)), model)
    }
    let empty = Model(
      inputs: [ModelInput("x", [1, 3, 9, 9])],
      outputs: ["r"],
      nodes: [Node("r", ReLU(), inputs: ["x"])]
    )
    #expect(throws: CalibrationError.self) { try Self.compress(method, empty) }
  }
}
