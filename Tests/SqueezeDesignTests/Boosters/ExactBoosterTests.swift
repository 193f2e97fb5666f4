import SqueezeGraph
import SqueezeModels
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

import SqueezeDesign

/// Boosters that keep the function, alone or where a fit is complete.
@Suite struct ExactBoosterTests {
  @Test(
    "fully connected layers become convolutions with equal results",
    arguments: ["lenet-5", "lenet-300-100", "vgg-small"]
  )
  func convertsNetworks(_ name: String) throws {
    let network = try #require(NetworkCatalog.network(named: name))
    let model = try network.model(seed: 3)
    let boosted = try FullyConnectedToConvolution().boosted(model)
    #expect(!boosted.model.nodes.contains { $0.op is FullyConnected })
    #expect(boosted.changes.allSatisfy { $0.fidelity == .exact && $0.error == 0 })
    #expect(try difference(boosted.model, model) <= 1e-5)
    #expect(try boosted.model.cost().parameters == model.cost().parameters)
    #expect(try boosted.model.cost().macs == model.cost().macs)
  }

  @Test func convertedNetworksTakeLargerPictures() throws {
    let alexNet = try AlexNet.structure(NetworkOptions(classes: 4, input: [3, 63, 63]))
    var model = try FullyConnectedToConvolution().apply(to: alexNet)
    model.inputs[0].dimensions[2] = .fixed(127)
    model.inputs[0].dimensions[3] = .fixed(95)
    model.outputs = ["fc8/map"]
    let shape = try #require(try model.infer().values["fc8/map"]?.shape)
    #expect(shape[1] == 4 && shape[2] > 1 && shape[3] > 1)
  }

  @Test func convertsSomeLayersOnly() throws {
    let model = try LeNet300100.structure().withRandomParameters(seed: 1)
    let boosted = try FullyConnectedToConvolution(nodes: NodePattern("*2")).boosted(model)
    #expect(boosted.changes.count == 1)
    #expect(boosted.model.nodes.filter { $0.op is FullyConnected }.count == 2)
    #expect(try difference(boosted.model, model) <= 1e-5)
  }

  @Test func keepsTheEncoding() throws {
    var model = try seededModel(
      [1, 3, 2, 2],
      [
        Node("flatten", Flatten(), inputs: ["x"]),
        Node("fc", FullyConnected(outputFeatures: 5), inputs: ["flatten"]),
      ]
    )
    let weight = Codebook(
      shape: [5, 12],
      indices: (0..<60).map { UInt16($0 % 3) },
      centroids: [-1, 0.5, 2]
    )
    model.parameters["fc.weight"] = weight
    let boosted = try FullyConnectedToConvolution().apply(to: model)
    let kept = try #require(boosted.parameters["fc.weight"] as? Codebook)
    #expect(kept.shape == [5, 3, 2, 2])
    #expect(kept.decoded().scalars == weight.decoded().scalars)
    #expect(try difference(boosted, model) <= 1e-5)
  }

  @Test func vectorsBecomeMaps() throws {
    let model = try seededModel(
      [3, 7],
      [
        Node("a", FullyConnected(outputFeatures: 5), inputs: ["x"]),
        Node("bn", BatchNormalization(), inputs: ["a"]),
        Node("relu", ReLU(), inputs: ["bn"]),
        Node("b", FullyConnected(outputFeatures: 2), inputs: ["relu"]),
      ],
      outputs: ["b", "relu"]
    )
    let boosted = try FullyConnectedToConvolution().apply(to: model)
    #expect(!boosted.nodes.contains { $0.op is FullyConnected })
    #expect(try difference(boosted, model) <= 1e-5)
  }

  /// Complete fits keep the function; only their size forbids them, so that they are built here directly.
  @Test func completeFitsAreExact() throws {
    let weight = try #require(oneConvolution(6, 5).parameters["conv.weight"]).decoded()
    #expect(SeparableFit(weight, kernels: 9).error < 1e-6)
    #expect(LowRankFactors(Matrix(weight, rows: 5), rank: 5).error < 1e-6)
    #expect(TuckerFit(weight, inner: 6, outer: 5).error < 1e-6)
  }

  @Test func kernelsThatAre1x1AlreadyAreReducedExactly() throws {
    // A network whose kernels are zero but for their centres loses nothing, whatever the order of filters.
    var model = try seededModel(
      [1, 4, 9, 9],
      [
        Node(
          "a",
          Convolution(outputChannels: 8, window: SlidingWindow(3, stride: 2, padding: 1)),
          inputs: ["x"]
        ),
        Node("bn", BatchNormalization(), inputs: ["a"]), Node("relu", ReLU(), inputs: ["bn"]),
        Node(
          "depth",
          Convolution(outputChannels: 8, window: SlidingWindow(3, padding: 1), groups: 8),
          inputs: ["relu"]
        ),
        Node("pool", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["depth"]),
        Node(
          "b",
          Convolution(outputChannels: 6, window: SlidingWindow(3, padding: 1)),
          inputs: ["pool"]
        ),
        Node("sum", Add(), inputs: ["b", "b"]), Node("flatten", Flatten(), inputs: ["sum"]),
        Node("fc", FullyConnected(outputFeatures: 3), inputs: ["flatten"]),
      ]
    )
    for key in ["a.weight", "b.weight"] {
      var weight = try #require(model.parameters[key]).decoded()
      for i in weight.scalars.indices where i % 9 != 4 && (i / 36) % 2 == 0 {
        weight.scalars[i] = 0
      }
      model.parameters[key] = Dense(weight)
    }
    // Every second filter of `a` and some of `b` are free of all but their centres.
    let boosted = try KernelReduction(fraction: 0.5, nodes: NodePattern("a")).boosted(model)
    #expect(boosted.changes[0].error == 0)
    #expect(try difference(boosted.model, model) <= 1e-5)
    #expect(!boosted.model.nodes.contains { $0.op is Gather })
    // The sum ties channels, so that they have to be moved behind `b`.
    let other = try KernelReduction(fraction: 0.5, by: .random, nodes: NodePattern("b")).boosted(
      model
    )
    #expect(other.model.nodes.contains { $0.op is Gather })
    #expect(try #require(other.changes[0].error) > 0)
  }

  @Test func channelsInAnotherOrderGiveTheSameFunction() throws {
    for flattened in [false, true] {
      let model = try seededModel(
        [1, 3, 6, 6],
        [
          Node(
            "a",
            Convolution(outputChannels: 8, window: SlidingWindow(3, padding: 1)),
            inputs: ["x"]
          ),
          Node("relu", ReLU(), inputs: ["a"]),
        ]
          + (flattened
            ? [
              Node("flatten", Flatten(), inputs: ["relu"]),
              Node("fc", FullyConnected(outputFeatures: 4), inputs: ["flatten"]),
            ]
            : [
              Node(
                "b",
                Convolution(outputChannels: 4, window: SlidingWindow(3), groups: 2),
                inputs: ["relu"]
              )
            ])
      )
      var shuffled = model
      let order = [3, 1, 7, 0, 2, 6, 5, 4]
      for key in ["a.weight", "a.bias"] {
        let value = try #require(model.parameters[key]).decoded()
        shuffled.parameters[key] = Dense(value.selecting(order, axis: 0))
      }
      try shuffled.reorderUsers(of: "a", order)
      #expect(shuffled.nodes.contains { $0.op is Gather } == !flattened)
      #expect(try difference(shuffled, model) <= 1e-5)
    }
  }
}
