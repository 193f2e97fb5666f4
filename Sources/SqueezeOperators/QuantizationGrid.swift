import SqueezeGraph
public import SqueezeTensor

/// The even grid that reals are rounded to, `real = scale · (q − zeroPoint)`, per tensor or per slice
/// along an axis.
///
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), equation 1.
public struct QuantizationGrid: Sendable, Hashable, Codable {
  /// One scale, or one per slice.
  public var scales: [Float]
  /// One zero point, or one per slice.
  public var zeroPoints: [Int]
  /// The axis along which scale and zero point change, negative counted from the end; `nil` for one
  /// pair.
  public var axis: Int?
  /// The type of the integers.
  public var type: ElementType

  /// Creates a grid with one scale and zero point per slice along `axis`.
  public init(scales: [Float], zeroPoints: [Int], axis: Int, type: ElementType) {
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.axis = axis
    self.type = type
  }

  /// Creates a grid with one scale and zero point.
  public init(scale: Float, zeroPoint: Int = 0, type: ElementType = .uint8) {
    scales = [scale]
    zeroPoints = [zeroPoint]
    axis = nil
    self.type = type
  }

  /// The integer types a grid may have.
  public static let types: Set<ElementType> = [.int8, .uint8, .int16, .uint16, .int32]

  /// The nearest integer on the grid, ties to even, clamped to the type; NaN gives the zero point.
  public func quantize(_ x: Float, slice: Int = 0) -> Int {
    let zero = zeroPoints[slice]
    guard let range = type.range, !x.isNaN else { return zero }
    let scaled = (x / scales[slice]).rounded(.toNearestOrEven)
    guard abs(scaled) < 0x1p40 else { return scaled > 0 ? range.upperBound : range.lowerBound }
    return min(max(Int(scaled) + zero, range.lowerBound), range.upperBound)
  }

  /// Whether a real lies in the range of the grid, so that rounding alone decides its integer.
  public func contains(_ x: Float, slice: Int = 0) -> Bool {
    guard let range = type.range else { return false }
    let q = (x / scales[slice]).rounded(.toNearestOrEven) + Float(zeroPoints[slice])
    return q >= Float(range.lowerBound) && q <= Float(range.upperBound)
  }

  /// The real number an integer stands for.
  public func dequantize(_ q: Int, slice: Int = 0) -> Float {
    scales[slice] * Float(q - zeroPoints[slice])
  }

  /// Checks scales, zero points and axis against a tensor's shape.
  func check(_ operatorName: String, _ shape: Shape) throws(ShapeError) {
    guard Self.types.contains(type), let range = type.range else {
      throw ShapeError(
        operatorName,
        expected: "an integer type of at most 32 bits",
        actual: "\(type)"
      )
    }
    var count = 1
    if let axis {
      guard let axis = shape.axis(axis) else {
        throw ShapeError(
          operatorName,
          expected: "an axis in \(-shape.rank)..<\(shape.rank)",
          actual: axis
        )
      }
      count = shape[axis]
    }
    guard scales.count == count, zeroPoints.count == count else {
      throw ShapeError(
        operatorName,
        expected: "\(count) scales and zero points",
        actual: "\(scales.count) and \(zeroPoints.count)"
      )
    }
    if let scale = scales.first(where: { !($0 > 0 && $0 < .infinity) }) {
      throw ShapeError(operatorName, expected: "positive scales", actual: scale)
    }
    if let zero = zeroPoints.first(where: { !range.contains($0) }) {
      throw ShapeError(operatorName, expected: "zero points of type \(type)", actual: zero)
    }
  }

  /// Visits the elements of a tensor in runs that share a scale.
  func forEachRun(of shape: Shape, _ body: (_ slice: Int, _ run: Range<Int>) -> Void) {
    guard let axis = axis.flatMap({ shape.axis($0) }) else { return body(0, 0..<shape.count) }
    let inner = shape.count(from: axis + 1)
    for block in 0..<shape.count(before: axis) * shape[axis] {
      body(block % shape[axis], block * inner..<(block + 1) * inner)
    }
  }
}
