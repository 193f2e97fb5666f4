import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

import SqueezeDesign

/// The lecture's sums, recomputed by boosters; biases do not count there.
@Suite struct LectureSumsTests {
  private func parameters(_ model: Model, after text: String) throws -> Int {
    // New layers have biases, which the lecture's sums leave out.
    try model.applying(try BoosterCatalog.parse(text)).parameters.reduce(0) { sum, parameter in
      parameter.key.hasSuffix(".weight") ? sum + parameter.value.shape.count : sum
    }
  }

  @Test func aFullyConnectedLayerOf4096To4096Has16_8Million() throws {
    let fc = FullyConnected(outputFeatures: 4096, hasBias: false)
    let parameters = try fc.parameters(for: [TensorSpec([1, 4096])])[0].spec.shape.count
    #expect(parameters == 16_777_216)
  }

  /// The lecture prints "~30k" for this layer, which is a factor of ten too few.
  @Test func aConvolutionOf512To64Has294_912() throws {
    #expect(try oneConvolution(512, 64, size: 3).parameterCount() == 294_912)
  }

  @Test func halfOfThe3x3FiltersMade1x1Saves1_8() throws {
    let model = try oneConvolution(64, 64)
    for choice in ["random", "energy", "position"] {
      let after = try parameters(model, after: "kernel-reduction(fraction=0.5, by=\(choice))")
      #expect(Double(try model.parameterCount()) / Double(after) == 1.8)
    }
  }

  @Test func aSqueezeTo16ChannelsLeaves10_240Of36_864() throws {
    let model = try oneConvolution(64, 64)
    #expect(try model.parameterCount() == 36_864)
    #expect(try parameters(model, after: "channel-reduction(ratio=0.25)") == 1_024 + 9_216)
  }

  @Test func aDepthwiseConvolutionSavesAFactorOfItsChannels() throws {
    let model = try oneConvolution(64, 64)
    let boosted = try model.applying([DepthwisePointwise()])
    let depthwise = try #require(boosted.cost().nodes.first { $0.node == "conv/depthwise" })
    #expect(try model.parameterCount() == 64 * depthwise.parameters)
    #expect(depthwise.parameters == 576)
  }

  @Test func groupsSaveTheirNumber() throws {
    let model = try oneConvolution(64, 64)
    for groups in [2, 4, 8] {
      let after = try parameters(model, after: "group-convolution(groups=\(groups))")
      #expect(after * groups == 36_864)
    }
  }

  @Test func stackedKernelsSave() throws {
    let five = try oneConvolution(16, 16, kernel: 5)
    #expect(try parameters(five, after: "filter-stacking") * 25 == (try five.parameterCount()) * 18)
    let seven = try oneConvolution(16, 16, kernel: 7)
    #expect(
      try parameters(seven, after: "filter-stacking") * 49 == (try seven.parameterCount()) * 27
    )
    let three = try oneConvolution(16, 16)
    #expect(
      try parameters(three, after: "filter-stacking(form=asymmetric)") * 9
        == (try three.parameterCount()) * 6
    )
  }

  @Test func widthAndResolutionSaveTheirSquare() throws {
    let model = try seededModel(
      [1, 3, 16, 16],
      [
        Node(
          "a",
          Convolution(outputChannels: 32, window: SlidingWindow(3, padding: 1)),
          inputs: ["x"]
        ),
        Node(
          "b",
          Convolution(outputChannels: 32, window: SlidingWindow(3, padding: 1)),
          inputs: ["a"]
        ),
        Node("pool", GlobalAveragePool(), inputs: ["b"]),
        Node("flatten", Flatten(), inputs: ["pool"]),
        Node("fc", FullyConnected(outputFeatures: 10), inputs: ["flatten"]),
      ]
    )
    func macs(_ model: Model, _ node: String) throws -> Int {
      try #require(model.cost().nodes.first { $0.node == node }).macs
    }
    let narrow = try model.applying([WidthMultiplier(multiplier: 0.5)])
    #expect(try macs(model, "b") == 4 * macs(narrow, "b"))
    let small = try model.applying([ResolutionMultiplier(multiplier: 0.5)])
    #expect(try macs(model, "b") == 4 * macs(small, "b"))
    #expect(try small.parameterCount() == model.parameterCount())
  }
}
