public import SqueezeTensor

extension ElementType {
  /// The number ONNX gives the type in `TensorProto.DataType`.
  public var onnxCode: Int {
    switch self {
    case .float32: 1
    case .uint8: 2
    case .int8: 3
    case .uint16: 4
    case .int16: 5
    case .int32: 6
    case .int64: 7
    case .bool: 9
    case .float16: 10
    case .float64: 11
    case .uint32: 12
    case .uint64: 13
    case .bfloat16: 16
    }
  }

  /// The type of a number in `TensorProto.DataType`, or `nil` where Squeeze has no such type.
  public init?(onnxCode code: Int) {
    guard let type = Self.allCases.first(where: { $0.onnxCode == code }) else { return nil }
    self = type
  }
}
