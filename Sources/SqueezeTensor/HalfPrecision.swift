/// IEEE 754 binary16 and bfloat16 by integer arithmetic, the same on every platform.
public enum HalfPrecision {
  /// The binary16 bits nearest to `value`, ties to even; overflow gives infinity.
  public static func float16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let magnitude = bits & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 {  // NaN keeps its top payload bits and stays quiet
      return sign | 0x7E00 | UInt16(truncatingIfNeeded: (magnitude >> 13) & 0x1FF)
    }
    if magnitude >= 0x4780_0000 { return sign | 0x7C00 }
    if magnitude < 0x3300_0000 { return sign }
    let exponent = Int32(magnitude >> 23)
    // Normal numbers drop 13 mantissa bits; subnormal ones drop more and lose the hidden bit.
    let dropped = exponent >= 113 ? 13 : UInt32(126 - exponent)
    let significand: UInt32 =
      exponent >= 113 ? magnitude - (112 << 23) : (magnitude & 0x7F_FFFF) | 0x80_0000
    let half = UInt32(1) << (dropped - 1)
    let rest = significand & ((half << 1) - 1)
    var result = significand >> dropped
    if rest > half || (rest == half && result & 1 == 1) { result += 1 }
    return sign | UInt16(truncatingIfNeeded: result)
  }

  /// The value of binary16 bits; exact.
  public static func float(float16Bits bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let mantissa = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(mantissa) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | (mantissa << 13))
    default: return Float(bitPattern: sign | ((exponent + 112) << 23) | (mantissa << 13))
    }
  }

  /// The bfloat16 bits nearest to `value`, ties to even.
  public static func bfloat16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)
  }

  /// The value of bfloat16 bits; exact.
  public static func float(bfloat16Bits bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }
}
