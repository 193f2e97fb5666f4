import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct InsertAxesTests {
  @Test func addsAxesOfSizeOne() throws {
    #expect(try InsertAxes([0, -1])(ramp([3]))[0] == ramp([1, 3, 1]))
    #expect(try InsertAxes([0])(Tensor([], integers: [7]))[0] == list(7))
  }

  @Test func refusesAxesBeyondTheOutput() {
    let x = TensorSpec([2])
    #expect(InsertAxes([3]).refusal(x) == "InsertAxes: expected axes in -2..<2, got 3")
    #expect(
      InsertAxes([0, 0]).refusal(x) == "InsertAxes: expected each axis once, got axis 0 twice"
    )
    let many = InsertAxes(Array(0..<100))
    #expect(many.refusal(x) == "InsertAxes: expected at most 64 axes, got 101")
  }

  @Test func readsAttributesAndInputs() throws {
    let x = NodeCase.Input.value(ramp([2, 3]))
    let old = try NodeCase("Unsqueeze", opset: 11, [x], ["axes": .ints([0, 3])]).op()
    #expect(old as? InsertAxes == InsertAxes([0, 3]))
    let new = try NodeCase("Unsqueeze", opset: 13, [x, .constant(list(-1))]).op()
    #expect(new as? InsertAxes == InsertAxes([2]))
    #expect(throws: ONNXError.self) { try NodeCase("Unsqueeze", opset: 13, [x]).read() }
  }
}
