import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// Reads `Gemm`, `α A B + β C`, where it is no fully connected layer: a product of computed matrices
/// with what it takes around it.
enum Gemm {
  /// Whether a constant `B` and a constant row `C` make the node a fully connected layer.
  static func isLayer(_ node: ONNXNode) throws(ONNXError) -> Bool {
    guard try node.int("transA") ?? 0 == 0, let weight = try node.input(1).constant else {
      return false
    }
    guard weight.shape.rank == 2, weight.type.isReal else {
      throw node.malformed("B of shape \(weight.shape) and type \(weight.type)")
    }
    guard let c = node.optionalInput(2) else { return true }
    guard let bias = c.constant, bias.type.isReal, bias.shape.rank <= 2 else { return false }
    let columns = weight.shape[try node.int("transB") ?? 0 == 0 ? 1 : 0]
    let shape = bias.shape.dimensions
    return shape.dropLast().allSatisfy { $0 == 1 } && [1, columns].contains(shape.last ?? 1)
  }

  /// Adds transpositions, the product, factors and the sum, as far as they are needed.
  static func read(_ node: ONNXNode, into builder: inout ONNXBuilder) throws(ONNXError) {
    var operands = [try node.input(0), try node.input(1)]
    for (index, key) in ["transA", "transB"].enumerated() where try node.int(key) ?? 0 != 0 {
      operands[index] = builder.intermediate(key, Transpose([1, 0]), [operands[index]])
    }
    func factor(_ key: String) throws(ONNXError) -> ONNXOperand? {
      guard let value = try node.float(key), value != 1 else { return nil }
      return ONNXOperand("\(node.name)/\(key)", constant: Dense(Tensor([], [value])))
    }
    let (alpha, beta) = (try factor("alpha"), try factor("beta"))
    guard var c = node.optionalInput(2) else {
      guard let alpha else { return builder.emit(MatrixProduct(), operands) }
      let product = builder.intermediate("product", MatrixProduct(), operands)
      return builder.emit(Multiply(), [product, alpha])
    }
    var product = builder.intermediate("product", MatrixProduct(), operands)
    if let alpha { product = builder.intermediate("scaled", Multiply(), [product, alpha]) }
    if let beta { c = builder.intermediate("bias", Multiply(), [c, beta]) }
    builder.emit(Add(), [product, c])
  }
}
