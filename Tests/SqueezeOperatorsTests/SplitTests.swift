import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SplitTests {
  @Test func dealsOutAnAxis() throws {
    let y = try Split(axis: 1, parts: .sizes([1, 2]))(ramp([2, 3]))
    #expect(y == [Tensor([2, 1], [0, 3]), Tensor([2, 2], [1, 2, 4, 5])])
    let uneven = try Split(axis: 0, parts: .equal(3))(list(1, 2, 3, 4, 5, 6, 7))
    #expect(uneven == [list(1, 2, 3), list(4, 5, 6), list(7)])
  }

  @Test func refusesPiecesThatDoNotAddUp() {
    let x = TensorSpec([2, 3])
    #expect(
      Split(axis: 1, parts: .sizes([1, 1])).refusal(x)
        == "Split: expected pieces that add up to 3, got [1, 1]"
    )
    #expect(Split(axis: 1, parts: .sizes([.max, .max, 5])).refusal(x) != nil)
    #expect(Split(axis: 1, parts: .sizes([-1, 4])).refusal(x) != nil)
    #expect(
      Split(axis: 1, parts: .equal(0)).refusal(x) == "Split: expected 1 to 65536 pieces, got 0"
    )
    #expect(Split(axis: 1, parts: .equal(5)).refusal(x) == "Split: expected 5 pieces, got size 3")
  }

  @Test("reads sizes from wherever they are", arguments: [2, 11, 13, 18])
  func readsSizes(_ opset: Int) throws {
    let x = NodeCase.Input.value(ramp([2, 6]))
    let plain = NodeCase("Split", opset: opset, [x], ["axis": .int(-1)])
    #expect(try plain.op(outputs: 2) as? Split == Split(axis: 1, parts: .equal(2)))
    var sized = plain
    if opset < 13 {
      sized.attributes["split"] = .ints([2, 4])
    } else {
      sized.inputs.append(.constant(list(2, 4)))
    }
    #expect(try sized.op(outputs: 2) as? Split == Split(axis: 1, parts: .sizes([2, 4])))
    #expect(try sized.run(outputs: 2).map(\.shape) == [[2, 2], [2, 4]])
  }

  @Test func anotherNumberOfOutputsIsMalformed() {
    let x = NodeCase.Input.value(ramp([6]))
    let problem = NodeCase("Split", opset: 18, [x], ["num_outputs": .int(3)])
    #expect(throws: ONNXError.self) { try problem.read(outputs: 2) }
  }
}
