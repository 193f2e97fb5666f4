import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// Reads `Mean` of any number of inputs: a chain of sums, divided by their number.
public enum Mean: ONNXReader {
  public static let onnxTypes = ["Mean"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard var sum = node.optionalInput(0) else { throw node.malformed("no inputs") }
    for index in node.inputs.indices.dropFirst() {
      sum = builder.intermediate("sum\(index)", Add(), [sum, try node.input(index)])
    }
    let count = Dense(Tensor([], [Float(node.inputs.count)]))
    builder.emit(Divide(), [sum, ONNXOperand("\(node.name)/count", constant: count)])
  }
}
