import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct AveragePoolTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "AveragePool",
      opset: 11,
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
      outputs: [Tensor([1, 1, 2, 3], [0.495, -0.73, -1.275, 0.275, 0.05500001, -1.48])]
    ),
    NodeCase(
      "AveragePool",
      opset: 7,
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
      [
        "kernel_shape": .ints([3, 2]), "strides": .ints([2, 2]), "pads": .ints([1, 0, 1, 1]),
        "count_include_pad": .int(1),
      ],
      outputs: [Tensor([1, 1, 2, 3], [0.33, -0.4866667, -0.425, 0.275, 0.05500001, -0.74])]
    ),
    NodeCase(
      "AveragePool",
      opset: 11,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([3]), "strides": .ints([2]), "pads": .ints([1, 1]),
        "ceil_mode": .int(1), "count_include_pad": .int(0),
      ],
      outputs: [Tensor([1, 1, 4], [1.5, 3, 5, 6.5])]
    ),
    NodeCase(
      "AveragePool",
      opset: 11,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([4]), "strides": .ints([3]), "pads": .ints([2, 2]),
        "ceil_mode": .int(1), "count_include_pad": .int(0),
      ],
      outputs: [Tensor([1, 1, 3], [1.5, 3.5, 6])]
    ),
    NodeCase(
      "AveragePool",
      opset: 11,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([2]), "strides": .ints([4]), "pads": .ints([1, 1]),
        "ceil_mode": .int(1), "count_include_pad": .int(0),
      ],
      outputs: [Tensor([1, 1, 2], [1, 4.5])]
    ),
    NodeCase(
      "AveragePool",
      opset: 11,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([5]), "strides": .ints([3]), "pads": .ints([1, 0]),
        "ceil_mode": .int(1), "count_include_pad": .int(0),
      ],
      outputs: [Tensor([1, 1, 2], [2.5, 5])]
    ),
    NodeCase(
      "AveragePool",
      opset: 19,
      [.value(Tensor([1, 1, 9], [1, 2, 3, 4, 5, 6, 7, 8, 9]))],
      [
        "kernel_shape": .ints([3]), "strides": .ints([2]), "pads": .ints([1, 2]),
        "dilations": .ints([2]), "ceil_mode": .int(1), "count_include_pad": .int(0),
      ],
      outputs: [Tensor([1, 1, 5], [3, 4, 6, 7, 8])]
    ),
    NodeCase(
      "AveragePool",
      opset: 11,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([3]), "strides": .ints([2]), "pads": .ints([1, 1]),
        "ceil_mode": .int(1), "count_include_pad": .int(1),
      ],
      outputs: [Tensor([1, 1, 4], [1, 3, 5, 4.333333])]
    ),
    NodeCase(
      "AveragePool",
      opset: 11,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([4]), "strides": .ints([3]), "pads": .ints([2, 2]),
        "ceil_mode": .int(1), "count_include_pad": .int(1),
      ],
      outputs: [Tensor([1, 1, 3], [0.75, 3.5, 4.5])]
    ),
    NodeCase(
      "AveragePool",
      opset: 11,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([2]), "strides": .ints([4]), "pads": .ints([1, 1]),
        "ceil_mode": .int(1), "count_include_pad": .int(1),
      ],
      outputs: [Tensor([1, 1, 2], [0.5, 4.5])]
    ),
    NodeCase(
      "AveragePool",
      opset: 11,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      [
        "kernel_shape": .ints([5]), "strides": .ints([3]), "pads": .ints([1, 0]),
        "ceil_mode": .int(1), "count_include_pad": .int(1),
      ],
      outputs: [Tensor([1, 1, 2], [2, 5])]
    ),
    NodeCase(
      "AveragePool",
      opset: 19,
      [.value(Tensor([1, 1, 9], [1, 2, 3, 4, 5, 6, 7, 8, 9]))],
      [
        "kernel_shape": .ints([3]), "strides": .ints([2]), "pads": .ints([1, 2]),
        "dilations": .ints([2]), "ceil_mode": .int(1), "count_include_pad": .int(1),
      ],
      outputs: [Tensor([1, 1, 5], [2, 4, 6, 4.666667, 4])]
    ),
    NodeCase(
      "AveragePool",
      opset: 7,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      ["kernel_shape": .ints([4]), "strides": .ints([2]), "auto_pad": .string("SAME_UPPER")],
      outputs: [Tensor([1, 1, 4], [2, 3.5, 5.5, 6.5])]
    ),
    NodeCase(
      "AveragePool",
      opset: 7,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      ["kernel_shape": .ints([4]), "strides": .ints([2]), "auto_pad": .string("SAME_LOWER")],
      outputs: [Tensor([1, 1, 4], [1.5, 2.5, 4.5, 6])]
    ),
    NodeCase(
      "AveragePool",
      opset: 7,
      [.value(Tensor([1, 1, 7], [1, 2, 3, 4, 5, 6, 7]))],
      ["kernel_shape": .ints([4]), "strides": .ints([2]), "auto_pad": .string("VALID")],
      outputs: [Tensor([1, 1, 2], [2.5, 4.5])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesWindowsThatDoNotFit() {
    let x = TensorSpec([1, 1, 4, 4])
    #expect(
      AveragePool(window: SlidingWindow(5)).refusal(x)
        == "AveragePool: expected at least 5 positions along spatial axis 0, got 4"
    )
    #expect(
      AveragePool(window: SlidingWindow(2, padding: 2)).refusal(x)
        == "AveragePool: expected padding below the kernel's extent 2 on at least one position, "
        + "got 2 and 2 on 4"
    )
    #expect(
      AveragePool(window: SlidingWindow(0)).refusal(x)
        == "AveragePool: expected kernel, stride, dilation in 1...1048576, got 0"
    )
    #expect(AveragePool(window: SlidingWindow(2, stride: 0)).refusal(x) != nil)
    #expect(AveragePool(window: SlidingWindow(2, padding: -1)).refusal(x) != nil)
    #expect(AveragePool(window: SlidingWindow(kernelSize: [2, 2], stride: [1])).refusal(x) != nil)
    #expect(AveragePool(window: SlidingWindow(2)).refusal(TensorSpec([1, 4, 4])) != nil)
  }

  @Test func emptyBatchesStayEmptyAndCostNothing() throws {
    let op = AveragePool(window: SlidingWindow(2))
    #expect(try op(Tensor([0, 3, 4, 4], []))[0].shape == [0, 3, 3, 3])
    #expect(try op.macs(for: [TensorSpec([1, 3, 4, 4])]) == 0)
  }

  @Test func hugeKernelsOnSmallInputsEnd() throws {
    let window = SlidingWindow(
      kernelSize: [1 << 20],
      padding: .explicit(begin: [(1 << 20) - 1], end: [2])
    )
    #expect(try AveragePool(window: window)(ramp([1, 1, 2]))[0].shape == [1, 1, 4])
  }

  @Test func refusesIntegers() {
    #expect(AveragePool(window: SlidingWindow(1)).refusal(TensorSpec([1, 1, 2, 2], .uint8)) != nil)
  }
}
