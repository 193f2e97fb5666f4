/// The sizes of a tensor's axes, outermost first.
///
/// Images are `[N, C, H, W]`, weights `[O, I/groups, kH, kW]`, fully connected weights `[O, I]`.
public struct Shape: Sendable, Hashable, Codable {
  /// The size of every axis.
  public var dimensions: [Int]

  /// Creates a shape from the size of every axis, outermost first.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  /// The number of axes; 0 for a scalar.
  public var rank: Int { dimensions.count }

  /// The number of elements, the product of all dimensions; 1 for a scalar.
  ///
  /// Traps on overflow, so shapes from outside go through ``checkedCount`` first.
  public var count: Int { dimensions.reduce(1, *) }

  /// The number of elements, or `nil` where a dimension is negative or the product of those above 0
  /// exceeds ``maximumCount``.
  public var checkedCount: Int? {
    var product = 1
    guard dimensions.allSatisfy({ $0 >= 0 }) else { return nil }
    for dimension in dimensions {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(dimension, 1))
      guard !overflow, next <= Self.maximumCount else { return nil }
      product = next
    }
    return dimensions.contains(0) ? 0 : product
  }

  /// The most elements a tensor may have, 2⁴⁰: far above any network, far below overflow.
  public static let maximumCount = 1 << 40

  /// The size of axis `axis`.
  public subscript(axis: Int) -> Int {
    get { dimensions[axis] }
    set { dimensions[axis] = newValue }
  }

  /// The number of elements between neighbours along each axis, in row-major order.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The number of elements of one slice along all axes from `axis` on.
  public func count(from axis: Int) -> Int { dimensions[axis...].reduce(1, *) }

  /// The number of slices before `axis`.
  public func count(before axis: Int) -> Int { dimensions[..<axis].reduce(1, *) }

  /// The axis that a possibly negative index means, or `nil` outside `-rank..<rank`.
  public func axis(_ index: Int) -> Int? {
    guard index >= -rank, index < rank else { return nil }
    return index < 0 ? index + rank : index
  }

  /// The shape both broadcast to by the rules of NumPy and ONNX, or `nil` where they disagree.
  public func broadcast(with other: Shape) -> Shape? {
    let rank = max(self.rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let a = axis - (rank - self.rank) < 0 ? 1 : self[axis - (rank - self.rank)]
      let b = axis - (rank - other.rank) < 0 ? 1 : other[axis - (rank - other.rank)]
      guard a == b || a == 1 || b == 1 else { return nil }
      result[axis] = a == 1 ? b : a
    }
    return Shape(result)
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  public var description: String {
    "[" + dimensions.map { String($0) }.joined(separator: ", ") + "]"
  }
}
