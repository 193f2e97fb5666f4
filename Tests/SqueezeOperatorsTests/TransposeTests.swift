import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct TransposeTests {
  @Test func movesAxes() throws {
    let y = try Transpose([1, 0])(ramp([2, 3]))
    #expect(y == [Tensor([3, 2], [0, 3, 1, 4, 2, 5])])
    let moved = try Transpose([2, 0, 1])(Tensor([1, 2, 3], integers: [0, 1, 2, 3, 4, 5]))
    #expect(moved == [Tensor([3, 1, 2], integers: [0, 3, 1, 4, 2, 5])])
    #expect(try Transpose()(Tensor(zeros: [0, 3]))[0].shape == [3, 0])
  }

  @Test func refusesWhatIsNoOrder() {
    #expect(
      Transpose([0, 0]).refusal(TensorSpec([2, 3]))
        == "Transpose: expected an order of 2 axes, got [0, 0]"
    )
    #expect(Transpose([1, 0]).refusal(TensorSpec([2, 3, 4])) != nil)
  }

  @Test func withoutPermTheAxesAreReversed() throws {
    let x = NodeCase.Input.value(ramp([2, 3, 4]))
    #expect(try NodeCase("Transpose", [x]).op() as? Transpose == Transpose([2, 1, 0]))
    #expect(
      try NodeCase("Transpose", [x], ["perm": .ints([0, 2, 1])]).run()[0].shape == [2, 4, 3]
    )
  }
}
