import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ChannelShuffleTests {
  @Test func mixesGroups() throws {
    // Groups 0 1 2 and 3 4 5 become pairs.
    let y = try ChannelShuffle(groups: 2)(ramp([1, 6, 1]))[0]
    #expect(y.scalars == [0, 3, 1, 4, 2, 5])
    let integers = try ChannelShuffle(groups: 3)(Tensor([1, 6], integers: [0, 1, 2, 3, 4, 5]))[0]
    #expect(integers.integers == [0, 2, 4, 1, 3, 5])
  }

  @Test func refusesChannelsThatDoNotDivide() {
    #expect(
      ChannelShuffle(groups: 4).refusal(TensorSpec([1, 6, 2]))
        == "ChannelShuffle: expected channels divisible by 4 groups, got 6"
    )
    #expect(ChannelShuffle(groups: 0).refusal(TensorSpec([1, 6])) != nil)
  }
}
