import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

extension Model {
  /// The model for inputs of fixed shapes, with everything computed that needs no input.
  ///
  /// Constants are folded, and biases and batch normalizations merged into the layers before them.
  func folded(_ inference: Inference) throws -> Model {
    var model = self
    for (position, input) in model.inputs.enumerated() {
      guard let spec = inference.values[input.name] else { continue }
      model.inputs[position] = ModelInput(input.name, spec.shape, type: spec.type)
    }
    return try model.applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
  }
}
