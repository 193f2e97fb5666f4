import SqueezeCompress
import SqueezeEngine
import SqueezeGraph
import SqueezeMeasure
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite struct CalibrationTests {
  /// Two Fire-like branches, a residual sum and a classifier, of random weights.
  private static func network() throws -> Model {
    let window = SlidingWindow(3, padding: 1)
    var model = Model(
      inputs: [ModelInput("x", [1, 3, 32, 32])],
      outputs: ["scores"],
      nodes: [
        Node(
          "first",
          Convolution(outputChannels: 32, window: SlidingWindow(3, stride: 2, padding: 1)),
          inputs: ["x"]
        ),
        Node("r0", ReLU(), inputs: ["first"]),
        Node("depth", Convolution(outputChannels: 32, window: window, groups: 32), inputs: ["r0"]),
        Node("clip", Clip(lower: 0, upper: 6), inputs: ["depth"]),
        Node("point", Convolution(outputChannels: 32, window: SlidingWindow(1)), inputs: ["clip"]),
        Node("sum", Add(), inputs: ["point", "r0"]),
        Node("e1", Convolution(outputChannels: 16, window: SlidingWindow(1)), inputs: ["sum"]),
        Node("e3", Convolution(outputChannels: 32, window: window), inputs: ["sum"]),
        Node("r1", ReLU(), inputs: ["e1"]),
        Node("r3", ReLU(), inputs: ["e3"]),
        Node("both", Concatenate(axis: 1), inputs: ["r1", "r3"]),
        Node("pool", MaxPool(window: SlidingWindow(3, stride: 2)), inputs: ["both"]),
        Node("mean", GlobalAveragePool(), inputs: ["pool"]),
        Node("flat", Flatten(), inputs: ["mean"]),
        Node("scores", FullyConnected(outputFeatures: 10), inputs: ["flat"]),
      ]
    )
    var random = SeededGenerator(seed: 21)
    var specs = ["x": TensorSpec([1, 3, 32, 32])]
    for node in model.nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      specs[node.outputs[0]] = try node.op.outputs(for: inputs)[0]
      for parameter in try node.op.parameters(for: inputs) {
        var tensor = random.tensor(parameter.spec)
        let shape = parameter.spec.shape
        let scale = shape.rank > 1 ? (6 / Float(shape.count(from: 1))).squareRoot() : 0.1
        tensor.scalars = tensor.scalars.map { $0 * scale }
        model.parameters[Model.key(node.name, parameter.name)] = Constant.encoding(of: tensor)
      }
    }
    return model
  }

  @Test("a calibrated model runs in whole numbers, near the floats and near the reference")
  func endToEnd() throws {
    let model = try Self.network()
    let samples = model.randomInputs(4, shapes: [:])
    let quantized = try model.quantized(calibratedOn: samples)
    let compiled = try CompiledModel(quantized, precision: .int8)
    let real = compiled.steps.filter {
      $0.kernel.hasPrefix("Tiled") || $0.kernel.hasPrefix("Winograd") || $0.kernel == "Reference"
    }
    #expect(real.isEmpty, "\(real)")
    let step = quantized.nodes.compactMap { $0.op as? QuantizeLinear }.last?.grid.scales[0] ?? 0
    for sample in samples {
      let floats = try CompiledModel(model).run(sample)["scores"]?.scalars ?? []
      let actual = try compiled.run(sample)["scores"]?.scalars ?? []
      let reference = try ReferenceRuntime().run(quantized, inputs: sample)["scores"]?.scalars ?? []
      let largest = floats.map { abs($0) }.max() ?? 0
      #expect(actual.count == 10)
      for i in actual.indices {
        #expect(abs(actual[i] - floats[i]) <= 0.06 * largest)
        #expect(abs(actual[i] - reference[i]) <= 2.01 * step)
      }
    }
  }

  @Test("a quantized model stays as it is")
  func alreadyQuantized() throws {
    let model = try Self.network()
    let quantized = try model.quantized(calibratedOn: model.randomInputs(1, shapes: [:]))
    let again = try quantized.quantized(calibratedOn: [])
    #expect(again.nodes == quantized.nodes)
  }
}
