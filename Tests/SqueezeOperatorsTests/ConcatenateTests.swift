import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ConcatenateTests {
  @Test func putsInputsOneAfterTheOther() throws {
    let y = try Concatenate(axis: 1)(
      ramp([2, 1, 2]),
      Tensor([2, 2, 2], [9, 8, 7, 6, 5, 4, 3, 2])
    )
    #expect(y == [Tensor([2, 3, 2], [0, 1, 9, 8, 7, 6, 2, 3, 5, 4, 3, 2])])
    #expect(try Concatenate(axis: -1)(list(1, 2), list(3))[0] == list(1, 2, 3))
  }

  @Test func emptyInputsAddNothing() throws {
    #expect(try Concatenate(axis: 0)(Tensor(zeros: [0, 2]), ramp([1, 2]))[0] == ramp([1, 2]))
    #expect(
      try Concatenate(axis: 1)(Tensor(zeros: [0, 2]), Tensor(zeros: [0, 3]))[0].shape == [0, 5]
    )
  }

  @Test func refusesInputsThatDiffer() {
    let op = Concatenate(axis: 1)
    #expect(
      op.refusal(TensorSpec([2, 3, 4]), TensorSpec([2, 3, 5]))
        == "Concatenate: expected inputs that agree with [2, 3, 4] but for axis 1, got [2, 3, 5]"
    )
    #expect(
      op.refusal(TensorSpec([2, 3]), TensorSpec([2, 3], .int32))
        == "Concatenate: expected float32 inputs of rank 2, got int32 [2, 3]"
    )
    #expect(op.refusal(TensorSpec([2])) == "Concatenate: expected an axis in -1..<1, got 1")
    #expect(
      op.refusal(TensorSpec([1, 1 << 39]), TensorSpec([1, 1 << 39]), TensorSpec([1, 1 << 39]))
        == "Concatenate: expected an output of at most 2^40 elements, got [1, 1649267441664]"
    )
  }

  @Test func readsItsAxis() throws {
    let x = NodeCase.Input.value(ramp([1, 2, 3]))
    #expect(
      try NodeCase("Concat", [x, x], ["axis": .int(-2)]).op() as? Concatenate == .init(axis: 1)
    )
    #expect(throws: ONNXError.self) { try NodeCase("Concat", [x, x]).read() }
  }
}
