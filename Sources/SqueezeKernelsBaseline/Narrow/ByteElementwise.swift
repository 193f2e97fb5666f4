public import CSqueezeKernels

/// `y[i] = clamp(round(x[i] / scale) + z)` for `count` numbers; a NaN becomes `z`.
public func quantizeBytes(
  _ scale: Float,
  _ range: SQByteRange,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<UInt8>,
  _ count: Int
) {
  var i = 0
  while i &+ 16 <= count {
    storeBytes(sq_quantized(load(x + i), scale, range), y + i)
    i &+= 16
  }
  guard i < count else { return }
  let last = sq_quantized(load(x + i, count: count &- i), scale, range)
  for lane in 0..<count &- i { y[i &+ lane] = last[lane] }
}

/// `y[i] = scale · (x[i] − z)` for `count` bytes.
public func dequantizeBytes(
  _ scale: Float,
  _ zeroPoint: Int32,
  _ x: UnsafePointer<UInt8>,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  var i = 0
  while i &+ 16 <= count {
    let whole = sq_widened(loadBytes(x + i)) &- zeroPoint
    store(sq_floats(whole) * scale, y + i)
    i &+= 16
  }
  while i < count {
    y[i] = Float(Int32(x[i]) &- zeroPoint) * scale
    i &+= 1
  }
}

/// `y[i] = clamp(round(scale · (x[i] − zeroPoint)) + z')` for `count` bytes, a multiple of 16.
public func requantizeBytes(
  _ scale: Float,
  _ zeroPoint: Int32,
  _ range: SQByteRange,
  _ x: UnsafePointer<UInt8>,
  _ y: UnsafeMutablePointer<UInt8>,
  _ count: Int
) {
  var i = 0
  while i &+ 64 <= count {
    let bytes = sq_toBytes64(
      centred(x + i, zeroPoint) * scale,
      centred(x + i + 16, zeroPoint) * scale,
      centred(x + i + 32, zeroPoint) * scale,
      centred(x + i + 48, zeroPoint) * scale,
      range
    )
    sq_storePixels(bytes, y + i, 16, 4)
    i &+= 64
  }
  while i < count {
    storeBytes(sq_toBytes(centred(x + i, zeroPoint) * scale, range), y + i)
    i &+= 16
  }
}

/// `z[i] = clamp(round(a · x[i] + b · y[i] + c) + z')` for `count` bytes, a multiple of 16.
public func addBytes(
  _ a: Float,
  _ b: Float,
  _ c: Float,
  _ range: SQByteRange,
  _ x: UnsafePointer<UInt8>,
  _ y: UnsafePointer<UInt8>,
  _ z: UnsafeMutablePointer<UInt8>,
  _ count: Int
) {
  var i = 0
  while i &+ 64 <= count {
    let bytes = sq_toBytes64(
      sum(a, b, c, x + i, y + i),
      sum(a, b, c, x + i + 16, y + i + 16),
      sum(a, b, c, x + i + 32, y + i + 32),
      sum(a, b, c, x + i + 48, y + i + 48),
      range
    )
    sq_storePixels(bytes, z + i, 16, 4)
    i &+= 64
  }
  while i < count {
    storeBytes(sq_toBytes(sum(a, b, c, x + i, y + i), range), z + i)
    i &+= 16
  }
}

@inline(__always)
private func centred(_ x: UnsafePointer<UInt8>, _ zeroPoint: Int32) -> Vector {
  sq_floats(sq_widened(loadBytes(x)) &- zeroPoint)
}

@inline(__always)
private func sum(
  _ a: Float,
  _ b: Float,
  _ c: Float,
  _ x: UnsafePointer<UInt8>,
  _ y: UnsafePointer<UInt8>
) -> Vector {
  let second = sq_fromBytes(loadBytes(y)) * b + c
  return sq_fromBytes(loadBytes(x)) * a + second
}
