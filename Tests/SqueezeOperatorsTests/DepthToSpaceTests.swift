import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct DepthToSpaceTests {
  @Test func dealsChannelsOutToBlocks() throws {
    // Four channels of one pixel become one 2×2 block; two channels show the orders apart.
    #expect(try DepthToSpace(blockSize: 2)(ramp([1, 4, 1, 1]))[0] == ramp([1, 1, 2, 2]))
    let x = ramp([1, 8, 1, 1])
    let depthFirst = try DepthToSpace(blockSize: 2)(x)[0]
    #expect(depthFirst == Tensor([1, 2, 2, 2], [0, 2, 4, 6, 1, 3, 5, 7]))
    let columnFirst = try DepthToSpace(blockSize: 2, order: .columnFirst)(x)[0]
    #expect(columnFirst == ramp([1, 2, 2, 2]))
  }

  @Test func refusesChannelsThatDoNotDivide() {
    #expect(
      DepthToSpace(blockSize: 2).refusal(TensorSpec([1, 6, 1, 1]))
        == "DepthToSpace: expected channels divisible by 4, got 6"
    )
    #expect(DepthToSpace(blockSize: 0).refusal(TensorSpec([1, 4, 1, 1])) != nil)
    #expect(DepthToSpace(blockSize: .max).refusal(TensorSpec([1, 4, 1, 1])) != nil)
    #expect(DepthToSpace(blockSize: 1).refusal(TensorSpec([1, 4])) != nil)
  }

  @Test func readsItsMode() throws {
    let x = NodeCase.Input.value(ramp([1, 4, 1, 1]))
    let attributes: [String: ONNXAttribute] = ["blocksize": .int(2), "mode": .string("CRD")]
    let op = try NodeCase("DepthToSpace", opset: 11, [x], attributes).op() as? DepthToSpace
    #expect(op == DepthToSpace(blockSize: 2, order: .columnFirst))
    #expect(throws: ONNXError.self) { try NodeCase("DepthToSpace", [x]).read() }
  }
}
