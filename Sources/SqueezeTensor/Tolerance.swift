/// How far a fast result may lie from the reference, by element type.
public struct Tolerance: Sendable, Hashable {
  /// The difference allowed relative to the largest magnitude of the reference output.
  public var relative: Float
  /// The difference allowed whatever the magnitude.
  public var absolute: Float

  /// Creates a tolerance.
  public init(relative: Float, absolute: Float) {
    self.relative = relative
    self.absolute = absolute
  }

  /// The tolerance for results of `type`: rounding of sums of a few thousand products.
  public static func standard(for type: ElementType) -> Tolerance {
    switch type {
    case .float32, .float64: Tolerance(relative: 1e-5, absolute: 1e-6)
    case .float16: Tolerance(relative: 2e-3, absolute: 1e-4)
    case .bfloat16: Tolerance(relative: 1.6e-2, absolute: 1e-3)
    default: Tolerance(relative: 0, absolute: 1)  // one quantization step
    }
  }

  /// Whether `actual` lies within the tolerance of `expected`, element by element.
  ///
  /// NaN agrees with NaN, an infinity with itself.
  public func accepts(_ actual: Tensor, expected: Tensor) -> Bool {
    guard actual.shape == expected.shape else { return false }
    return worstExcess(actual, expected: expected) <= 0
  }

  /// The largest difference beyond the tolerance; at most 0 where all elements agree.
  public func worstExcess(_ actual: Tensor, expected: Tensor) -> Float {
    let (a, e) = (actual.reals, expected.reals)
    let largest = e.lazy.filter(\.isFinite).map { abs($0) }.max() ?? 0
    let allowed = max(absolute, relative * largest)
    var worst = -allowed
    for (x, y) in zip(a, e) where !(x == y || (x.isNaN && y.isNaN)) {
      let difference = abs(x - y)
      worst = max(worst, difference.isNaN ? .infinity : difference - allowed)
    }
    return worst
  }
}
