/// A node of an ONNX graph that cannot become an operator.
public enum ONNXError: Error, Sendable, Hashable {
  /// The node is sound, but asks for what Squeeze does not have.
  case unsupported(node: String, type: String, reason: String)
  /// The node contradicts the standard.
  case malformed(node: String, type: String, reason: String)
}

extension ONNXError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unsupported(let node, let type, let reason):
      "\(type) \"\(node)\": \(reason) is not supported"
    case .malformed(let node, let type, let reason): "\(type) \"\(node)\": \(reason)"
    }
  }
}
