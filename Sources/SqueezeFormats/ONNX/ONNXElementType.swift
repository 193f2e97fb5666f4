import SqueezeTensor

/// The numbers that stand for element types in ONNX (`TensorProto.DataType`).
enum ONNXElementType {
  private static let numbers: [(Int32, ElementType)] = [
    (1, .float32), (2, .uint8), (3, .int8), (4, .uint16), (5, .int16), (6, .int32), (7, .int64),
    (9, .bool), (10, .float16), (11, .float64), (12, .uint32), (13, .uint64), (16, .bfloat16),
  ]

  /// The element type of a number, or `nil` where Squeeze has no such type.
  static func type(_ number: Int32) -> ElementType? { numbers.first { $0.0 == number }?.1 }

  /// The number of an element type.
  static func number(of type: ElementType) -> Int32 {
    guard let entry = numbers.first(where: { $0.1 == type }) else {
      preconditionFailure("no number for \(type)")
    }
    return entry.0
  }
}
