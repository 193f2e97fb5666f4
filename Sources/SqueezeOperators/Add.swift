/// The sum `y = a + b`, with broadcasting as ``BroadcastOperator`` says.
///
/// Real or integer.
public struct Add: BroadcastOperator {
  public static let onnxType = "Add"

  /// Creates the operator.
  public init() {}

  public static func apply(_ a: Float, _ b: Float) -> Float { a + b }
  public static func apply(_ a: Int, _ b: Int) -> Int? { a &+ b }
}

// MARK: - Gradient

extension Add {
  public static func derivatives(_ a: Float, _ b: Float) -> (a: Float, b: Float) { (1, 1) }
}

// MARK: - ONNX

extension Add {
  public static let onnxTypes = ["Add", "Sum"]

  /// Reads `Add`, and `Sum` with any number of inputs.
  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    try readChain(node, into: &builder)
  }
}
