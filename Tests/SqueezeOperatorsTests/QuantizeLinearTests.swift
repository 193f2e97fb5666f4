import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct QuantizeLinearTests {
  @Test func roundsTiesToEvenAndSaturates() throws {
    let op = QuantizeLinear(QuantizationGrid(scale: 1, type: .int8))
    let x = Tensor([8], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 200, -200])
    #expect(try op(x)[0] == Tensor([8], integers: [-2, -2, 0, 0, 2, 2, 127, -128], type: .int8))
    let wild = Tensor([3], [.nan, .infinity, -.infinity])
    #expect(try op(wild)[0].integers == [0, 127, -128])
  }

  @Test func scalesMayChangeAlongAnAxis() throws {
    let grid = QuantizationGrid(scales: [1, 0.5], zeroPoints: [10, 20], axis: 1, type: .uint8)
    #expect(
      try QuantizeLinear(grid)(Tensor([2, 2], [1, 1, -20, 4]))[0].integers == [11, 22, 0, 28]
    )
  }

  @Test func refusesGridsThatDoNotFit() {
    let x = TensorSpec([2, 3])
    func refusal(_ grid: QuantizationGrid) -> String? { QuantizeLinear(grid).refusal(x) }
    #expect(
      refusal(QuantizationGrid(scales: [1, 1], zeroPoints: [0, 0], axis: 1, type: .int8))
        == "QuantizeLinear: expected 3 scales and zero points, got 2 and 2"
    )
    #expect(
      refusal(QuantizationGrid(scale: 0)) == "QuantizeLinear: expected positive scales, got 0.0"
    )
    #expect(refusal(QuantizationGrid(scale: .nan)) != nil)
    #expect(
      refusal(QuantizationGrid(scale: 1, zeroPoint: 256))
        == "QuantizeLinear: expected zero points of type uint8, got 256"
    )
    #expect(refusal(QuantizationGrid(scale: 1, type: .int64)) != nil)
    #expect(refusal(QuantizationGrid(scales: [], zeroPoints: [], axis: 5, type: .int8)) != nil)
    #expect(QuantizeLinear(QuantizationGrid(scale: 1)).refusal(TensorSpec([2], .int8)) != nil)
  }

  @Test func readsScalesAndZeroPoints() throws {
    let x = NodeCase.Input.value(ramp([2, 3]))
    let scale = NodeCase.Input.constant(Tensor([], [0.5]))
    let plain = try NodeCase("QuantizeLinear", opset: 10, [x, scale]).op()
    #expect(plain as? QuantizeLinear == QuantizeLinear(QuantizationGrid(scale: 0.5)))
    let zeros = NodeCase.Input.constant(Tensor([3], integers: [1, 2, 3], type: .int8))
    let scales = NodeCase.Input.constant(Tensor([3], [1, 2, 3]))
    let perAxis = try NodeCase("QuantizeLinear", opset: 13, [x, scales, zeros]).op()
    let grid = QuantizationGrid(scales: [1, 2, 3], zeroPoints: [1, 2, 3], axis: 1, type: .int8)
    #expect(perAxis as? QuantizeLinear == QuantizeLinear(grid))
    let blocked = NodeCase("QuantizeLinear", opset: 21, [x, scale], ["block_size": .int(2)])
    #expect(throws: ONNXError.self) { try blocked.read() }
    #expect(throws: ONNXError.self) {
      try NodeCase("QuantizeLinear", [x, .value(Tensor([], [1]))]).read()
    }
  }

  @Test("the gradient passes straight through inside the range and stops outside")
  func passesStraightThrough() throws {
    let grid = QuantizationGrid(scales: [0.5, 0.25], zeroPoints: [10, -3], axis: 0, type: .int8)
    // Row 0 covers (−128 − 10) / 2 = −69 to 58.5, row 1 −31.25 to 32.5.
    let x = Tensor([2, 4], [-69, -69.3, 58.6, 100, -31.25, -40, 0.3, 32.7])
    let dx = Tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])
    let q = try QuantizeLinear(grid).forward([x], parameters: [])
    let back = try DequantizeLinear(grid).backward(
      BackwardPass(inputs: q, outputs: [x], gradients: [dx])
    )
    let slopes = try #require(back.inputs[0])
    #expect(slopes == Tensor([2, 4], [0.5, 1, 1.5, 2, 1.25, 1.5, 1.75, 2]))
    let through = try QuantizeLinear(grid).backward(
      BackwardPass(inputs: [x], outputs: q, gradients: [slopes])
    )
    #expect(through.inputs == [Tensor([2, 4], [1, 0, 3, 0, 5, 0, 7, 0])])
  }
}
