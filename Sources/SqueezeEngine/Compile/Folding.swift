import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

extension Model {
  /// The model for inputs of fixed shapes, with everything computed that needs no input.
  ///
  /// Constants are folded, and biases and batch normalizations merged into the layers before them.
  /// Weights that train behind a grid become its integers, which quantized layers compute with; codebooks that a
  /// batch normalization was merged into keep their indices.
  consuming func folded(_ inference: Inference) throws -> Model {
    for position in inputs.indices {
      guard let spec = inference.values[inputs[position].name] else { continue }
      inputs[position] = ModelInput(inputs[position].name, spec.shape, type: spec.type)
    }
    for (key, parameter) in parameters {
      if let latent = parameter as? StraightThroughInteger { parameters[key] = latent.rounded }
    }
    let books = parameters.filter { $0.value is Codebook || $0.value is MaskedCodebook }
    var folded = try applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
    for (key, book) in books {
      guard let dense = folded.parameters[key] as? Dense else { continue }
      folded.parameters[key] = book.scaled(to: dense.decoded()) ?? dense
    }
    return folded
  }
}

extension ParameterEncoding {
  /// The codebook with a factor per output channel, where that gives a tensor.
  fileprivate func scaled(to tensor: Tensor) -> (any ParameterEncoding)? {
    switch self {
    case let book as Codebook: ScaledCodes(book, scaledTo: tensor)
    case let book as MaskedCodebook: ScaledCodes(book, scaledTo: tensor)
    default: nil
    }
  }
}
