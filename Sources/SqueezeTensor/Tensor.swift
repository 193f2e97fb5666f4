/// A dense array of numbers in row-major order.
///
/// Real element types are held as `Float` in ``scalars``, integer types as `Int` in ``integers``;
/// the other array is empty.
public struct Tensor: Sendable, Hashable {
  public let shape: Shape
  public let type: ElementType
  /// The elements of a real tensor, row-major; empty for an integer tensor.
  public var scalars: [Float]
  /// The elements of an integer tensor, row-major; empty for a real tensor.
  public var integers: [Int]

  /// Creates a real tensor.
  ///
  /// - Precondition: `scalars` has `shape.count` elements.
  public init(_ shape: Shape, _ scalars: [Float], type: ElementType = .float32) {
    precondition(type.isReal, "a \(type) tensor needs integers")
    precondition(
      shape.count == scalars.count,
      "shape \(shape) needs \(shape.count) scalars, got \(scalars.count)"
    )
    self.shape = shape
    self.type = type
    self.scalars = scalars
    integers = []
  }

  /// Creates an integer tensor.
  ///
  /// - Precondition: `integers` has `shape.count` elements.
  public init(_ shape: Shape, integers: [Int], type: ElementType = .int64) {
    precondition(!type.isReal, "a \(type) tensor needs scalars")
    precondition(
      shape.count == integers.count,
      "shape \(shape) needs \(shape.count) integers, got \(integers.count)"
    )
    self.shape = shape
    self.type = type
    scalars = []
    self.integers = integers
  }

  /// Creates a tensor filled with zeros.
  public init(zeros shape: Shape, type: ElementType = .float32) {
    if type.isReal {
      self.init(shape, [Float](repeating: 0, count: shape.count), type: type)
    } else {
      self.init(shape, integers: [Int](repeating: 0, count: shape.count), type: type)
    }
  }

  /// Its shape and element type.
  public var spec: TensorSpec { TensorSpec(shape, type) }

  /// The number of elements.
  public var count: Int { type.isReal ? scalars.count : integers.count }

  /// The same elements in another shape of the same count.
  public func reshaped(_ shape: Shape) -> Tensor {
    type.isReal
      ? Tensor(shape, scalars, type: type) : Tensor(shape, integers: integers, type: type)
  }

  /// The elements as `Float`, whatever the type.
  public var reals: [Float] { type.isReal ? scalars : integers.map { Float($0) } }

  /// Whether both have the same shape, type and bits; unlike `==`, NaN equals NaN and -0 is not 0.
  public func isBitIdentical(to other: Tensor) -> Bool {
    guard shape == other.shape, type == other.type, integers == other.integers,
      scalars.count == other.scalars.count
    else { return false }
    return zip(scalars, other.scalars).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}

extension Tensor {
  /// The elements in another type: reals are cut to whole numbers and both to the type's range.
  public func converted(to type: ElementType) -> Tensor {
    if type == self.type { return self }
    guard let range = type.range else { return Tensor(shape, reals, type: type) }
    guard self.type.isReal else {
      return Tensor(
        shape,
        integers: integers.map { min(max($0, range.lowerBound), range.upperBound) },
        type: type
      )
    }
    let (low, high) = (Float(range.lowerBound), Float(range.upperBound))
    let whole = scalars.map { value in
      value.isNaN
        ? 0 : value >= high ? range.upperBound : value <= low ? range.lowerBound : Int(value)
    }
    return Tensor(shape, integers: whole, type: type)
  }
}
