import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

/// Another process that has measured a multiple of whatever this one has.
private final class Partner: MomentExchange {
  let factor: Double
  init(_ factor: Double) { self.factor = factor }
  func gather(_ numbers: [Double]) -> [[Double]] { [numbers, numbers.map { $0 * factor }] }
}

@Suite("Batch normalization over several processes")
struct SharedMomentsTests {
  private static func step(
    _ runtime: any TrainingRuntime,
    _ shape: Shape,
    _ moments: (any MomentExchange)?
  ) throws -> TrainingStep {
    var random = SeededGenerator(seed: 5)
    let (count, isMap) = (shape[1], shape.rank == 4)
    let channels: Shape = [count]
    let layer: any Operator =
      isMap
      ? Convolution(outputChannels: count, window: SlidingWindow(1))
      : FullyConnected(outputFeatures: count)
    let model = Model(
      inputs: [ModelInput("x", shape)],
      outputs: ["y"],
      nodes: [
        // So that the input's gradient is needed.
        Node("p", layer, inputs: ["x"]),
        Node("n", BatchNormalization(), inputs: ["p"]), Node("y", ReLU(), inputs: ["n"]),
      ],
      parameters: [
        "p.weight": Dense(
          random.tensor(TensorSpec(isMap ? [count, count, 1, 1] : [count, count]))
        ),
        "p.bias": Dense(random.tensor(TensorSpec(channels))),
        "n.scale": Dense(random.tensor(TensorSpec(channels))),
        "n.bias": Dense(random.tensor(TensorSpec(channels))),
        "n.mean": Dense(Tensor(zeros: channels)), "n.variance": Dense(Tensor(zeros: channels)),
      ]
    )
    let program = try runtime.program(
      model,
      shapes: ["x": shape],
      options: TrainingOptions(threadCount: 2, moments: moments)
    )
    return try run(program, model, random.tensor(TensorSpec(shape)))
  }

  @Test(
    "the engine agrees with the reference, whatever the others measured",
    arguments: [[3, 20, 4, 5], [6, 5]] as [Shape]
  )
  func agree(_ shape: Shape) throws {
    let partner = Partner(1.5)
    let expected = try Self.step(ReferenceTrainingRuntime(), shape, partner)
    let actual = try Self.step(FastTrainingRuntime(), shape, partner)
    let alone = try Self.step(ReferenceTrainingRuntime(), shape, nil)
    #expect(actual.outputs["y"] != alone.outputs["y"])
    expectClose(actual.outputs["y"], try #require(expected.outputs["y"]), "output", 2e-4)
    for (key, pair) in zip(expected.trained, zip(actual.gradients, expected.gradients)) {
      expectClose(pair.0, pair.1, "gradient of \(key)", 2e-4)
    }
    for (key, tensor) in expected.statistics {
      expectClose(actual.statistics[key], tensor, key, 2e-4)
    }
  }

  @Test("a twin changes nothing but the variance's divisor")
  func twin() throws {
    for runtime in [ReferenceTrainingRuntime(), FastTrainingRuntime()] as [any TrainingRuntime] {
      let alone = try Self.step(runtime, [3, 20, 4, 5], nil)
      let both = try Self.step(runtime, [3, 20, 4, 5], Partner(1))
      expectClose(both.outputs["y"], try #require(alone.outputs["y"]), "output", 1e-6)
      for (a, b) in zip(both.gradients, alone.gradients) { expectClose(a, b, "gradient", 1e-5) }
      let (ours, theirs) = (both.statistics["n.variance"], alone.statistics["n.variance"])
      let ratio = Float(59.0 / 60 * 120 / 119)
      for (a, b) in zip(ours?.scalars ?? [], theirs?.scalars ?? [1]) {
        #expect(abs(a - b * ratio) <= 1e-5 * b)
      }
    }
  }
}
