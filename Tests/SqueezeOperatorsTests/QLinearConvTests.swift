import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct QLinearConvTests {
  @Test("agrees with ONNX Runtime within one step", arguments: golden)
  func agreesWithONNXRuntime(_ problem: NodeCase) throws {
    let y = try problem.run()[0]
    #expect(y.spec == problem.outputs[0].spec)
    #expect(
      Tolerance.standard(for: problem.outputs[0].type).accepts(y, expected: problem.outputs[0])
    )
  }

  @Test func weightsKeepTheirIntegers() throws {
    let builder = try Self.golden[1].read()
    #expect(
      builder.nodes.map { type(of: $0.op).name } == [
        "DequantizeLinear", "Convolution", "QuantizeLinear",
      ]
    )
    let weight = builder.parameters["node/real.weight"] as? UniformInteger
    #expect(weight?.axis == 0 && weight?.bits == 8 && weight?.isSigned == true)
    let bias = builder.parameters["node/real.bias"] as? UniformInteger
    #expect(bias?.bits == 32)
    #expect(bias?.scales == weight?.scales.map { Float(0.0213) * $0 })
  }

  @Test func aWeightComputedAtRunTimeIsUnsupported() {
    var problem = Self.golden[0]
    if case .constant(let weight) = problem.inputs[3] { problem.inputs[3] = .value(weight) }
    #expect(throws: ONNXError.self) { try problem.read() }
  }

  static let golden: [NodeCase] = [
    NodeCase(
      "QLinearConv",
      opset: 10,
      [
        .value(
          Tensor(
            [1, 1, 3, 4],
            integers: [207, 21, 45, 60, 46, 205, 222, 149, 10, 24, 85, 110],
            type: .uint8
          )
        ), .constant(Tensor([], [0.0213])), .constant(Tensor([], integers: [100], type: .uint8)),
        .constant(
          Tensor(
            [2, 1, 3, 3],
            integers: [
              159, 122, 67, 40, 177, 188, 8, 29, 115, 100, 227, 132, 107, 110, 170, 150, 44, 188,
            ],
            type: .uint8
          )
        ), .constant(Tensor([], [0.0113])), .constant(Tensor([], integers: [120], type: .uint8)),
        .constant(Tensor([], [0.0917])), .constant(Tensor([], integers: [120], type: .uint8)),
        .constant(Tensor([2], integers: [2567, 4562], type: .int32)),
      ],
      ["pads": .ints([1, 1, 1, 1]), "kernel_shape": .ints([3, 3])],
      outputs: [
        Tensor(
          [1, 2, 3, 4],
          integers: [
            140, 72, 67, 85, 171, 239, 155, 105, 85, 110, 147, 144, 148, 120, 124, 135, 179, 123,
            118, 115, 113, 171, 167, 140,
          ],
          type: .uint8
        )
      ]
    ),
    NodeCase(
      "QLinearConv",
      opset: 10,
      [
        .value(
          Tensor(
            [1, 2, 3, 4],
            integers: [
              201, 72, 81, 166, 166, 178, 222, 74, 240, 0, 19, 249, 241, 76, 35, 80, 11, 228, 169,
              149, 62, 120, 48, 197,
            ],
            type: .uint8
          )
        ), .constant(Tensor([], [0.0213])), .constant(Tensor([], integers: [100], type: .uint8)),
        .constant(
          Tensor(
            [3, 2, 1, 2],
            integers: [-7, -121, -63, 52, 5, -33, -64, -105, 27, 41, 5, 110],
            type: .int8
          )
        ), .constant(Tensor([3], [0.0081, 0.0145, 0.0095])),
        .constant(Tensor([3], integers: [0, 0, 0], type: .int8)), .constant(Tensor([], [0.0917])),
        .constant(Tensor([], integers: [120], type: .uint8)),
        .constant(Tensor([3], integers: [-127, 2417, -2075], type: .int32)),
      ],
      ["strides": .ints([2, 2])],
      outputs: [
        Tensor(
          [1, 3, 2, 2],
          integers: [106, 111, 147, 103, 111, 142, 143, 87, 115, 115, 119, 147],
          type: .uint8
        )
      ]
    ),
    NodeCase(
      "QLinearConv",
      opset: 10,
      [
        .value(
          Tensor(
            [1, 2, 3, 3],
            integers: [
              56, 39, -73, -29, 84, 87, 40, -127, 46, -71, 81, 105, -19, 116, 66, -45, 96, -30,
            ],
            type: .int8
          )
        ), .constant(Tensor([], [0.0213])), .constant(Tensor([], integers: [-5], type: .int8)),
        .constant(
          Tensor(
            [4, 1, 2, 2],
            integers: [-102, 23, 89, 40, -28, 102, -6, -30, -91, -74, 50, 76, -54, 32, 95, -91],
            type: .int8
          )
        ), .constant(Tensor([4], [0.0134, 0.011, 0.0142, 0.0079])),
        .constant(Tensor([4], integers: [0, 0, 0, 0], type: .int8)),
        .constant(Tensor([], [0.0917])), .constant(Tensor([], integers: [4], type: .int8)),
      ],
      ["group": .int(2)],
      outputs: [
        Tensor(
          [1, 4, 2, 2],
          integers: [-8, 21, 15, -45, 5, -25, 38, 20, 31, -11, -3, -39, -7, 11, -11, 18],
          type: .int8
        )
      ]
    ),
  ]
}
