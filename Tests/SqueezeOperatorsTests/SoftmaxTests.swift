import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SoftmaxTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Softmax",
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
            0.8157173, 0.03674742, 0.1475354, 0.3177399, 0.1889029, 0.4933571, 0.0430424, 0.4166246,
            0.540333, 0.1501182, 0.57907, 0.2708116,
          ]
        )
      ]
    ),
    NodeCase(
      "Softmax",
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
            0.8797432, 0.3566349, 0.4600851, 0.1202569, 0.6433651, 0.5399149, 0.6034833, 0.79249,
            0.9137259, 0.3965167, 0.2075101, 0.08627418,
          ]
        )
      ]
    ),
    NodeCase(
      "Softmax",
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
            0.9516624, 0.08393844, 0.2209739, 0.803766, 0.3869858, 0.7790262, 0.04833763, 0.9160615,
            0.7790262, 0.1962341, 0.6130142, 0.2209739,
          ]
        )
      ]
    ),
    NodeCase(
      "Softmax",
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
            0.6038185, 0.02720155, 0.1092101, 0.08253923, 0.04907127, 0.1281593, 0.03621907,
            0.3505788, 0.4546763, 0.02379762, 0.09179755, 0.04293063,
          ]
        )
      ]
    ),
    NodeCase(
      "Softmax",
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
            0.8157173, 0.03674742, 0.1475354, 0.3177399, 0.1889029, 0.4933571, 0.0430424, 0.4166246,
            0.540333, 0.1501182, 0.57907, 0.2708116,
          ]
        )
      ]
    ),
    NodeCase(
      "Softmax",
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
            0.3269571, 0.01472916, 0.05913536, 0.04469354, 0.02657123, 0.06939599, 0.01660708,
            0.1607466, 0.2084771, 0.01091163, 0.0420908, 0.01968445,
          ]
        )
      ]
    ),
    NodeCase(
      "Softmax",
      opset: 9,
      [.value(Tensor([1, 3, 1, 1], [-1.67, 1.58, -0.28]))],
      [:],
      outputs: [Tensor([1, 3, 1, 1], [0.03246206, 0.8372076, 0.1303303])]
    ),
    NodeCase(
      "Softmax",
      opset: 13,
      [.value(Tensor([1, 3], [1000, 0, -1000]))],
      [:],
      outputs: [Tensor([1, 3], [1, 0, 0])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesAxesThatDoNotExistAndIntegers() {
    #expect(
      Softmax(axis: 2).refusal(TensorSpec([2, 3]))
        == "Softmax: expected a real input with axis 2, got float32 [2, 3]"
    )
    #expect(Softmax().refusal(TensorSpec([])) != nil)
    #expect(Softmax().refusal(TensorSpec([2], .int8)) != nil)
  }

  @Test func emptyAxesStayEmpty() throws {
    #expect(try Softmax()(Tensor([2, 0], []))[0].shape == [2, 0])
    #expect(try Softmax(axis: 0)(Tensor([2, 0], []))[0].shape == [2, 0])
  }

  @Test func severalOpenAxesAreUnsupported() {
    var node = NodeCase("Softmax", opset: 11, [.value(ramp([2, 3, 4]))]).node()
    node.inputs[0].otherShape = [2, 5, 6]
    var builder = ONNXBuilder(node)
    #expect(throws: ONNXError.self) { try Softmax.read(node, into: &builder) }
    node.inputs[0].otherShape = [5, 3, 4]
    #expect(throws: Never.self) { try Softmax.read(node, into: &builder) }
    #expect((builder.nodes.last?.op as? Reshape)?.dimensions == [0, 3, 4])
  }
}
