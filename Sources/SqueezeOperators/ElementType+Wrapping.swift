import SqueezeTensor

extension ElementType {
  /// The integer of this type that equals `value` modulo the type's size; `bool` has 1 for all but 0.
  func wrapped(_ value: Int) -> Int {
    switch self {
    case .bool: value == 0 ? 0 : 1
    case .int8: Int(Int8(truncatingIfNeeded: value))
    case .uint8: Int(UInt8(truncatingIfNeeded: value))
    case .int16: Int(Int16(truncatingIfNeeded: value))
    case .uint16: Int(UInt16(truncatingIfNeeded: value))
    case .int32: Int(Int32(truncatingIfNeeded: value))
    case .uint32: Int(UInt32(truncatingIfNeeded: value))
    case .uint64: value & Int.max
    default: value
    }
  }
}
