import SqueezeTensor
import Testing

@Suite struct ElementTypeTests {
  @Test("integers have a range, reals none", arguments: ElementType.allCases)
  func ranges(_ type: ElementType) {
    #expect(type.isReal == (type.range == nil))
    guard let range = type.range, type != .bool, type != .uint64 else { return }
    let bits = 8 * type.byteCount
    let values = range.upperBound.magnitude &- UInt(bitPattern: range.lowerBound)
    #expect(values == (bits == 64 ? .max : UInt(1) << UInt(bits) - 1))
    #expect((range.lowerBound < 0) == !type.rawValue.hasPrefix("u"))
  }

  @Test func bytes() {
    let bytes: [ElementType: Int] = [
      .float64: 8, .float32: 4, .float16: 2, .bfloat16: 2, .int8: 1, .uint8: 1, .int16: 2,
      .uint16: 2, .int32: 4, .uint32: 4, .int64: 8, .uint64: 8, .bool: 1,
    ]
    for type in ElementType.allCases { #expect(type.byteCount == bytes[type]) }
  }
}
