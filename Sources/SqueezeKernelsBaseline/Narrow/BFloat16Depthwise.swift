public import CSqueezeKernels

/// Rows `first..<end` of a depthwise convolution of one block of 16 channels of bfloat16, the sums
/// floats.
public func convolveDepthwiseBFloat16(
  _ arguments: UnsafePointer<SQBFloat16Depthwise>,
  _ first: Int,
  _ end: Int
) {
  let c = arguments.pointee
  for row in first..<end {
    var input = c.input + row &* c.inputRowStride
    var output = c.output + row &* c.outputRowStride
    var left = c.width
    while left >= 4 {
      fourPixels(arguments, input, output)
      input += 4 &* c.inputPixelStride
      output += 128
      left &-= 4
    }
    while left > 0 {
      onePixel(arguments, input, output)
      input += c.inputPixelStride
      output += 32
      left &-= 1
    }
  }
}

@inline(__always)
private func fourPixels(
  _ arguments: UnsafePointer<SQBFloat16Depthwise>,
  _ input: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<UInt8>
) {
  let c = arguments.pointee
  let stride = c.inputPixelStride
  var (s0, s1) = (load(c.bias), load(c.bias))
  var (s2, s3) = (s0, s1)
  for tap in 0..<c.taps {
    let x = input + c.offsets[tap]
    let weights = load(c.weights + tap &* 16)
    s0 = s0.adding(sq_fromBFloat16(loadHalves(x)), times: weights)
    s1 = s1.adding(sq_fromBFloat16(loadHalves(x + stride)), times: weights)
    s2 = s2.adding(sq_fromBFloat16(loadHalves(x + 2 &* stride)), times: weights)
    s3 = s3.adding(sq_fromBFloat16(loadHalves(x + 3 &* stride)), times: weights)
  }
  storeNarrowed(s0, c.clip, output)
  storeNarrowed(s1, c.clip, output + 32)
  storeNarrowed(s2, c.clip, output + 64)
  storeNarrowed(s3, c.clip, output + 96)
}

@inline(__always)
private func onePixel(
  _ arguments: UnsafePointer<SQBFloat16Depthwise>,
  _ input: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<UInt8>
) {
  let c = arguments.pointee
  var sum = load(c.bias)
  for tap in 0..<c.taps {
    let x = sq_fromBFloat16(loadHalves(input + c.offsets[tap]))
    sum = sum.adding(x, times: load(c.weights + tap &* 16))
  }
  storeNarrowed(sum, c.clip, output)
}

/// Clips 16 floats and writes them as bfloat16.
@inline(__always)
func storeNarrowed(_ x: Vector, _ clip: SQClip, _ target: UnsafeMutablePointer<UInt8>) {
  storeHalves(sq_toBFloat16(clip.clips ? x.clipped(clip.lower, clip.upper) : x), target)
}
