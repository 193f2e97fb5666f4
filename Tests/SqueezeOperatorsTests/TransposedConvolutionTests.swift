import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct TransposedConvolutionTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [
        .value(
          Tensor(
            [1, 2, 2, 3],
            [1.12, -0.32, -1.47, 1.56, 0.78, 0.31, 0.73, -0.46, -0.63, 0.3, -0.07, 0.84]
          )
        ), .constant(Tensor([2, 1, 2, 2], [1.74, 1.39, -0.45, -0.51, 1.71, -0.42, 1.2, -1.63])),
        .constant(Tensor([1], [0.5])),
      ],
      [:],
      outputs: [
        Tensor(
          [1, 1, 3, 4],
          [
            3.6971, 0.4068, -3.3867, -1.2787, 4.0994, 1.6108, 4.4079, 2.3547, 0.1580001, -1.2196,
            1.0848, -1.0273,
          ]
        )
      ]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 1,
      [
        .value(Tensor([1, 2, 2, 2], [-0.2, 0.06, 1.24, 1.51, -1.39, 0.47, 0.52, -1.39])),
        .constant(
          Tensor(
            [2, 2, 3, 2],
            [
              1.33, 0.21, 1.85, -1.25, 0.1, -0.71, 0.57, 0.43, 0.05, -0.7, 0.02, -0.51, 1.56, -0.15,
              -0.1, -0.97, -0.98, 1.82, -0.74, 1.47, 0.38, 1.92, -1.34, 1.77,
            ]
          )
        ), .constant(Tensor([4], [0, 1, 2, 3])),
      ],
      [
        "group": .int(2), "strides": .ints([2, 3]), "pads": .ints([1, 0, 2, 1]),
        "dilations": .ints([1, 2]), "output_padding": .ints([1, 1]),
      ],
      outputs: [
        Tensor(
          [1, 4, 3, 6],
          [
            -0.37, 0, 0.25, 0.111, 0, -0.075, 1.6292, 0, 0.4024, 2.0143, 0, 0.2745, 2.294, 0, -1.55,
            2.7935, 0, -1.8875, 0.99, 1, 1.14, 1.003, 1, 0.958, 1.7028, 1, 1.6352, 1.8619, 1,
            1.6187, 1.062, 1, 0.132, 1.0755, 1, -0.05699992, 2.139, 2, 3.3483, 1.953, 2, 1.5441,
            4.1734, 2, -0.6078, -0.6289997, 2, 3.0639, 1.948, 2, 1.4956, 2.139, 2, 3.3483, 2.4718,
            3, 0.3312001, 3.1786, 3, 3.9024, 4.4778, 3, 1.3041, 3.3988, 3, 1.7886, 3.1976, 3,
            3.9984, 2.4718, 3, 0.3312001,
          ]
        )
      ]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([2])],
      outputs: [Tensor([1, 2, 7], [1, 2, 5, 4, 9, 6, 9, 4, 5, 14, 10, 24, 15, 18])]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([2]), "output_shape": .ints([6])],
      outputs: [Tensor([1, 2, 6], [2, 5, 4, 9, 6, 9, 5, 14, 10, 24, 15, 18])]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([2]), "output_shape": .ints([6]), "auto_pad": .string("SAME_UPPER")],
      outputs: [Tensor([1, 2, 6], [1, 2, 5, 4, 9, 6, 4, 5, 14, 10, 24, 15])]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([2]), "output_shape": .ints([6]), "output_padding": .ints([1])],
      outputs: [Tensor([1, 2, 6], [2, 5, 4, 9, 6, 9, 5, 14, 10, 24, 15, 18])]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([2]), "auto_pad": .string("SAME_UPPER")],
      outputs: [Tensor([1, 2, 6], [1, 2, 5, 4, 9, 6, 4, 5, 14, 10, 24, 15])]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([2]), "auto_pad": .string("SAME_LOWER")],
      outputs: [Tensor([1, 2, 6], [2, 5, 4, 9, 6, 9, 5, 14, 10, 24, 15, 18])]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([2]), "auto_pad": .string("SAME_LOWER"), "output_padding": .ints([1])],
      outputs: [Tensor([1, 2, 6], [2, 5, 4, 9, 6, 9, 5, 14, 10, 24, 15, 18])]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([4]), "auto_pad": .string("SAME_UPPER")],
      outputs: [
        Tensor(
          [1, 2, 11],
          [1, 2, 3, 0, 2, 4, 6, 0, 3, 6, 9, 4, 5, 6, 0, 8, 10, 12, 0, 12, 15, 18]
        )
      ]
    ),
    NodeCase(
      "ConvTranspose",
      opset: 11,
      [.value(Tensor([1, 1, 3], [1, 2, 3])), .constant(Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]))],
      ["strides": .ints([2]), "auto_pad": .string("VALID"), "output_padding": .ints([1])],
      outputs: [Tensor([1, 2, 8], [1, 2, 5, 4, 9, 6, 9, 0, 4, 5, 14, 10, 24, 15, 18, 0])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func costIsWeightsTimesInputPositions() throws {
    let op = TransposedConvolution(
      outputChannels: 6,
      window: SlidingWindow(3, stride: 2),
      groups: 2
    )
    let x = [TensorSpec([1, 4, 5, 7])]
    #expect(try op.outputs(for: x) == [TensorSpec([1, 6, 11, 15])])
    #expect(try op.parameters(for: x).map(\.spec.shape) == [[4, 3, 3, 3], [6]])
    #expect(try op.macs(for: x) == 4 * 5 * 7 * 3 * 9)
  }

  @Test func isTheTransposeOfAConvolution() throws {
    // ⟨conv(x), y⟩ = ⟨x, transposed(y)⟩ with the same weight.
    var random = SeededGenerator(seed: 5)
    let window = SlidingWindow(
      kernelSize: [3, 2],
      stride: [2, 3],
      padding: .explicit(begin: [1, 0], end: [0, 1])
    )
    let x = random.tensor(TensorSpec([1, 2, 6, 7]))
    let weight = random.tensor(TensorSpec([3, 2, 3, 2]))
    let forward = Convolution(outputChannels: 3, window: window, hasBias: false)
    let a = try forward.forward([x], parameters: [weight])[0]
    let y = random.tensor(a.spec)
    let back = TransposedConvolution(
      outputChannels: 2,
      window: window,
      extra: [0, 0],
      hasBias: false
    )
    let b = try back.forward([y], parameters: [weight])[0]
    #expect(b.shape.dimensions[2] <= 6 && b.shape.dimensions[3] <= 7)
    var (left, right): (Float, Float) = (0, 0)
    for (p, q) in zip(a.scalars, y.scalars) { left += p * q }
    for c in 0..<2 {
      for h in 0..<b.shape[2] {
        for w in 0..<b.shape[3] {
          right +=
            x.scalars[(c * 6 + h) * 7 + w]
            * b.scalars[(c * b.shape[2] + h) * b.shape[3] + w]
        }
      }
    }
    #expect(abs(left - right) < 1e-4)
  }

  @Test func refusesOutputsThatVanishAndGroupsThatDoNotDivide() {
    let x = TensorSpec([1, 4, 2, 2])
    #expect(
      TransposedConvolution(outputChannels: 4, window: SlidingWindow(3, padding: 2)).refusal(x)
        == "TransposedConvolution: expected an output of at least 1 along spatial axis 0, "
        + "got [1, 4, 2, 2]"
    )
    let odd = TransposedConvolution(outputChannels: 4, window: SlidingWindow(1), groups: 3)
    #expect(
      odd.refusal(x)
        == "TransposedConvolution: expected input channels divisible by 3 groups, got 4"
    )
    let extra = TransposedConvolution(outputChannels: 4, window: SlidingWindow(1), extra: [-1, 0])
    #expect(extra.refusal(x) != nil)
    let short = TransposedConvolution(outputChannels: 4, window: SlidingWindow(1), extra: [1])
    #expect(short.refusal(x) != nil)
  }

  @Test func refusesImpossibleOutputShapesAndGroups() {
    let inputs: [NodeCase.Input] = [.value(ramp([1, 2, 3])), .constant(ramp([2, 1, 2]))]
    for attribute in [
      ("output_shape", ONNXAttribute.ints([99])), ("output_shape", .ints([])),
      ("group", .int(0)), ("group", .int(.max)), ("strides", .ints([0])),
    ] {
      var attributes = ["strides": ONNXAttribute.ints([2]), "output_shape": .ints([6])]
      #expect(NodeCase("ConvTranspose", inputs, attributes).refusal() == nil)
      attributes[attribute.0] = attribute.1
      #expect(NodeCase("ConvTranspose", inputs, attributes).refusal() != nil, "\(attribute)")
    }
  }

  @Test func outputShapesForOpenInputsAreUnsupported() {
    let inputs: [NodeCase.Input] = [.value(ramp([1, 2, 3])), .constant(ramp([2, 1, 2]))]
    var node = NodeCase("ConvTranspose", inputs, ["output_shape": .ints([3])]).node()
    node.inputs[0].otherShape = [1, 2, 4]
    var builder = ONNXBuilder(node)
    #expect(throws: ONNXError.self) { try TransposedConvolution.read(node, into: &builder) }
  }
}
