import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SpaceToDepthTests {
  @Test func isUndoneByDepthToSpace() throws {
    let x = ramp([2, 3, 4, 6])
    let y = try SpaceToDepth(blockSize: 2)(x)[0]
    #expect(y.shape == [2, 12, 2, 3])
    #expect(Array(y.scalars[0..<3]) == [0, 2, 4])
    #expect(try DepthToSpace(blockSize: 2)(y)[0] == x)
  }

  @Test func refusesSizesThatDoNotDivide() {
    #expect(
      SpaceToDepth(blockSize: 2).refusal(TensorSpec([1, 1, 3, 2]))
        == "SpaceToDepth: expected height and width divisible by 2, got [1, 1, 3, 2]"
    )
    #expect(SpaceToDepth(blockSize: -1).refusal(TensorSpec([1, 1, 2, 2])) != nil)
  }

  @Test func readsItsBlockSize() throws {
    let x = NodeCase.Input.value(ramp([1, 1, 2, 2]))
    #expect(
      try NodeCase("SpaceToDepth", [x], ["blocksize": .int(2)]).run() == [ramp([1, 4, 1, 1])]
    )
  }
}
