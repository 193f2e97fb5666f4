import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct TuningTests {
  @Test("kernels are measured once, remembered, and agree with the reference")
  func measuresOnce() throws {
    let model = try TestNetworks.fire()
    let shapes: [String: Shape] = ["data": [1, 3, 47, 47]]
    let tuned = TunedChoices()
    let first = try CompiledModel(model, shapes: shapes, tuned: tuned)
    #expect(tuned.measuredCount > 0)
    #expect(tuned.choices.count == tuned.measuredCount)
    let inputs = ["data": TestNetworks.input([1, 3, 47, 47])]
    let expected = try #require(try ReferenceRuntime().run(model, inputs: inputs)["prob"])
    expect(try first.run(inputs)["prob"], expected, "tuned")
    let again = TunedChoices(tuned.choices)
    let second = try CompiledModel(model, shapes: shapes, tuned: again)
    #expect(again.measuredCount == 0)
    #expect(second.steps.map(\.kernel) == first.steps.map(\.kernel))
  }

  @Test("a remembered choice is followed, one that no longer exists is measured again")
  func followsChoices() throws {
    let model = try TestNetworks.chain(
      [("c", Convolution(outputChannels: 32, window: SlidingWindow(3, padding: 1)))],
      input: [1, 32, 24, 24]
    )
    let tuned = TunedChoices()
    _ = try CompiledModel(model, tuned: tuned)
    let key = try #require(tuned.choices.keys.first)
    for kernel in ["TiledConvolution", "WinogradConvolution"] {
      let compiled = try CompiledModel(model, tuned: TunedChoices([key: kernel]))
      #expect(compiled.steps.contains { $0.kernel == kernel })
    }
    let stale = TunedChoices([key: "GoneConvolution"])
    _ = try CompiledModel(model, tuned: stale)
    #expect(stale.measuredCount == 1)
    #expect(stale.choices[key] != "GoneConvolution")
  }

  @Test("what stands in a fused pass or has one kernel is not measured")
  func leavesTheRest() throws {
    let tuned = TunedChoices()
    let model = try TestNetworks.chain(
      [("s", Sigmoid()), ("t", Tanh()), ("p", MaxPool(window: SlidingWindow(2)))],
      input: [1, 5, 8, 8]
    )
    _ = try CompiledModel(model, tuned: tuned)
    #expect(tuned.choices.isEmpty)
  }
}
