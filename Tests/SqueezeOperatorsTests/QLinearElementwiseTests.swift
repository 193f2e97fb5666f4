import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct QLinearElementwiseTests {
  @Test("agrees with ONNX Runtime within one step", arguments: golden)
  func agreesWithONNXRuntime(_ problem: NodeCase) throws {
    let y = try problem.run()[0]
    #expect(y.spec == problem.outputs[0].spec)
    #expect(
      Tolerance.standard(for: problem.outputs[0].type).accepts(y, expected: problem.outputs[0])
    )
  }

  @Test func channelsLastIsUnsupported() {
    var problem = Self.golden[3]
    problem.attributes["channels_last"] = .int(1)
    #expect(throws: ONNXError.self) { try problem.read() }
  }

  static let golden: [NodeCase] = [
    NodeCase(
      "com.microsoft.QLinearAdd",
      opset: 1,
      [
        .value(Tensor([2, 3], integers: [209, 177, 64, 141, 123, 222], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .value(Tensor([2, 3], integers: [87, 104, 67, 125, 146, 117], type: .uint8)),
        .constant(Tensor([], [0.0317])), .constant(Tensor([], integers: [8], type: .uint8)),
        .constant(Tensor([], [0.0413])), .constant(Tensor([], integers: [50], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([2, 3], integers: [164, 161, 78, 160, 168, 193], type: .uint8)]
    ),
    NodeCase(
      "com.microsoft.QLinearAdd",
      opset: 1,
      [
        .value(Tensor([2, 3], integers: [-47, 12, 30, -86, 21, 52], type: .int8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [9], type: .int8)),
        .constant(Tensor([2, 1], integers: [-102, 30], type: .int8)),
        .constant(Tensor([], [0.0317])), .constant(Tensor([], integers: [8], type: .int8)),
        .constant(Tensor([], [0.0413])), .constant(Tensor([], integers: [50], type: .int8)),
      ],
      [:],
      outputs: [Tensor([2, 3], integers: [-62, -33, -24, 21, 73, 88], type: .int8)]
    ),
    NodeCase(
      "com.microsoft.QLinearMul",
      opset: 1,
      [
        .value(Tensor([2, 3], integers: [113, 238, 99, 80, 180, 222], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .value(Tensor([2, 3], integers: [22, 27, 43, 87, 131, 145], type: .uint8)),
        .constant(Tensor([], [0.0317])), .constant(Tensor([], integers: [8], type: .uint8)),
        .constant(Tensor([], [0.0413])), .constant(Tensor([], integers: [50], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([2, 3], integers: [53, 91, 50, 27, 203, 255], type: .uint8)]
    ),
    NodeCase(
      "com.microsoft.QLinearGlobalAveragePool",
      opset: 1,
      [
        .value(
          Tensor(
            [1, 2, 2, 3],
            integers: [103, 225, 170, 42, 85, 50, 50, 216, 238, 110, 62, 213],
            type: .uint8
          )
        ), .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(Tensor([], [0.0153])), .constant(Tensor([], integers: [50], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([1, 2, 1, 1], integers: [68, 114], type: .uint8)]
    ),
    NodeCase(
      "com.microsoft.QLinearAveragePool",
      opset: 1,
      [
        .value(
          Tensor([1, 1, 3, 3], integers: [37, 35, 71, 93, 86, 71, 57, 160, 137], type: .uint8)
        ), .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(Tensor([], [0.0153])), .constant(Tensor([], integers: [50], type: .uint8)),
      ],
      ["kernel_shape": .ints([3, 2]), "strides": .ints([2, 1]), "pads": .ints([1, 0, 1, 0])],
      outputs: [Tensor([1, 1, 2, 2], integers: [3, 7, 50, 69], type: .uint8)]
    ),
    NodeCase(
      "com.microsoft.QLinearLeakyRelu",
      opset: 1,
      [
        .value(Tensor([6], integers: [168, 239, 239, 32, 202, 106], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(Tensor([], [0.0153])), .constant(Tensor([], integers: [50], type: .uint8)),
      ],
      ["alpha": .float(0.1)],
      outputs: [Tensor([6], integers: [140, 233, 233, 41, 185, 59], type: .uint8)]
    ),
    NodeCase(
      "com.microsoft.QLinearSigmoid",
      opset: 1,
      [
        .value(Tensor([6], integers: [209, 171, 14, 226, 237, 255], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(Tensor([], [0.003906])), .constant(Tensor([], integers: [0], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([6], integers: [230, 207, 40, 237, 241, 245], type: .uint8)]
    ),
    NodeCase(
      "com.microsoft.QLinearSoftmax",
      opset: 1,
      [
        .value(Tensor([2, 4], integers: [15, 36, 161, 137, 24, 225, 60, 13], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(Tensor([], [0.003906])), .constant(Tensor([], integers: [0], type: .uint8)),
      ],
      ["axis": .int(-1), "opset": .int(13)],
      outputs: [Tensor([2, 4], integers: [8, 12, 146, 90, 4, 239, 9, 3], type: .uint8)]
    ),
  ]
}
