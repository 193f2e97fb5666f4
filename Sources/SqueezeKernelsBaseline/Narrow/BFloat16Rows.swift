import CSqueezeKernels

/// `count` bfloat16 as floats.
public func widenBFloat16(
  _ x: UnsafePointer<UInt8>,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  var i = 0
  while i &+ 16 <= count {
    store(sq_fromBFloat16(loadHalves(x + i &* 2)), y + i)
    i &+= 16
  }
  while i < count {
    let bits = UnsafeRawPointer(x + i &* 2).loadUnaligned(as: UInt16.self)
    y[i] = Float(bitPattern: UInt32(bits) << 16)
    i &+= 1
  }
}

/// `count` floats as the nearest bfloat16, ties to even.
public func narrowBFloat16(
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<UInt8>,
  _ count: Int
) {
  var i = 0
  while i &+ 16 <= count {
    storeHalves(sq_toBFloat16(load(x + i)), y + i &* 2)
    i &+= 16
  }
  guard i < count else { return }
  let last = sq_toBFloat16(load(x + i, count: count &- i))
  for lane in 0..<count &- i {
    UnsafeMutableRawPointer(y + (i &+ lane) &* 2).storeBytes(of: last[lane], as: UInt16.self)
  }
}
