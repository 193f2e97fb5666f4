import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ExpandTests {
  @Test func repeatsAxesOfSizeOne() throws {
    #expect(try Expand([2, 1])(ramp([1, 2]))[0] == Tensor([2, 2], [0, 1, 0, 1]))
    #expect(try Expand([3])(Tensor([], integers: [4]))[0] == list(4, 4, 4))
    #expect(try Expand([2, 0])(ramp([1, 1]))[0].shape == [2, 0])
  }

  @Test func refusesShapesThatDoNotBroadcast() {
    #expect(
      Expand([3]).refusal(TensorSpec([2]))
        == "Expand: expected a shape that [2] expands to, got [3]"
    )
    #expect(Expand([-1]).refusal(TensorSpec([1])) != nil)
    #expect(Expand([1 << 30, 1 << 30]).refusal(TensorSpec([1])) != nil)
  }

  @Test func aSizeThatFollowsTheInputIsKept() throws {
    var node = NodeCase("Expand", [.value(ramp([2, 1])), .constant(list(2, 5))]).node()
    node.inputs[0].otherShape = [3, 1]
    node.inputs[1].otherIntegers = [3, 5]
    var builder = ONNXBuilder(node)
    try Expand.read(node, into: &builder)
    #expect(builder.nodes[0].op as? Expand == Expand([1, 5]))
    node.inputs[1].otherIntegers = [2, 6]
    #expect(throws: ONNXError.self) { try Expand.read(node, into: &builder) }
  }
}
