public import SqueezeGraph
import SqueezeCompress
import SqueezeParameters
import SqueezeTensor

/// What one inference would cost in energy on hardware of a 45 nm process, by a model: nothing is measured.
///
/// `E = MACs · density · (multiply + add) + weights · DRAM + activations · SRAM`. Weights are fetched once
/// from DRAM in the form in which they are stored, products with pruned weights are left out, and activations are
/// written to and read from on-chip memory, 4 bytes each, or 1 where they lie on grids of 8 bits.
///
/// Source: Horowitz, "Computing's Energy Problem" (2014), figure 1.1.9; Han et al., "EIE" (2016), Table I: 32-bit
/// float multiply 3.7 pJ and add 0.9 pJ, 8-bit multiply 0.2 pJ and 32-bit add 0.1 pJ, 32 bits of
/// SRAM 5 pJ, 32 bits of DRAM 640 pJ.
public struct EnergyEstimate: Sendable, Hashable, Codable {
  /// Joules of arithmetic, of fetching weights and of moving activations.
  public var arithmetic: Double
  public var weights: Double
  public var activations: Double

  /// Joules in all.
  public var total: Double { arithmetic + weights + activations }

  /// Estimates one inference at batch 1.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - weightBytes: the bytes of its parameters as they are fetched.
  /// - Throws: `ModelError` where the graph does not hold together.
  public init(_ model: Model, weightBytes: Int) throws {
    let isInteger = ActivationQuantization.isQuantized(model)
    let multiplyAndAdd = isInteger ? 0.2e-12 + 0.1e-12 : 3.7e-12 + 0.9e-12
    let cost = try model.cost(for: model.shapes(batch: 1))
    arithmetic = cost.nodes.reduce(0) { sum, node in
      let weight = model.parameters[Model.key(node.node, "weight")]
      let density = 1 - (weight?.zeroFraction ?? 0)
      return sum + Double(node.macs) * density * multiplyAndAdd
    }
    weights = Double(weightBytes) / 4 * 640e-12
    let values = Double(cost.activationBytes) / 4
    // Written once and read once; a byte costs a quarter of a word.
    activations = 2 * values * 5e-12 * (isInteger ? 0.25 : 1)
  }
}
