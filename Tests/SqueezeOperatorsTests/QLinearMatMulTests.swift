import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct QLinearMatMulTests {
  @Test("agrees with ONNX Runtime within one step", arguments: golden)
  func agreesWithONNXRuntime(_ problem: NodeCase) throws {
    let y = try problem.run()[0]
    #expect(y.spec == problem.outputs[0].spec)
    #expect(
      Tolerance.standard(for: problem.outputs[0].type).accepts(y, expected: problem.outputs[0])
    )
  }

  @Test func aConstantMatrixMakesAFullyConnectedLayer() throws {
    let weight = try Self.golden[0].read().parameters["node/real.weight"] as? UniformInteger
    #expect(weight?.shape == [3, 4])
  }

  static let golden: [NodeCase] = [
    NodeCase(
      "QLinearMatMul",
      opset: 10,
      [
        .value(Tensor([2, 4], integers: [70, 204, 46, 11, 191, 46, 192, 84], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(
          Tensor(
            [4, 3],
            integers: [17, 112, 107, -7, -76, -64, 89, 22, -85, 98, 118, 120],
            type: .int8
          )
        ), .constant(Tensor([], [0.0113])), .constant(Tensor([], integers: [0], type: .int8)),
        .constant(Tensor([], [0.0517])), .constant(Tensor([], integers: [128], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([2, 3], integers: [64, 28, 59, 166, 192, 143], type: .uint8)]
    ),
    NodeCase(
      "QLinearMatMul",
      opset: 10,
      [
        .value(Tensor([2, 4], integers: [159, 249, 155, 128, 248, 154, 201, 86], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .constant(
          Tensor(
            [4, 3],
            integers: [202, 249, 13, 137, 94, 13, 21, 68, 49, 183, 54, 160],
            type: .uint8
          )
        ), .constant(Tensor([3], [0.01, 0.02, 0.005])),
        .constant(Tensor([3], integers: [1, 2, 3], type: .uint8)), .constant(Tensor([], [0.0517])),
        .constant(Tensor([], integers: [128], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([2, 3], integers: [255, 255, 146, 255, 255, 137], type: .uint8)]
    ),
    NodeCase(
      "QLinearMatMul",
      opset: 10,
      [
        .value(
          Tensor(
            [2, 2, 3],
            integers: [219, 126, 32, 17, 75, 105, 126, 78, 217, 145, 247, 239],
            type: .uint8
          )
        ), .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .value(
          Tensor(
            [2, 3, 2],
            integers: [181, 7, 54, 191, 139, 241, 180, 209, 13, 75, 174, 162],
            type: .uint8
          )
        ), .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [7], type: .uint8)),
        .constant(Tensor([], [0.0917])), .constant(Tensor([], integers: [128], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([2, 2, 2], integers: [186, 81, 64, 115, 234, 225, 255, 255], type: .uint8)]
    ),
  ]
}
