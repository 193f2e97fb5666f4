import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct DequantizeLinearTests {
  @Test func scalesTheDistanceFromTheZeroPoint() throws {
    let q = Tensor([2, 2], integers: [0, 255, 128, 130], type: .uint8)
    let one = DequantizeLinear(QuantizationGrid(scale: 0.5, zeroPoint: 128))
    #expect(try one(q)[0] == Tensor([2, 2], [-64, 63.5, 0, 1]))
    let grid = QuantizationGrid(scales: [1, 2], zeroPoints: [0, 128], axis: -2, type: .uint8)
    #expect(try DequantizeLinear(grid)(q)[0] == Tensor([2, 2], [0, 255, 0, 4]))
  }

  @Test func refusesAnotherType() {
    #expect(
      DequantizeLinear(QuantizationGrid(scale: 1)).refusal(TensorSpec([2], .int8))
        == "DequantizeLinear: expected an input of type uint8, got int8 [2]"
    )
  }

  @Test func theInputsTypeStandsInForAZeroPoint() throws {
    let x = NodeCase.Input.value(Tensor([2], integers: [1, -2], type: .int8))
    let scale = NodeCase.Input.constant(Tensor([1], [0.5]))
    #expect(
      try NodeCase("DequantizeLinear", opset: 10, [x, scale]).run() == [Tensor([2], [0.5, -1])]
    )
  }

  @Test func aConstantFoldsToItsIntegers() throws {
    let q = Tensor([2, 2], integers: [1, -2, 3, 127], type: .int8)
    let scales = NodeCase.Input.constant(Tensor([2], [0.5, 2]))
    let problem = NodeCase("DequantizeLinear", [.constant(q), scales], ["axis": .int(0)])
    let encoding = try DequantizeLinear.foldedConstant(problem.node()) as? UniformInteger
    #expect(encoding?.integers == [1, -2, 3, 127])
    #expect(encoding?.axis == 0)
    #expect(encoding?.decoded() == Tensor([2, 2], [0.5, -1, 6, 254]))
    #expect(try DequantizeLinear.foldedConstant(NodeCase("", [.value(q), scales]).node()) == nil)
    let three = NodeCase.Input.constant(Tensor([3], [1, 1, 1]))
    #expect(throws: ONNXError.self) {
      try DequantizeLinear.foldedConstant(NodeCase("", [.constant(q), three]).node())
    }
  }
}
