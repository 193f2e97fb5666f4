import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ConvolutionTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Conv",
      opset: 11,
      [
        .value(
          Tensor(
            [1, 2, 3, 3],
            [
              -1.49, -1.87, -0.43, 0.33, 0.08, 1.6, 1.65, 1.75, 1.2, -0.09, 0.1, -0.41, -0.4, -1.83,
              1.2, -1.02, -1.88, -0.13,
            ]
          )
        ),
        .constant(
          Tensor(
            [2, 2, 2, 2],
            [
              0.87, -0.26, -0.54, 0.63, -1.35, -1.95, 0.37, 0.12, 1.46, -0.34, 1.14, -1.93, -1.89,
              0.39, -1.1, -1.73,
            ]
          )
        ), .constant(Tensor([2], [1, -1])),
      ],
      [:],
      outputs: [
        Tensor(
          [1, 2, 2, 2],
          [-0.3790001, 0.5811, 4.9833, -0.1161003, 1.4972, -6.9927, 2.3748, 4.4714]
        )
      ]
    ),
    NodeCase(
      "Conv",
      opset: 1,
      [
        .value(
          Tensor(
            [1, 2, 3, 4],
            [
              -1.49, -0.5, -0.65, 0.26, 1.55, -0.54, -1.26, 0.31, -1.99, -0.46, -0.73, -0.45, -1.8,
              0.22, 0.5, 1, 1.83, -0.58, 0.63, -0.23, -1.14, 1.56, 0.98, 1.77,
            ]
          )
        ),
        .constant(
          Tensor(
            [4, 1, 2, 2],
            [
              1.29, 1.67, -1.49, -1.94, -1.21, -0.35, 0.75, -0.25, 0.05, 1.04, -1.72, 0.71, -1.81,
              -1.01, 0.89, 0.73,
            ]
          )
        ),
      ],
      ["group": .int(2), "strides": .ints([2, 1]), "pads": .ints([1, 0, 0, 2])],
      outputs: [
        Tensor(
          [1, 4, 2, 5],
          [
            3.1901, 2.006, 0.4641, -0.3874, 0, 4.9552, -0.6991997, 0.853, 1.0704, 0, -0.9925001,
            -0.2125, -0.5525, 0.195, 0, -3.064, 0.9319, 0.9811, -0.7126, 0, 3.2522, -0.02340001,
            -0.15, -1.72, 0, 2.5567, -1.3612, -0.6366001, -3.0559, 0, -1.4414, 0.5608, 1.175, 0.89,
            0, -2.6023, 2.5173, 1.2563, 1.9916, 0,
          ]
        )
      ]
    ),
    NodeCase(
      "Conv",
      opset: 11,
      [
        .value(Tensor([1, 1, 5], [-0.38, -0.82, 1.31, -0.9, -1.88])),
        .constant(Tensor([1, 1, 2], [-1.01, -1.92])),
      ],
      ["dilations": .ints([3])],
      outputs: [Tensor([1, 1, 2], [2.1118, 4.4378])]
    ),
    NodeCase(
      "Conv",
      opset: 11,
      [
        .value(Tensor([1, 1, 5], [1.24, -1.51, 1.9, -1.15, -0.78])),
        .constant(Tensor([1, 1, 4], [0.34, -0.77, -0.48, -1.58])),
      ],
      ["auto_pad": .string("SAME_UPPER"), "strides": .ints([2])],
      outputs: [Tensor([1, 1, 3], [-3.232, -0.1919999, 0.2095999])]
    ),
    NodeCase(
      "Conv",
      opset: 11,
      [
        .value(Tensor([1, 1, 5], [-0.44, -1.9, -1.1, 1.64, -0.88])),
        .constant(Tensor([1, 1, 4], [-0.92, 0.72, 1.53, -0.82])),
      ],
      ["auto_pad": .string("SAME_LOWER"), "strides": .ints([2])],
      outputs: [Tensor([1, 1, 3], [0.8848, -3.991, 0.8464])]
    ),
    NodeCase(
      "Conv",
      opset: 11,
      [
        .value(Tensor([1, 1, 5], [-0.49, 0.86, 1.17, 0.46, -1.28])),
        .constant(Tensor([1, 1, 4], [-1.28, 1.03, 0.83, 1.59])),
      ],
      ["auto_pad": .string("VALID"), "strides": .ints([2])],
      outputs: [Tensor([1, 1, 1], [3.2155])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func costIsWeightsTimesPositions() throws {
    // SqueezeNet v1.0, conv1: 96 filters of 7×7×3 at stride 2 on 227×227 give 111×111 positions.
    let op = Convolution(outputChannels: 96, window: SlidingWindow(7, stride: 2))
    let x = [TensorSpec([1, 3, 227, 227])]
    #expect(try op.outputs(for: x) == [TensorSpec([1, 96, 111, 111])])
    #expect(try op.macs(for: x) == 111 * 111 * 96 * 7 * 7 * 3)
    #expect(try op.parameters(for: x).map(\.spec.shape) == [[96, 3, 7, 7], [96]])
  }

  @Test func groupsShareOutChannels() throws {
    let op = Convolution(outputChannels: 6, window: SlidingWindow(3), groups: 3, hasBias: false)
    #expect(
      try op.parameters(for: [TensorSpec([1, 9, 5, 5])]) == [ParameterSpec("weight", [6, 3, 3, 3])]
    )
    #expect(op.channelFlow == .mixesWithin(groups: 3))
    #expect(
      op.refusal(TensorSpec([1, 8, 5, 5]))
        == "Convolution: expected input channels divisible by 3 groups, got 8"
    )
  }

  @Test func refusesIntegersAndWindowsThatDoNotFit() {
    let op = Convolution(outputChannels: 1, window: SlidingWindow(3))
    #expect(
      op.refusal(TensorSpec([1, 1, 4, 4], .uint8))
        == "Convolution: expected a real input, got uint8 [1, 1, 4, 4]"
    )
    #expect(op.refusal(TensorSpec([1, 1, 2, 4])) != nil)
    #expect(op.refusal(TensorSpec([1, 0, 4, 4])) != nil)
  }

  @Test func weightsComputedAtRunTimeAreUnsupported() {
    let node = NodeCase("Conv", [.value(ramp([1, 1, 3])), .value(ramp([1, 1, 2]))])
    #expect(node.refusal()?.contains("computed at run time is not supported") == true)
    let volume = NodeCase("Conv", [.value(ramp([1, 1, 3])), .constant(ramp([1, 1, 2, 2, 2]))])
    #expect(volume.refusal()?.contains("a kernel of 3 spatial axes is not supported") == true)
  }
}
