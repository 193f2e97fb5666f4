import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ArgReduceTests {
  @Test func findsThePosition() throws {
    let x = Tensor([2, 3], [1, 5, 5, -2, -7, 0])
    #expect(try ArgReduce(.maximum, axis: 1)(x)[0] == Tensor([2, 1], integers: [1, 2]))
    let last = ArgReduce(.maximum, axis: -1, keepsAxis: false, selectsLast: true)
    #expect(try last(x)[0] == list(2, 2))
    #expect(try ArgReduce(.minimum, axis: 0, keepsAxis: false)(x)[0] == list(1, 1, 1))
    #expect(try ArgReduce(.minimum, axis: 0)(list(3, 1, 1))[0] == list(1))
  }

  @Test func refusesToSearchNothing() {
    #expect(
      ArgReduce(.maximum, axis: 1).refusal(TensorSpec([2, 0]))
        == "ArgReduce: expected elements along axis 1, got [2, 0]"
    )
  }

  @Test func readsItsAttributes() throws {
    let attributes: [String: ONNXAttribute] = ["axis": .int(-1), "keepdims": .int(0)]
    let op = try NodeCase("ArgMin", [.value(ramp([2, 3]))], attributes).op() as? ArgReduce
    #expect(op == ArgReduce(.minimum, axis: 1, keepsAxis: false))
  }
}
