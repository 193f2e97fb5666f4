import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct DropAxesTests {
  @Test func leavesOutAxesOfSizeOne() throws {
    #expect(try DropAxes([0, -1])(ramp([1, 3, 1]))[0] == ramp([3]))
    #expect(try DropAxes()(ramp([1, 3, 1, 2]))[0] == ramp([3, 2]))
  }

  @Test func refusesOtherSizesAndDoubleAxes() {
    let x = TensorSpec([1, 3, 1])
    #expect(DropAxes([1]).refusal(x) == "DropAxes: expected size 1 along axis 1, got [1, 3, 1]")
    #expect(DropAxes([0, -3]).refusal(x) == "DropAxes: expected each axis once, got axis 0 twice")
    #expect(DropAxes([3]).refusal(x) == "DropAxes: expected axes in -3..<3, got 3")
  }

  @Test func readsAttributesAndInputs() throws {
    let x = NodeCase.Input.value(ramp([2, 1, 3, 1]))
    let old = try NodeCase("Squeeze", opset: 11, [x], ["axes": .ints([-1])]).op()
    #expect(old as? DropAxes == DropAxes([3]))
    let new = try NodeCase("Squeeze", opset: 13, [x, .constant(list(1, 3))]).op()
    #expect(new as? DropAxes == DropAxes([1, 3]))
    #expect(try NodeCase("Squeeze", opset: 13, [x]).op() as? DropAxes == DropAxes([1, 3]))
    #expect(try NodeCase("Squeeze", [.value(ramp([2, 3]))]).op() is Identity)
  }

  @Test func anOpenAxisIsNotDroppedUnasked() throws {
    var node = NodeCase("Squeeze", [.value(ramp([1, 3, 1]))]).node()
    node.inputs[0].otherShape = [2, 3, 1]
    var builder = ONNXBuilder(node)
    try DropAxes.read(node, into: &builder)
    #expect(builder.nodes[0].op as? DropAxes == DropAxes([2]))
  }
}
