public import CSqueezeKernels

/// Rows `first..<end` of 16 or 32 output channels of a convolution of bytes.
///
/// `y[p, o] = clamp(round(s[o] · (b[o] + Σₖ w[k, o] · x[p + offset(k)])) + z)`, the sums exact in 32
/// bits. A summand, if any, is added to the clamped result and the sum rounded again.
public func convolveBytes(_ arguments: UnsafePointer<SQDotConvolution>, _ first: Int, _ end: Int) {
  let c = arguments.pointee
  for row in first..<end {
    var input = c.input + row &* c.inputRowStride
    var target = DotTarget(c, row: row)
    var left = c.width
    while left > 0 {
      let pixels =
        c.channels == 32
        ? wideByteTile(arguments, input, target, left)
        : narrowByteTile(arguments, input, target, left)
      input += pixels &* c.inputPixelStride
      target = target.advanced(pixels: pixels)
      left &-= pixels
    }
  }
}

/// Rows `first..<end` of 16 or 32 output channels of a convolution of bfloat16 with sums of floats.
public func convolveBFloat16(
  _ arguments: UnsafePointer<SQDotConvolution>,
  _ first: Int,
  _ end: Int
) {
  let c = arguments.pointee
  for row in first..<end {
    var input = c.input + row &* c.inputRowStride
    var target = DotTarget(c, row: row)
    var left = c.width
    while left > 0 {
      let pixels =
        c.channels == 32
        ? wideHalfTile(arguments, input, target, left)
        : narrowHalfTile(arguments, input, target, left)
      input += pixels &* c.inputPixelStride
      target = target.advanced(pixels: pixels)
      left &-= pixels
    }
  }
}

/// One tile: all sums stay in registers while the inputs stream by.
@inline(__always)
private func tile<T: DotTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQDotConvolution>,
  _ input: UnsafePointer<UInt8>,
  _ target: DotTarget
) -> Int {
  let c = arguments.pointee
  var sums = T(T.L(bias: c.bias))
  var weights = c.weights
  let stride = c.inputPixelStride
  for run in 0..<c.runs {
    let x = input + c.offsets[run]
    for i in 0..<c.runLength {
      sums.add(x + i &* 4, stride, T.L.weights(weights))
      weights += T.L.channels
    }
  }
  for run in c.runs..<c.runs &+ c.tailRuns {
    let x = input + c.offsets[run]
    for i in 0..<c.tailLength {
      sums.add(x + i &* 4, stride, T.L.weights(weights))
      weights += T.L.channels
    }
  }
  sums.store(T.L.finish(c, block: 0), target)
  return T.pixels
}

/// A tile of up to 14 pixels, which fill 28 of 32 registers where 32 channels are two of them.
@inline(__always)
private func upTo14<L: DotLanes>(
  _: L.Type,
  _ c: UnsafePointer<SQDotConvolution>,
  _ x: UnsafePointer<UInt8>,
  _ y: DotTarget,
  _ pixels: Int
) -> Int {
  switch pixels {
  case 14...: tile(Dot14<L>.self, c, x, y)
  case 13: tile(Dot13<L>.self, c, x, y)
  case 12: tile(Dot12<L>.self, c, x, y)
  case 10...11: tile(Dot10<L>.self, c, x, y)
  case 8...9: tile(Dot8<L>.self, c, x, y)
  default: upTo7(L.self, c, x, y, pixels)
  }
}

@inline(__always)
private func upTo7<L: DotLanes>(
  _: L.Type,
  _ c: UnsafePointer<SQDotConvolution>,
  _ x: UnsafePointer<UInt8>,
  _ y: DotTarget,
  _ pixels: Int
) -> Int {
  switch pixels {
  case 7...: tile(Dot7<L>.self, c, x, y)
  case 6: tile(Dot6<L>.self, c, x, y)
  case 4...5: tile(DotFour<L>.self, c, x, y)
  case 3: tile(Dot3<L>.self, c, x, y)
  case 2: tile(Dot2<L>.self, c, x, y)
  default: tile(DotOne<L>.self, c, x, y)
  }
}

@inline(__always)
private func upTo28<L: DotLanes>(
  _: L.Type,
  _ c: UnsafePointer<SQDotConvolution>,
  _ x: UnsafePointer<UInt8>,
  _ y: DotTarget,
  _ left: Int
) -> Int {
  if sq_level() >= 4 {
    let pixels = share(of: left, atMost: 28)
    switch pixels {
    case 28...: return tile(Dot28<L>.self, c, x, y)
    case 24...27: return tile(Dot24<L>.self, c, x, y)
    case 20...23: return tile(Dot20<L>.self, c, x, y)
    case 16...19: return tile(Dot16<L>.self, c, x, y)
    default: return upTo14(L.self, c, x, y, pixels)
    }
  }
  return upTo7(L.self, c, x, y, share(of: left, atMost: sq_level() >= 2 ? 4 : 1))
}

@inline(never)
private func wideByteTile(
  _ c: UnsafePointer<SQDotConvolution>,
  _ x: UnsafePointer<UInt8>,
  _ y: DotTarget,
  _ left: Int
) -> Int {
  typealias L = Both<ByteSums>
  guard sq_level() >= 4 else { return tile(DotOne<L>.self, c, x, y) }
  return upTo14(L.self, c, x, y, share(of: left, atMost: 14))
}

@inline(never)
private func narrowByteTile(
  _ c: UnsafePointer<SQDotConvolution>,
  _ x: UnsafePointer<UInt8>,
  _ y: DotTarget,
  _ left: Int
) -> Int {
  upTo28(ByteSums.self, c, x, y, left)
}

@inline(never)
private func wideHalfTile(
  _ c: UnsafePointer<SQDotConvolution>,
  _ x: UnsafePointer<UInt8>,
  _ y: DotTarget,
  _ left: Int
) -> Int {
  typealias L = Both<HalfSums>
  guard sq_level() >= 4 else { return tile(DotOne<L>.self, c, x, y) }
  return upTo14(L.self, c, x, y, share(of: left, atMost: 14))
}

@inline(never)
private func narrowHalfTile(
  _ c: UnsafePointer<SQDotConvolution>,
  _ x: UnsafePointer<UInt8>,
  _ y: DotTarget,
  _ left: Int
) -> Int {
  upTo28(HalfSums.self, c, x, y, left)
}
