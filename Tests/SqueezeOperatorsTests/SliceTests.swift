import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SliceTests {
  @Test(
    "cuts as NumPy does",
    arguments: [
      // x[start:end:step] of 0 1 2 3 4 5
      (1, 4, 1, [1, 2, 3]), (0, Int.max, 2, [0, 2, 4]), (-2, Int.max, 1, [4, 5]),
      (-100, -4, 1, [0, 1]), (4, 1, -1, [4, 3, 2]), (-1, Int.min, -2, [5, 3, 1]),
      (100, -100, -4, [5, 1]), (3, 3, 1, []), (5, 2, 1, []), (0, Int.max, Int.max, [0]),
    ]
  )
  func cuts(_ start: Int, _ end: Int, _ step: Int, _ expected: [Float]) throws {
    let y = try Slice(axes: [0], starts: [start], ends: [end], steps: [step])(ramp([6]))[0]
    #expect(y == Tensor([expected.count], expected))
  }

  @Test func cutsSeveralAxesAndIntegers() throws {
    let x = Tensor([2, 3], integers: [0, 1, 2, 3, 4, 5])
    let op = Slice(axes: [-1, 0], starts: [2, 1], ends: [0, 2], steps: [-1, 1])
    #expect(try op(x)[0] == Tensor([1, 2], integers: [5, 4]))
    #expect(try op(Tensor(zeros: [2, 0]))[0].shape == [1, 0])
  }

  @Test func refusesAStepOfZeroAndUnevenLists() {
    let x = TensorSpec([3])
    #expect(
      Slice(axes: [0], starts: [0], ends: [1], steps: [0]).refusal(x)
        == "Slice: expected a step other than 0, got 0"
    )
    #expect(Slice(axes: [0], starts: [0], ends: [1], steps: [.min]).refusal(x) != nil)
    #expect(
      Slice(axes: [0], starts: [0, 1], ends: [1]).refusal(x)
        == "Slice: expected 1 starts, ends and steps, got 2, 1 and 1"
    )
    #expect(Slice(axes: [1], starts: [0], ends: [1]).refusal(x) != nil)
  }

  @Test func readsAttributesAndInputs() throws {
    let x = NodeCase.Input.value(ramp([2, 3]))
    let old = NodeCase("Slice", opset: 9, [x], ["starts": .ints([0, 1]), "ends": .ints([9, 9])])
    #expect(try old.op() as? Slice == Slice(axes: [0, 1], starts: [0, 1], ends: [9, 9]))
    let lists = [list(2), list(.min), list(-1), list(-1)].map { NodeCase.Input.constant($0) }
    let new = NodeCase("Slice", opset: 10, [x] + lists)
    #expect(try new.op() as? Slice == Slice(axes: [1], starts: [2], ends: [.min], steps: [-1]))
    #expect(try new.run() == [Tensor([2, 3], [2, 1, 0, 5, 4, 3])])
    let uneven = NodeCase("Slice", opset: 9, [x], ["starts": .ints([0, 1]), "ends": .ints([9])])
    #expect(throws: ONNXError.self) { try uneven.read() }
  }

  @Test func anEndThatFollowsAnOpenSizeCountsFromTheEnd() throws {
    let lists = [list(0), list(3), list(0)].map { NodeCase.Input.constant($0) }
    var node = NodeCase("Slice", [.value(ramp([4, 2]))] + lists).node()
    node.inputs[0].otherShape = [7, 2]
    node.inputs[2].otherIntegers = [6]
    var builder = ONNXBuilder(node)
    try Slice.read(node, into: &builder)
    #expect(builder.nodes[0].op as? Slice == Slice(axes: [0], starts: [0], ends: [-1]))
    node.inputs[2].otherIntegers = [5]
    #expect(throws: ONNXError.self) { try Slice.read(node, into: &builder) }
  }
}
