import SqueezeGraph
import SqueezeTensor

/// How much a model's outputs suffer from errors of one layer, measured.
///
/// Each layer is rounded alone, to a step at which its outputs change by a small part of their variance;
/// the sensitivity is the distortion of the model over the mean square error of the layer. Errors that
/// add up over positions, such as before a global pool, weigh as much as they really do.
struct LayerSensitivity {
  /// The mean square error of a probe, as a part of the mean square of the layer's outputs.
  static let probe = 0.005
  /// The inputs that are enough for a probe.
  static let inputLimit = 24

  let model: Model
  let inputs: [[String: Tensor]]
  let runtime: any Runtime
  /// The distortion against the original model on `inputs`.
  let distortion: OutputDistortion

  /// The sensitivity of a layer, positive.
  func callAsFunction(_ layer: RoundedLayer) throws -> Double {
    let rounding = layer.rounding
    let energy = rounding.outputEnergy
    let curvature = rounding.meanCurvature
    let count = layer.weight.scalars.count { $0 != 0 }
    guard energy > 0, curvature > 0, count > 0 else { return Self.least }
    let square = 12 * Self.probe * energy / (curvature * Double(count))
    let step = UniformGrid.admissible(Float(square.squareRoot()), for: rounding.weight)
    var probed = model
    let error = layer.round(step: step, in: &probed).error
    let run = try runtime.prepared(probed)
    let distortion = try distortion.mean(of: inputs.map(run))
    guard error > 0, distortion.isFinite else { return Self.least }
    return max(distortion / error, Self.least)
  }

  /// What stands for a layer that nothing depends on.
  static let least = 1e-30
}
