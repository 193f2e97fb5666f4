import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct QLinearConcatTests {
  @Test("agrees with ONNX Runtime within one step", arguments: golden)
  func agreesWithONNXRuntime(_ problem: NodeCase) throws {
    let y = try problem.run()[0]
    #expect(y.spec == problem.outputs[0].spec)
    #expect(
      Tolerance.standard(for: problem.outputs[0].type).accepts(y, expected: problem.outputs[0])
    )
  }

  @Test func inputsComeInThrees() {
    var problem = Self.golden[0]
    problem.inputs.removeLast()
    #expect(throws: ONNXError.self) { try problem.read() }
  }

  static let golden: [NodeCase] = [
    NodeCase(
      "com.microsoft.QLinearConcat",
      opset: 1,
      [
        .constant(Tensor([], [0.0413])), .constant(Tensor([], integers: [100], type: .uint8)),
        .value(Tensor([2, 3], integers: [220, 150, 6, 44, 225, 196], type: .uint8)),
        .constant(Tensor([], [0.02])), .constant(Tensor([], integers: [99], type: .uint8)),
        .value(Tensor([2, 1], integers: [221, 240], type: .uint8)), .constant(Tensor([], [0.0517])),
        .constant(Tensor([], integers: [9], type: .uint8)),
      ],
      ["axis": .int(1)],
      outputs: [Tensor([2, 4], integers: [159, 125, 55, 255, 73, 161, 147, 255], type: .uint8)]
    )
  ]
}
