/// What is known of a tensor before it exists: its shape and element type.
public struct TensorSpec: Sendable, Hashable, Codable {
  public var shape: Shape
  public var type: ElementType

  /// Creates the description of a tensor.
  public init(_ shape: Shape, _ type: ElementType = .float32) {
    self.shape = shape
    self.type = type
  }

  /// The bytes of all elements.
  public var byteCount: Int { shape.count * type.byteCount }
}

extension TensorSpec: CustomStringConvertible {
  public var description: String { "\(type) \(shape)" }
}
