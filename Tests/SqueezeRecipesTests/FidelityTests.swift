import SqueezeParameters
import SqueezeRecipes
import SqueezeTensor
import Testing

@Suite struct FidelityTests {
  @Test func sameModelLosesNothing() throws {
    let model = twoLayers()
    let probe = try FidelityProbe(model, inputs: inputs(), threads: 1)
    let fidelity = try probe.fidelity(of: model)
    #expect(probe.count == 32)
    #expect(fidelity.agreement == 1)
    #expect(fidelity.expectedDrop == 0)
    #expect(abs(fidelity.divergence) < 1e-6)
  }

  @Test func worseModelsLoseMore() throws {
    let model = twoLayers()
    let probe = try FidelityProbe(model, inputs: inputs(), threads: 1)
    var losses: [Fidelity] = []
    for noise in [Float(0.05), 0.5, 3] {
      var random = SeededGenerator(seed: 5)
      var changed = model
      let weight = changed.parameters["a.weight"]?.decoded().scalars ?? []
      changed.parameters["a.weight"] = Dense(
        Tensor([8, 6], weight.map { $0 + random.uniform(-noise, noise) })
      )
      losses.append(try probe.fidelity(of: changed))
    }
    #expect(losses[0].divergence < losses[1].divergence)
    #expect(losses[1].divergence < losses[2].divergence)
    #expect(losses[2].agreement < 1 && losses[2].expectedDrop > 0)
  }
}
