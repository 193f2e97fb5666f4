public import SqueezeGraph
import SqueezeCompress
import SqueezeDesign
import SqueezeParameters
import SqueezeTensor

/// What one inference would cost in energy on hardware of a 45 nm process, by a model: nothing is measured.
///
/// `E = MACs · density · (multiply + add) + weights · DRAM + activations · SRAM`. Weights are fetched once
/// from DRAM in the form in which they are stored, products with pruned weights are left out, and activations are
/// written to and read from on-chip memory, 4 bytes each, or 1 where they lie on grids of 8 bits.
///
/// The energy of single operations is that of `EnergyTable45nm`; activations lie in its smallest cache.
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
    let multiplyAndAdd = 1e-12 * EnergyTable45nm.multiplyAccumulate(isInteger ? .int8 : .float32)
    let cost = try model.cost(for: model.shapes(batch: 1))
    arithmetic = cost.nodes.reduce(0) { sum, node in
      let weight = model.parameters[Model.key(node.node, "weight")]
      let density = 1 - (weight?.zeroFraction ?? 0)
      return sum + Double(node.macs) * density * multiplyAndAdd
    }
    weights = Double(weightBytes) * EnergyTable45nm.byteOfDRAM * 1e-12
    // Written once and read once; on grids a value takes a byte instead of four.
    let bytes = 2 * Double(cost.activationBytes) * (isInteger ? 0.25 : 1)
    activations = bytes * EnergyTable45nm.byteOfCache(8 << 10) * 1e-12
  }
}
