import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct TileTests {
  @Test func repeatsTheWhole() throws {
    #expect(try Tile([2, 2])(ramp([1, 2]))[0] == Tensor([2, 4], [0, 1, 0, 1, 0, 1, 0, 1]))
    #expect(try Tile([3])(list(1, 2))[0] == list(1, 2, 1, 2, 1, 2))
    #expect(try Tile([2])(Tensor(zeros: [0]))[0].shape == [0])
  }

  @Test func refusesOtherRanksAndHugeCounts() {
    #expect(
      Tile([2]).refusal(TensorSpec([1, 1])) == "Tile: expected 2 repeats of at least 0, got [2]"
    )
    #expect(Tile([-1]).refusal(TensorSpec([1])) != nil)
    #expect(Tile([.max]).refusal(TensorSpec([3])) != nil)
  }

  @Test func readsRepeats() throws {
    let problem = NodeCase("Tile", opset: 6, [.value(ramp([2])), .constant(list(2))])
    #expect(try problem.run() == [Tensor([4], [0, 1, 0, 1])])
  }
}
