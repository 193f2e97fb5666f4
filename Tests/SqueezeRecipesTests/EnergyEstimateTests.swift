import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeRecipes
import SqueezeTensor
import Testing

@Suite("Modelled energy of one input")
struct EnergyEstimateTests {
  private static func model(_ weight: any ParameterEncoding) -> Model {
    Model(
      inputs: [ModelInput("x", [1, 4])],
      outputs: ["fc"],
      nodes: [Node("fc", FullyConnected(outputFeatures: 2, hasBias: false), inputs: ["x"])],
      parameters: ["fc.weight": weight]
    )
  }

  @Test("products, fetched weights and moved values by the 45 nm table, in picojoules by hand")
  func sums() throws {
    let weight = Tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])
    let dense = try EnergyEstimate(Self.model(Dense(weight)), weightBytes: 100)
    // 8 products of 3.7 + 0.9; 100 bytes of DRAM at 1300 / 8; 2 values of 4 bytes, twice, at 10 / 8.
    #expect(abs(dense.arithmetic * 1e12 - 36.8) < 1e-6)
    #expect(abs(dense.weights * 1e12 - 16_250) < 1e-6)
    #expect(abs(dense.activations * 1e12 - 20) < 1e-6)
    #expect(dense.total == dense.arithmetic + dense.weights + dense.activations)
    let half = Masked(weight, mask: [true, false, true, false, true, false, true, false])
    let sparse = try EnergyEstimate(Self.model(half), weightBytes: 100)
    #expect(abs(sparse.arithmetic * 1e12 - 18.4) < 1e-6)
  }
}
