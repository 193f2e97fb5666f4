/// The quotient `y = a / b`, with broadcasting as ``BroadcastOperator`` says.
///
/// Real or integer; integers are cut towards zero, and division by zero gives 0.
public struct Divide: BroadcastOperator {
  public static let onnxType = "Div"

  /// Creates the operator.
  public init() {}

  public static func apply(_ a: Float, _ b: Float) -> Float { a / b }
  public static func apply(_ a: Int, _ b: Int) -> Int? {
    b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
  }
}

// MARK: - Gradient

extension Divide {
  public static func derivatives(_ a: Float, _ b: Float) -> (a: Float, b: Float) {
    (1 / b, -a / (b * b))
  }
}
