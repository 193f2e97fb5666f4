import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct MaxPoolTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "MaxPool",
      opset: 12,
      [
        .value(
          Tensor(
            [1, 1, 4, 5],
            [
              1.61, -1.13, -1.87, -1.2, -0.62, -0.12, 1.62, 0.79, -0.64, -1.93, -1.36, 1.99, -0.16,
              0.76, -1.78, -1.86, 1.38, 0.35, -0.77, -0.73,
            ]
          )
        )
      ],
      ["kernel_shape": .ints([3, 2]), "strides": .ints([2, 2]), "pads": .ints([1, 0, 1, 1])],
      outputs: [Tensor([1, 1, 2, 3], [1.62, 0.79, -0.62, 1.99, 0.79, -0.73])]
    ),
    NodeCase(
      "MaxPool",
      opset: 12,
      [
        .value(
          Tensor(
            [1, 1, 4, 5],
            [
              1.61, -1.13, -1.87, -1.2, -0.62, -0.12, 1.62, 0.79, -0.64, -1.93, -1.36, 1.99, -0.16,
              0.76, -1.78, -1.86, 1.38, 0.35, -0.77, -0.73,
            ]
          )
        )
      ],
      ["kernel_shape": .ints([2, 2]), "dilations": .ints([2, 3])],
      outputs: [Tensor([1, 1, 2, 2], [1.61, 1.99, -0.12, 1.62])]
    ),
    NodeCase(
      "MaxPool",
      opset: 12,
      [.value(Tensor([1, 1, 2, 3], integers: [3, 200, 7, 9, 1, 255], type: .uint8))],
      ["kernel_shape": .ints([2, 2])],
      outputs: [Tensor([1, 1, 1, 2], integers: [200, 255], type: .uint8)]
    ),
    NodeCase(
      "MaxPool",
      opset: 12,
      [.value(Tensor([1, 1, 2], integers: [-3, -100], type: .int8))],
      ["kernel_shape": .ints([2]), "pads": .ints([1, 1])],
      outputs: [Tensor([1, 1, 3], integers: [-3, -3, -100], type: .int8)]
    ),
    NodeCase(
      "MaxPool",
      opset: 12,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([3]), "strides": .ints([3]), "pads": .ints([1, 1]),
        "ceil_mode": .int(1), "dilations": .ints([1]),
      ],
      outputs: [Tensor([1, 1, 3], [2, 5, 7])]
    ),
    NodeCase(
      "MaxPool",
      opset: 12,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([4]), "strides": .ints([3]), "pads": .ints([2, 2]),
        "ceil_mode": .int(1), "dilations": .ints([1]),
      ],
      outputs: [Tensor([1, 1, 3], [2, 5, 7])]
    ),
    NodeCase(
      "MaxPool",
      opset: 12,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([2]), "strides": .ints([4]), "pads": .ints([1, 1]),
        "ceil_mode": .int(1), "dilations": .ints([1]),
      ],
      outputs: [Tensor([1, 1, 2], [1, 5])]
    ),
    NodeCase(
      "MaxPool",
      opset: 12,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([3]), "strides": .ints([4]), "pads": .ints([0, 2]),
        "ceil_mode": .int(1), "dilations": .ints([1]),
      ],
      outputs: [Tensor([1, 1, 2], [3, 7])]
    ),
    NodeCase(
      "MaxPool",
      opset: 12,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([2]), "strides": .ints([4]), "pads": .ints([1, 1]),
        "ceil_mode": .int(1), "dilations": .ints([2]),
      ],
      outputs: [Tensor([1, 1, 2], [2, 6])]
    ),
    NodeCase(
      "MaxPool",
      opset: 8,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      ["kernel_shape": .ints([4]), "strides": .ints([2]), "auto_pad": .string("SAME_UPPER")],
      outputs: [Tensor([1, 1, 4], [3, 5, 7, 7])]
    ),
    NodeCase(
      "MaxPool",
      opset: 8,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      ["kernel_shape": .ints([4]), "strides": .ints([2]), "auto_pad": .string("SAME_LOWER")],
      outputs: [Tensor([1, 1, 4], [2, 4, 6, 7])]
    ),
    NodeCase(
      "MaxPool",
      opset: 8,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      ["kernel_shape": .ints([4]), "strides": .ints([2]), "auto_pad": .string("VALID")],
      outputs: [Tensor([1, 1, 2], [4, 6])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesWindowsThatDoNotFit() {
    let x = TensorSpec([1, 1, 4, 4])
    #expect(
      MaxPool(window: SlidingWindow(5)).refusal(x)
        == "MaxPool: expected at least 5 positions along spatial axis 0, got 4"
    )
    #expect(
      MaxPool(window: SlidingWindow(2, padding: 2)).refusal(x)
        == "MaxPool: expected padding below the kernel's extent 2 on at least one position, "
        + "got 2 and 2 on 4"
    )
    #expect(
      MaxPool(window: SlidingWindow(0)).refusal(x)
        == "MaxPool: expected kernel, stride, dilation in 1...1048576, got 0"
    )
    #expect(MaxPool(window: SlidingWindow(2, stride: 0)).refusal(x) != nil)
    #expect(MaxPool(window: SlidingWindow(2, padding: -1)).refusal(x) != nil)
    #expect(MaxPool(window: SlidingWindow(kernelSize: [2, 2], stride: [1])).refusal(x) != nil)
    #expect(MaxPool(window: SlidingWindow(2)).refusal(TensorSpec([1, 4, 4])) != nil)
  }

  @Test func emptyBatchesStayEmptyAndCostNothing() throws {
    let op = MaxPool(window: SlidingWindow(2))
    #expect(try op(Tensor([0, 3, 4, 4], []))[0].shape == [0, 3, 3, 3])
    #expect(try op.macs(for: [TensorSpec([1, 3, 4, 4])]) == 0)
  }

  @Test func hugeKernelsOnSmallInputsEnd() throws {
    let window = SlidingWindow(
      kernelSize: [1 << 20],
      padding: .explicit(begin: [(1 << 20) - 1], end: [2])
    )
    #expect(try MaxPool(window: window)(ramp([1, 1, 2]))[0].shape == [1, 1, 4])
  }

  @Test func indicesAreUnsupported() {
    let attributes: [String: ONNXAttribute] = ["kernel_shape": .ints([2])]
    let node = NodeCase("MaxPool", [.value(ramp([1, 1, 4]))], attributes)
    #expect(node.refusal(outputs: 2)?.contains("the output of indices is not supported") == true)
    #expect(node.refusal() == nil)
    let missing = NodeCase("MaxPool", [.value(ramp([1, 1, 4]))])
    #expect(missing.refusal()?.contains("kernel_shape is missing") == true)
  }
}
