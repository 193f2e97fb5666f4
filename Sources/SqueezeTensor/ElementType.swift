/// The type of a tensor's elements as files and operators name it.
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
  case float32, float16, bfloat16, float64
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64, bool

  /// Whether elements are real numbers, kept as `Float`; the others are kept as `Int`.
  public var isReal: Bool {
    switch self {
    case .float32, .float16, .bfloat16, .float64: true
    default: false
    }
  }

  /// The bytes of one element in a file.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The integers an element may be, or `nil` for real numbers.
  ///
  /// `uint64` is kept in 63 bits.
  public var range: ClosedRange<Int>? {
    switch self {
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .uint16: 0...65535
    case .int32: -2_147_483_648...2_147_483_647
    case .uint32: 0...4_294_967_295
    case .int64: Int.min...Int.max
    case .uint64: 0...Int.max
    case .bool: 0...1
    default: nil
    }
  }
}
