import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct QGemmTests {
  @Test("agrees with ONNX Runtime within one step", arguments: golden)
  func agreesWithONNXRuntime(_ problem: NodeCase) throws {
    let y = try problem.run()[0]
    #expect(y.spec == problem.outputs[0].spec)
    #expect(
      Tolerance.standard(for: problem.outputs[0].type).accepts(y, expected: problem.outputs[0])
    )
  }

  @Test func withoutAnOutputScaleTheOutputIsReal() throws {
    let builder = try Self.golden[1].read()
    #expect(builder.nodes.map { type(of: $0.op).name } == ["DequantizeLinear", "FullyConnected"])
    #expect(builder.nodes.last?.outputs == ["y0"])
  }

  static let golden: [NodeCase] = [
    NodeCase(
      "com.microsoft.QGemm",
      opset: 1,
      [
        .value(Tensor([2, 4], integers: [94, 40, 150, 22, 171, 205, 171, 16], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(
          Tensor(
            [3, 4],
            integers: [5, -51, 14, 46, -78, -119, -2, 30, -96, 108, -5, 119],
            type: .int8
          )
        ), .constant(Tensor([], [0.0113])), .constant(Tensor([], integers: [0], type: .int8)),
        .constant(Tensor([3], integers: [72, 457, 547], type: .int32)),
        .constant(Tensor([], [0.0517])), .constant(Tensor([], integers: [128], type: .uint8)),
      ],
      ["transB": .int(1)],
      outputs: [Tensor([2, 3], integers: [129, 152, 63, 94, 39, 105], type: .uint8)]
    ),
    NodeCase(
      "com.microsoft.QGemm",
      opset: 1,
      [
        .value(Tensor([2, 4], integers: [127, 100, 170, 5, 158, 135, 38, 52], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(
          Tensor(
            [4, 3],
            integers: [-120, 61, 47, -29, 116, -31, -50, 104, -107, -28, -122, -39],
            type: .int8
          )
        ), .constant(Tensor([3], [0.01, 0.02, 0.03])),
        .constant(Tensor([3], integers: [0, 0, 0], type: .int8)),
        .constant(Tensor([3], integers: [452, -304, -16], type: .int32)),
      ],
      ["alpha": .float(0.5)],
      outputs: [Tensor([2, 3], [-0.3855, 4.0744, -0.7986, -0.3306, 1.3722, 3.0003])]
    ),
    NodeCase(
      "com.microsoft.QGemm",
      opset: 1,
      [
        .value(Tensor([2, 4], integers: [123, 15, 23, 76, 139, 18, 235, 218], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(
          Tensor(
            [4, 3],
            integers: [16, 59, 62, -126, 114, -116, 87, 85, 62, -94, 80, 117],
            type: .int8
          )
        ), .constant(Tensor([], [0.0113])), .constant(Tensor([], integers: [3], type: .int8)),
        .absent, .constant(Tensor([], [0.0517])),
        .constant(Tensor([], integers: [128], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([2, 3], integers: [159, 58, 147, 175, 187, 255], type: .uint8)]
    ),
  ]
}
