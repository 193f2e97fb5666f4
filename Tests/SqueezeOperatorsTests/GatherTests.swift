import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct GatherTests {
  @Test func choosesSlices() throws {
    let y = try Gather(axis: 1)(ramp([2, 3]), Tensor([1, 2], integers: [2, -3]))
    #expect(y == [Tensor([2, 1, 2], [2, 0, 5, 3])])
    #expect(try Gather()(list(5, 6, 7), Tensor([], integers: [1]))[0] == Tensor([], integers: [6]))
  }

  @Test func anIndexOutsideIsRefusedWhenItRuns() {
    #expect(throws: ShapeError("Gather", expected: "indices in -3..<3", actual: 3)) {
      try Gather()(ramp([3]), list(0, 3))
    }
    #expect(throws: ShapeError.self) { try Gather()(Tensor(zeros: [0, 2]), list(0)) }
    #expect(throws: ShapeError.self) { try Gather()(ramp([3]), list(.min)) }
  }

  @Test func refusesRealIndicesAndMissingAxes() {
    #expect(
      Gather().refusal(TensorSpec([3]), TensorSpec([1]))
        == "Gather: expected integer indices, got float32 [1]"
    )
    #expect(Gather(axis: 1).refusal(TensorSpec([3]), TensorSpec([1], .int64)) != nil)
  }

  @Test func readsItsAxis() throws {
    let inputs: [NodeCase.Input] = [.value(ramp([2, 3])), .constant(list(1))]
    #expect(try NodeCase("Gather", inputs, ["axis": .int(-1)]).op() as? Gather == Gather(axis: 1))
    #expect(try NodeCase("Gather", opset: 1, inputs).run() == [Tensor([1, 3], [3, 4, 5])])
  }
}
