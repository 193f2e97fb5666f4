import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

extension Model {
  /// The model for inputs of fixed shapes, with everything computed that needs no input.
  ///
  /// Constants are folded, and biases and batch normalizations merged into the layers before them.
  /// Weights that train behind a grid become its integers, which quantized layers compute with.
  consuming func folded(_ inference: Inference) throws -> Model {
    for position in inputs.indices {
      guard let spec = inference.values[inputs[position].name] else { continue }
      inputs[position] = ModelInput(inputs[position].name, spec.shape, type: spec.type)
    }
    for (key, parameter) in parameters {
      if let latent = parameter as? StraightThroughInteger { parameters[key] = latent.rounded }
    }
    return try applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
  }
}
