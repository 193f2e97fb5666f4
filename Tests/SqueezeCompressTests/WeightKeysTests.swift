import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite("Weight keys")
struct WeightKeysTests {
  @Test("Layers' weights in graph order, without biases and without layers that have none")
  func layers() {
    let model = Model(
      inputs: [ModelInput("x", [1, 2, 4, 4])],
      outputs: ["fc"],
      nodes: [
        Node(
          "z",
          Convolution(outputChannels: 2, window: SlidingWindow(3, padding: 1)),
          inputs: ["x"]
        ),
        Node("relu", ReLU(), inputs: ["z"]),
        Node("a", Convolution(outputChannels: 2, window: SlidingWindow(1)), inputs: ["relu"]),
        Node("flat", Flatten(), inputs: ["a"]),
        Node("fc", FullyConnected(outputFeatures: 3), inputs: ["flat"]),
      ],
      parameters: [
        "fc.weight": Dense(Tensor(zeros: [3, 32])), "z.weight": Dense(Tensor(zeros: [2, 2, 3, 3])),
        "z.bias": Dense(Tensor(zeros: [2])),
      ]
    )
    #expect(model.weightKeys == ["z.weight", "fc.weight"])
  }
}
