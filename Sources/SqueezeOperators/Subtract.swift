/// The difference `y = a − b`, with broadcasting as ``BroadcastOperator`` says.
///
/// Real or integer.
public struct Subtract: BroadcastOperator {
  public static let onnxType = "Sub"

  /// Creates the operator.
  public init() {}

  public static func apply(_ a: Float, _ b: Float) -> Float { a - b }
  public static func apply(_ a: Int, _ b: Int) -> Int? { a &- b }
}

// MARK: - Gradient

extension Subtract {
  public static func derivatives(_ a: Float, _ b: Float) -> (a: Float, b: Float) { (1, -1) }
}
