import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct LogSoftmaxTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "LogSoftmax",
      opset: 13,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [1.92, -1.18, 0.21, -0.07, -0.59, 0.37, -1.06, 1.21, 1.47, -1.48, -0.13, -0.89]
          )
        )
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [
            -0.2036875, -3.303687, -1.913687, -1.146522, -1.666522, -0.706522, -3.14557, -0.8755697,
            -0.6155697, -1.896332, -0.5463318, -1.306332,
          ]
        )
      ]
    ),
    NodeCase(
      "LogSoftmax",
      opset: 13,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [1.92, -1.18, 0.21, -0.07, -0.59, 0.37, -1.06, 1.21, 1.47, -1.48, -0.13, -0.89]
          )
        )
      ],
      ["axis": .int(1)],
      outputs: [
        Tensor(
          [2, 2, 3],
          [
            -0.1281253, -1.031043, -0.7763438, -2.118125, -0.4410428, -0.6163437, -0.505037,
            -0.2325754, -0.09022472, -0.925037, -1.572575, -2.450225,
          ]
        )
      ]
    ),
    NodeCase(
      "LogSoftmax",
      opset: 13,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [1.92, -1.18, 0.21, -0.07, -0.59, 0.37, -1.06, 1.21, 1.47, -1.48, -0.13, -0.89]
          )
        )
      ],
      ["axis": .int(-3)],
      outputs: [
        Tensor(
          [2, 2, 3],
          [
            -0.04954494, -2.477672, -1.509711, -0.2184471, -0.9493672, -0.2497107, -3.029545,
            -0.08767176, -0.2497107, -1.628447, -0.4893672, -1.509711,
          ]
        )
      ]
    ),
    NodeCase(
      "LogSoftmax",
      opset: 7,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [1.92, -1.18, 0.21, -0.07, -0.59, 0.37, -1.06, 1.21, 1.47, -1.48, -0.13, -0.89]
          )
        )
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [
            -0.5044816, -3.604481, -2.214482, -2.494482, -3.014482, -2.054482, -3.31817, -1.04817,
            -0.7881696, -3.73817, -2.38817, -3.14817,
          ]
        )
      ]
    ),
    NodeCase(
      "LogSoftmax",
      opset: 11,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [1.92, -1.18, 0.21, -0.07, -0.59, 0.37, -1.06, 1.21, 1.47, -1.48, -0.13, -0.89]
          )
        )
      ],
      ["axis": .int(2)],
      outputs: [
        Tensor(
          [2, 2, 3],
          [
            -0.2036875, -3.303687, -1.913687, -1.146522, -1.666522, -0.706522, -3.14557, -0.8755697,
            -0.6155697, -1.896332, -0.5463318, -1.306332,
          ]
        )
      ]
    ),
    NodeCase(
      "LogSoftmax",
      opset: 11,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [1.92, -1.18, 0.21, -0.07, -0.59, 0.37, -1.06, 1.21, 1.47, -1.48, -0.13, -0.89]
          )
        )
      ],
      ["axis": .int(0)],
      outputs: [
        Tensor(
          [2, 2, 3],
          [
            -1.117926, -4.217926, -2.827926, -3.107926, -3.627926, -2.667926, -4.097926, -1.827926,
            -1.567926, -4.517926, -3.167926, -3.927926,
          ]
        )
      ]
    ),
    NodeCase(
      "LogSoftmax",
      opset: 9,
      [.value(Tensor([1, 3, 1, 1], [-1.41, 0.69, -1.19]))],
      [:],
      outputs: [Tensor([1, 3, 1, 1], [-2.342983, -0.2429826, -2.122983])]
    ),
    NodeCase(
      "LogSoftmax",
      opset: 13,
      [.value(Tensor([1, 3], [1000, 0, -1000]))],
      [:],
      outputs: [Tensor([1, 3], [0, -1000, -2000])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesAxesThatDoNotExistAndIntegers() {
    #expect(
      LogSoftmax(axis: 2).refusal(TensorSpec([2, 3]))
        == "Softmax: expected a real input with axis 2, got float32 [2, 3]"
    )
    #expect(LogSoftmax().refusal(TensorSpec([])) != nil)
    #expect(LogSoftmax().refusal(TensorSpec([2], .int8)) != nil)
  }

  @Test func emptyAxesStayEmpty() throws {
    #expect(try LogSoftmax()(Tensor([2, 0], []))[0].shape == [2, 0])
    #expect(try LogSoftmax(axis: 0)(Tensor([2, 0], []))[0].shape == [2, 0])
  }
}
