import SqueezeCompress
import SqueezeEngine
import SqueezeGraph
import SqueezeMeasure
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite struct QuantizationAwareTrainingTests {
  /// A classifier whose layers are all on grids after quantization.
  private static func network() throws -> Model {
    let window = SlidingWindow(3, padding: 1)
    var model = Model(
      inputs: [ModelInput("x", [8, 3, 10, 10])],
      outputs: ["scores"],
      nodes: [
        Node("a", Convolution(outputChannels: 16, window: window), inputs: ["x"]),
        Node("n", BatchNormalization(), inputs: ["a"]), Node("r", ReLU(), inputs: ["n"]),
        Node("p", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["r"]),
        Node("d", Convolution(outputChannels: 16, window: window, groups: 16), inputs: ["p"]),
        Node("c", Clip(lower: 0, upper: 6), inputs: ["d"]),
        Node("e", Convolution(outputChannels: 16, window: SlidingWindow(1)), inputs: ["c"]),
        Node("s", Add(), inputs: ["e", "p"]), Node("t", ReLU(), inputs: ["s"]),
        Node("m", GlobalAveragePool(), inputs: ["t"]), Node("f", Flatten(), inputs: ["m"]),
        Node("scores", FullyConnected(outputFeatures: 5), inputs: ["f"]),
      ]
    )
    var random = SeededGenerator(seed: 21)
    var specs = ["x": TensorSpec([8, 3, 10, 10])]
    for node in model.nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      specs[node.outputs[0]] = try node.op.outputs(for: inputs)[0]
      for parameter in try node.op.parameters(for: inputs) {
        var tensor = random.tensor(parameter.spec)
        let shape = parameter.spec.shape
        let scale = shape.rank > 1 ? (6 / Float(shape.count(from: 1))).squareRoot() : 0.1
        tensor.scalars = tensor.scalars.map { $0 * scale }
        if parameter.name == "variance" || parameter.name == "scale" {
          tensor.scalars = tensor.scalars.map { $0 + 1 }
        }
        model.parameters[Model.key(node.name, parameter.name)] = Constant.encoding(of: tensor)
      }
    }
    return model
  }

  private static func loss(_ a: Tensor, _ b: Tensor) -> Float {
    zip(a.scalars, b.scalars).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Float(a.count)
  }

  @Test("few bits learn what rounding lost; finished, the model runs in whole numbers")
  func learns() throws {
    let model = try Self.network()
    let inputs = model.randomInputs(6, shapes: [:])
    let runtime = FastRuntime()
    let wanted = try inputs.map { try #require(try runtime.run(model, inputs: $0)["scores"]) }
    let method = ActivationQuantization(
      weights: WeightQuantization(bits: 3, isTrainable: true)
    )
    var trained = try method.apply(
      to: model,
      calibratedOn: inputs,
      preparing: runtime.prepared
    )
    let shapes = ["x": Shape([8, 3, 10, 10])]
    let fast = try FastTrainingRuntime().program(
      trained,
      shapes: shapes,
      options: TrainingOptions(threadCount: 2)
    )
    let slow = try ReferenceTrainingRuntime().program(
      trained,
      shapes: shapes,
      options: TrainingOptions()
    )
    #expect(fast.trained == slow.trained)
    #expect(fast.trained.contains("a.weight") && fast.trained.contains("scores.bias"))
    var losses: [Float] = []
    for step in 0..<150 {
      let (input, target) = (inputs[step % inputs.count], wanted[step % inputs.count])
      let scores = try #require(try fast.forward(input, seed: 0)["scores"])
      losses.append(Self.loss(scores, target))
      let slope = Tensor(scores.shape, zip(scores.scalars, target.scalars).map { ($0 - $1) / 20 })
      let gradients = try fast.backward(["scores": slope])
      if step == 0 {
        // Rounding may put a number on either side of a border; as a whole they agree.
        _ = try slow.forward(input, seed: 0)
        for (a, b) in zip(gradients, try slow.backward(["scores": slope])) {
          #expect(Self.loss(a, b) <= 1e-3 * Self.loss(b, Tensor(zeros: b.shape)) + 1e-12)
        }
        #expect(gradients.allSatisfy { $0.scalars.contains { $0 != 0 } })
      }
      for (key, gradient) in zip(fast.trained, gradients) {
        guard var encoding = trained.parameters[key] else { continue }
        let pulled = encoding.pullback(gradient)
        encoding.free = zip(encoding.free, pulled).map { $0 - 0.1 * $1 }
        trained.parameters[key] = encoding
        try fast.load([key: encoding.decoded()])
      }
    }
    let (first, last) = (losses.prefix(6).reduce(0, +), losses.suffix(6).reduce(0, +))
    #expect(last < 0.5 * first, "\(first) → \(last)")
    let finished = LatentWeightRemoval().apply(to: trained)
    let expected = try #require(
      try ReferenceRuntime().run(trained, inputs: inputs[0])["scores"]?.scalars
    )
    let actual = try #require(
      try FastRuntime(precision: .int8).run(finished, inputs: inputs[0])["scores"]?.scalars
    )
    let step = expected.map { abs($0) }.max().map { $0 / 64 } ?? 0
    for (a, b) in zip(actual, expected) { #expect(abs(a - b) <= step) }
  }
}
