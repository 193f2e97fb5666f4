import SqueezeCompress
import SqueezeGraph
import SqueezeTensor
import Testing

@Suite("Activation walk")
struct ActivationWalkTests {
  @Test("parts give what the whole gives, and keep only what is needed")
  func parts() throws {
    let model = try PostTrainingCompressionTests.network()
    let samples = PostTrainingCompressionTests.samples(3)
    var walk = ActivationWalk(samples, runtime: ReferenceRuntime())
    var observed = model
    observed.outputs = model.nodes.flatMap(\.outputs)
    let expected = try samples.map { try ReferenceRuntime().run(observed, inputs: $0) }
    for end in [0, 3, 6, 6, 7, 9, 11] {
      try walk.advance(to: end, in: model)
      let live = ActivationWalk.live(at: end, in: model)
      for (values, expected) in zip(walk.values, expected) {
        #expect(Set(values.keys) == Set(live))
        for (name, tensor) in values where name != "x" { #expect(tensor == expected[name]) }
      }
    }
    // Between the two branches there are their input and the first branch's result.
    #expect(ActivationWalk.live(at: 6, in: model).sorted() == ["b", "dr"])
    let inference = try model.infer([:])
    #expect(ActivationWalk.bytes([6], in: model, inference) == 4 * (12 * 16 + 16 * 16))
  }
}
