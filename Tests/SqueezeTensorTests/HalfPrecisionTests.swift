import SqueezeTensor
import Testing

@Suite struct HalfPrecisionTests {
  /// FNV-1a over whole numbers, to compare long lists with NumPy's.
  static func hash(_ numbers: some Sequence<UInt64>) -> UInt64 {
    numbers.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01B3 }
  }

  @Test func everyHalfSurvives() {
    for bits in UInt16.min...UInt16.max {
      let value = HalfPrecision.float(float16Bits: bits)
      let back = HalfPrecision.float16Bits(value)
      if bits & 0x7FFF > 0x7C00 {
        #expect(value.isNaN && back == bits | 0x200)  // NaN becomes quiet
      } else if back != bits {
        Issue.record("\(bits) became \(back)")
      }
    }
  }

  /// The hash of `arange(65536, uint16).view(float16).astype(float32)` without NaN, NumPy 2.4.
  @Test func everyHalfHasNumPysValue() {
    let values = (UInt16.min...UInt16.max).map { HalfPrecision.float(float16Bits: $0) }
    let bits = values.filter { !$0.isNaN }.map { UInt64($0.bitPattern) }
    #expect(Self.hash(bits) == 0xA4D3_893B_FED7_8FED)
  }

  /// Every 196,611th `float32` as NumPy 2.4 rounds it.
  @Test func roundingIsNumPys() {
    let values = stride(from: 0, to: UInt64(1) << 32, by: 196_611)
      .map { Float(bitPattern: UInt32($0)) }.filter { !$0.isNaN }
    #expect(values.count == 21_760)
    #expect(
      Self.hash(values.map { UInt64(HalfPrecision.float16Bits($0)) }) == 0x618B_0E17_A27F_7C70
    )
  }

  // float32(x).astype(float16).view(uint16) of NumPy 2.4.
  @Test(
    "float16 rounds to nearest even",
    arguments: [
      (0, 0), (-0.0, 0x8000), (1, 0x3C00), (-2, 0xC000), (0.1, 0x2E66), (1234.567, 0x64D3),
      (65504, 0x7BFF), (65519.996, 0x7BFF),  // the largest, and just below the tie beyond it
      (65520, 0x7C00), (-1e9, 0xFC00), (.infinity, 0x7C00),
      (0x1p-14, 0x400), (0x1.ffcp-15, 0x400), (6.1e-5, 0x3FF),  // around the smallest normal
      (0x1p-24, 1), (0x1p-25, 0), (0x1.0004p-25, 1), (0x3p-25, 2), (0x5p-25, 2), (1e-10, 0),
      (0x1.002p0, 0x3C00), (0x1.006p0, 0x3C02), (0x1.00202p0, 0x3C01),  // ties and just above one
      (2049, 0x6800), (2051, 0x6802),
    ] as [(Float, UInt16)]
  )
  func float16(_ value: Float, _ bits: UInt16) {
    #expect(HalfPrecision.float16Bits(value) == bits)
  }

  // By hand: the upper 16 bits of the float32 pattern, the lower ones rounded to nearest even.
  @Test(
    "bfloat16 rounds to nearest even",
    arguments: [
      (0, 0), (-0.0, 0x8000), (1, 0x3F80), (3.14159265, 0x4049),  // 0x40490FDB
      (0x1.01p0, 0x3F80), (0x1.03p0, 0x3F82), (0x1.0102p0, 0x3F81),  // ties and just above one
      (.greatestFiniteMagnitude, 0x7F80), (-.infinity, 0xFF80), (0x1p-149, 0),
    ] as [(Float, UInt16)]
  )
  func bfloat16(_ value: Float, _ bits: UInt16) {
    #expect(HalfPrecision.bfloat16Bits(value) == bits)
  }

  @Test func everyBfloat16Survives() {
    for bits in UInt16.min...UInt16.max {
      let value = HalfPrecision.float(bfloat16Bits: bits)
      let back = HalfPrecision.bfloat16Bits(value)
      if back != (value.isNaN ? bits | 0x40 : bits) { Issue.record("\(bits) became \(back)") }
    }
    #expect(HalfPrecision.float(float16Bits: HalfPrecision.float16Bits(.nan)).isNaN)
  }
}
