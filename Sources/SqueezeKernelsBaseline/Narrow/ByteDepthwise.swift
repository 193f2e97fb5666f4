public import CSqueezeKernels

/// Rows `first..<end` of a depthwise convolution of one block of 16 channels of bytes.
///
/// Four neighbouring pixels are brought channel by channel into one vector, so that one dot product
/// of 4 bytes per channel takes in up to 4 taps of a row of the kernel. At stride 1 the same vector
/// serves the next pixel too, with weights moved by one tap. Reads up to 10 pixels beyond a row's
/// last tap; their weights are 0.
public func convolveDepthwiseBytes(
  _ arguments: UnsafePointer<SQByteDepthwise>,
  _ first: Int,
  _ end: Int
) {
  let c = arguments.pointee
  let isDense = c.inputPixelStride == 16
  for row in first..<end {
    var input = c.input + row &* c.inputRowStride
    var output = c.output + row &* c.outputRowStride
    var left = c.width
    while left > 4 {
      if isDense {
        denseEight(arguments, input, output, left)
      } else {
        stridedEight(arguments, input, output, left)
      }
      input += 8 &* c.inputPixelStride
      output += 128
      left &-= 8
    }
    if left > 0 {
      if isDense {
        denseFour(arguments, input, output, left)
      } else {
        stridedFour(arguments, input, output, left)
      }
    }
  }
}

/// The sums of four neighbouring pixels.
private struct ByteQuad {
  var a, b, c, d: SIMD16<Int32>

  @inline(__always)
  init(_ bias: SIMD16<Int32>) {
    a = bias
    b = bias
    c = bias
    d = bias
  }

  /// Two vectors of input serve two pixels each.
  @inline(__always)
  mutating func addDense(
    _ x: UnsafePointer<UInt8>,
    _ even: SIMD16<Int32>,
    _ odd: SIMD16<Int32>
  ) {
    let first = sq_channelQuads(x)
    a = sq_dot16(a, first, even)
    b = sq_dot16(b, first, odd)
    let second = sq_channelQuads(x + 32)
    c = sq_dot16(c, second, even)
    d = sq_dot16(d, second, odd)
  }

  @inline(__always)
  mutating func addStrided(_ x: UnsafePointer<UInt8>, _ stride: Int, _ weights: SIMD16<Int32>) {
    a = sq_dot16(a, sq_channelQuads(x), weights)
    b = sq_dot16(b, sq_channelQuads(x + stride), weights)
    c = sq_dot16(c, sq_channelQuads(x + 2 &* stride), weights)
    d = sq_dot16(d, sq_channelQuads(x + 3 &* stride), weights)
  }

  @inline(__always)
  func store(
    _ scales: Vector,
    _ range: SQByteRange,
    _ target: UnsafeMutablePointer<UInt8>,
    _ count: Int
  ) {
    let bytes = sq_toBytes64(
      sq_floats(a) * scales,
      sq_floats(b) * scales,
      sq_floats(c) * scales,
      sq_floats(d) * scales,
      range
    )
    sq_storePixels(bytes, target, 16, count < 4 ? Int32(truncatingIfNeeded: count) : 4)
  }
}

@inline(__always)
private func integers(_ source: UnsafePointer<Int32>) -> SIMD16<Int32> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Int32>.self)
}

@inline(never)
private func denseEight(
  _ arguments: UnsafePointer<SQByteDepthwise>,
  _ input: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<UInt8>,
  _ left: Int
) {
  let c = arguments.pointee
  var first = ByteQuad(integers(c.bias))
  var second = first
  var weights = c.weights
  var line = input
  for _ in 0..<c.tapRows {
    for word in 0..<c.words {
      let (even, odd) = (integers(weights), integers(weights + 16))
      first.addDense(line + word &* 64, even, odd)
      second.addDense(line + (word &* 64 &+ 64), even, odd)
      weights += 32
    }
    line += c.tapRowStride
  }
  let scales = load(c.scales)
  first.store(scales, c.range, output, 4)
  second.store(scales, c.range, output + 64, left &- 4)
}

@inline(never)
private func denseFour(
  _ arguments: UnsafePointer<SQByteDepthwise>,
  _ input: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<UInt8>,
  _ left: Int
) {
  let c = arguments.pointee
  var sums = ByteQuad(integers(c.bias))
  var weights = c.weights
  var line = input
  for _ in 0..<c.tapRows {
    for word in 0..<c.words {
      sums.addDense(line + word &* 64, integers(weights), integers(weights + 16))
      weights += 32
    }
    line += c.tapRowStride
  }
  sums.store(load(c.scales), c.range, output, left)
}

@inline(never)
private func stridedEight(
  _ arguments: UnsafePointer<SQByteDepthwise>,
  _ input: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<UInt8>,
  _ left: Int
) {
  let c = arguments.pointee
  let stride = c.inputPixelStride
  var first = ByteQuad(integers(c.bias))
  var second = first
  var weights = c.weights
  var line = input
  for _ in 0..<c.tapRows {
    for word in 0..<c.words {
      let x = line + word &* 64
      let values = integers(weights)
      first.addStrided(x, stride, values)
      second.addStrided(x + 4 &* stride, stride, values)
      weights += 32
    }
    line += c.tapRowStride
  }
  let scales = load(c.scales)
  first.store(scales, c.range, output, 4)
  second.store(scales, c.range, output + 64, left &- 4)
}

@inline(never)
private func stridedFour(
  _ arguments: UnsafePointer<SQByteDepthwise>,
  _ input: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<UInt8>,
  _ left: Int
) {
  let c = arguments.pointee
  var sums = ByteQuad(integers(c.bias))
  var weights = c.weights
  var line = input
  for _ in 0..<c.tapRows {
    for word in 0..<c.words {
      sums.addStrided(line + word &* 64, c.inputPixelStride, integers(weights))
      weights += 32
    }
    line += c.tapRowStride
  }
  sums.store(load(c.scales), c.range, output, left)
}
