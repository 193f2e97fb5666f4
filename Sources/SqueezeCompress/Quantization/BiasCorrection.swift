public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
public import SqueezeTensor

/// Lets biases make up for what rounding and clipping shift on average.
///
/// For each convolution and fully connected layer in order, with everything before it corrected already,
/// `b ← b + E[y] − E[ŷ]` per output channel, where `y` is what the layer gives in the model of floats and
/// `ŷ` in the quantized one. A layer without a bias gets one.
/// Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction"
/// (2019), §4.2 and appendix D (empirical bias correction).
public struct BiasCorrection: Sendable, Hashable {
  /// Creates the method.
  public init() {}

  /// The quantized model with corrected biases.
  ///
  /// - Parameters:
  ///   - model: the quantized model.
  ///   - original: the model of floats that it comes from, with nodes of the same names.
  ///   - inputs: unlabelled inputs; each a tensor for every input.
  ///   - prepare: prepares a model to run many times.
  /// - Returns: the quantized model with other biases.
  /// - Throws: ``CalibrationError`` without inputs, and what running throws.
  public func apply(
    to model: Model,
    like original: Model,
    calibratedOn inputs: some Collection<[String: Tensor]>,
    preparing prepare: ModelPreparation
  ) throws -> Model {
    guard let first = inputs.first else {
      throw CalibrationError("bias correction", expected: "at least one input", actual: "none")
    }
    let inference = try original.infer(first.mapValues(\.shape))
    let layers = original.nodes.filter { node in
      // Channels lie along the second axis.
      guard Self.bias(of: node.op) != nil else { return false }
      return !(node.op is FullyConnected) || inference.inputs(of: node)[0].shape.rank == 2
    }
    let expected = try ChannelMeans.measure(
      original,
      of: layers.map { $0.outputs[0] },
      on: inputs,
      preparing: prepare
    )
    var model = model
    for layer in layers {
      guard let position = model.nodes.firstIndex(where: { $0.name == layer.name }),
        let wanted = expected[layer.outputs[0]]
      else { continue }
      let output = model.nodes[position].outputs[0]
      let actual = try ChannelMeans.measure(model, of: [output], on: inputs, preparing: prepare)
      guard let means = actual[output], means.count == wanted.count,
        let biased = Self.bias(of: model.nodes[position].op)
      else { continue }
      let key = Model.key(layer.name, "bias")
      let bias = biased.isPresent ? model.parameters[key]?.decoded().scalars : nil
      let corrected = wanted.indices.map {
        Float(Double(bias?[$0] ?? 0) + wanted[$0] - means[$0])
      }
      model.nodes[position].op = biased.op
      model.parameters[key] = Dense(Tensor([corrected.count], corrected))
    }
    return model
  }

  /// A layer's operator with a bias, and whether it has one; `nil` for other operators.
  private static func bias(of op: any Operator) -> (op: any Operator, isPresent: Bool)? {
    switch op {
    case var op as Convolution:
      let isPresent = op.hasBias
      op.hasBias = true
      return (op, isPresent)
    case var op as TransposedConvolution:
      let isPresent = op.hasBias
      op.hasBias = true
      return (op, isPresent)
    case var op as FullyConnected:
      let isPresent = op.hasBias
      op.hasBias = true
      return (op, isPresent)
    default: return nil
    }
  }
}
