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

// MARK: - Gradient

extension Minimum {
  /// All of it goes to the smaller number, to `b` where they are equal.
  public static func derivatives(_ a: Float, _ b: Float) -> (a: Float, b: Float) {
    apply(a, b) == a && a != b ? (1, 0) : (0, 1)
  }
}

// MARK: - ONNX

extension Minimum {
  /// Reads the ONNX type with any number of inputs.
  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    try readChain(node, into: &builder)
  }
}
