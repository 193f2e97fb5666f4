import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ReshapeTests {
  @Test(
    "copies, infers and keeps sizes",
    arguments: [
      ([0, -1], [2, 12]), ([-1, 0, 1], [8, 3, 1]), ([24], [24]), ([4, -1, 1, 3], [4, 2, 1, 3]),
    ]
  )
  func shapes(_ dimensions: [Int], _ expected: [Int]) throws {
    #expect(try Reshape(dimensions)(ramp([2, 3, 4]))[0] == ramp(Shape(expected)))
  }

  @Test func aBatchOfZeroStaysOne() throws {
    #expect(try Reshape([0, -1])(Tensor(zeros: [0, 3, 4]))[0].shape == [0, 12])
    let zero = Reshape([0, 5], allowsZero: true)
    #expect(try zero(Tensor(zeros: [3, 0]))[0].shape == [0, 5])
  }

  @Test func refusesShapesOfAnotherCount() {
    let x = TensorSpec([2, 3])
    #expect(Reshape([4, -1]).refusal(x) == "Reshape: expected a shape for [2, 3], got [4, -1]")
    #expect(Reshape([-1, -1]).refusal(x) == "Reshape: expected at most one −1, got [-1, -1]")
    #expect(Reshape([1, 2, 0]).refusal(x) == "Reshape: expected an axis 2 to copy, got [2, 3]")
    #expect(Reshape([-2, 3]).refusal(x) == "Reshape: expected sizes of −1 or more, got [-2, 3]")
    #expect(Reshape([.max, .max]).refusal(x) != nil)
    #expect(Reshape([0, -1], allowsZero: true).refusal(TensorSpec([0, 3])) != nil)
  }

  @Test func readsAttributesAndInputs() throws {
    let x = NodeCase.Input.value(ramp([2, 3, 4]))
    let old = try NodeCase("Reshape", opset: 1, [x], ["shape": .ints([4, -1])]).op()
    #expect(old as? Reshape == Reshape([4, -1]))
    let flat = try NodeCase("Reshape", [x, .constant(list(-1, 12))]).op()
    #expect(flat as? Reshape == Reshape([0, -1]))
    #expect(throws: ONNXError.self) { try NodeCase("Reshape", [x, .value(list(24))]).read() }
  }

  @Test(
    "sizes that follow open inputs copy or infer",
    arguments: [
      // sizes for a batch of 2 and of 3, input [batch, 3, 4]; what the reshape becomes
      ([2, 3, 2, 2], [3, 3, 2, 2], [0, 3, 2, 2]),
      ([2, 12], [3, 12], [0, -1]),
      ([1, 24], [1, 36], [1, -1]),
      ([6, 4], [9, 4], [-1, 4]),
      ([2, 6, -1, 1], [3, 6, -1, 1], [0, 6, -1, 1]),
      ([6, 2, -1], [9, 2, -1], [-1, 2, 2]),
    ]
  )
  func followsOpenSizes(_ first: [Int], _ second: [Int], _ expected: [Int]) throws {
    let node = symbolic(first, second)
    var builder = ONNXBuilder(node)
    try Reshape.read(node, into: &builder)
    #expect(builder.nodes[0].op as? Reshape == Reshape(expected))
  }

  @Test func severalNewOpenSizesAreUnsupported() {
    let node = symbolic([4, 6], [6, 6])
    var builder = ONNXBuilder(node)
    #expect(throws: Never.self) { try Reshape.read(node, into: &builder) }
    let both = symbolic([4, 2, 3], [2, 3, 6])
    #expect(throws: ONNXError.self) { try Reshape.read(both, into: &builder) }
  }

  private func symbolic(_ first: [Int], _ second: [Int]) -> ONNXNode {
    let shape = Tensor([first.count], integers: first)
    var node = NodeCase("Reshape", [.value(ramp([2, 3, 4])), .constant(shape)]).node()
    node.inputs[0].otherShape = [3, 3, 4]
    node.inputs[1].otherIntegers = second
    return node
  }
}
