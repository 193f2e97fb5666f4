public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// Runs a model: every output by name.
///
/// Compression methods that have to see a model at work are handed such a closure, so that they do not
/// depend on an engine.
public typealias ModelRun = (
  _ model: Model, _ inputs: [String: Tensor]
) throws -> [String: Tensor]

/// Prepares a model to run many times, such as `Runtime.prepared`: the result gives every output by name.
///
/// Methods that run changed models again and again are handed such a closure.
public typealias ModelPreparation = (
  _ model: Model
) throws -> (_ inputs: [String: Tensor]) throws -> [String: Tensor]

extension Model {
  /// The keys of the weights that compression works on, in the order of the graph.
  ///
  /// These are the parameters named `weight` of convolutions, transposed convolutions and fully connected
  /// layers, such as `conv1.weight`; biases and normalizations are not among them.
  public var weightKeys: [String] {
    nodes.compactMap { node in
      let isLayer =
        node.op is Convolution || node.op is TransposedConvolution || node.op is FullyConnected
      let key = Model.key(node.name, "weight")
      return isLayer && parameters[key] != nil ? key : nil
    }
  }
}
