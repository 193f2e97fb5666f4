import SqueezeGraph
import SqueezeTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The power `y = aᵇ`, with broadcasting as ``BroadcastOperator`` says.
///
/// Real or integer; a negative base with a fractional exponent gives NaN, and a negative power of an
/// integer is cut towards zero.
public struct Power: BroadcastOperator {
  public static let onnxType = "Pow"

  /// Creates the operator.
  public init() {}

  public static func apply(_ a: Float, _ b: Float) -> Float { Float(pow(Double(a), Double(b))) }

  public static func apply(_ a: Int, _ b: Int) -> Int? {
    if b < 0 { return a == 1 || (a == -1 && b % 2 == 0) ? 1 : a == -1 ? -1 : 0 }
    var (result, square, exponent) = (1, a, b)
    while exponent > 0 {
      if exponent & 1 == 1 { result = result &* square }
      square = square &* square
      exponent >>= 1
    }
    return result
  }
}

// MARK: - Gradient

extension Power {
  /// `b aᵇ⁻¹` and `aᵇ log a`, the latter 0 for bases up to 0, beside which no power is real.
  public static func derivatives(_ a: Float, _ b: Float) -> (a: Float, b: Float) {
    (
      b == 0 ? 0 : b * apply(a, b - 1),
      a > 0 ? Float(pow(Double(a), Double(b)) * log(Double(a))) : 0
    )
  }
}

// MARK: - ONNX

extension Power {
  /// Reads `Pow`, whose exponents may be integers for real bases.
  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let base = try node.input(0)
    var exponent = try node.input(1)
    let exponentType = exponent.spec?.type ?? exponent.constant?.type
    if base.spec?.type.isReal ?? true, exponentType?.isReal == false {
      exponent = builder.intermediate("exponent", Cast(.float32), [exponent])
    }
    builder.emit(Power(), [base, exponent])
  }
}
