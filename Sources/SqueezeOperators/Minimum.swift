/// The smaller of two numbers, with broadcasting as ``BroadcastOperator`` says.
///
/// Real or integer; NaN wins.
public struct Minimum: BroadcastOperator {
  public static let onnxType = "Min"

  /// Creates the operator.
  public init() {}

  public static func apply(_ a: Float, _ b: Float) -> Float { a < b || a.isNaN ? a : b }
  public static func apply(_ a: Int, _ b: Int) -> Int? { min(a, b) }
}

extension Minimum {
  /// Reads the ONNX type with any number of inputs.
  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    try readChain(node, into: &builder)
  }
}
