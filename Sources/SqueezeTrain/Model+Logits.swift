public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

extension Model {
  /// The value that a loss on logits sees in place of an output: what goes into the softmax, log-softmax
  /// or sigmoid that makes the output, or the output itself.
  ///
  /// A closing `Identity` is looked through.
  public func logits(of output: String) -> String {
    var name = output
    while let node = nodes.last(where: { $0.outputs == [name] }), let input = node.inputs.first {
      switch node.op {
      case is Softmax, is LogSoftmax, is Sigmoid: return input
      case is Identity: name = input
      default: return output
      }
    }
    return output
  }

  /// The values behind all outputs, in order; see ``logits(of:)``.
  public var logits: [String] { outputs.map { logits(of: $0) } }

  /// The part of the model that gives certain values: other outputs, and no node that they do not need.
  public func giving(_ values: [String]) -> Model {
    var model = self
    model.outputs = values
    model.removeUnusedNodes()
    return model
  }
}
