public import CSqueezeKernels

/// Rows `first..<end` of a depthwise convolution of one block of 16 channels.
///
/// `y[p] = b + Σₜ w[t] · x[p + offset(t)]`, lane by lane.
public func convolveDepthwise(_ arguments: UnsafePointer<SQDepthwise>, _ first: Int, _ end: Int) {
  let c = arguments.pointee
  for row in first..<end {
    var input = c.input + row &* c.inputRowStride
    var output = c.output + row &* c.outputRowStride
    var residual = c.residual.map { $0 + row &* c.outputRowStride }
    var left = c.width
    while left > 0 {
      let pixels = depthwiseTile(arguments, input, output, residual, left)
      input += pixels &* c.inputPixelStride
      output += pixels &* c.outputPixelStride
      if let start = residual { residual = start + pixels &* c.outputPixelStride }
      left &-= pixels
    }
  }
}

@inline(__always)
private func tile<T: PixelTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQDepthwise>,
  _ input: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>,
  _ residual: UnsafePointer<Float>?
) -> Int {
  let c = arguments.pointee
  var sums = T(T.L(load: c.bias))
  for tap in 0..<c.taps {
    sums.add(
      vectors: input + c.offsets[tap],
      stride: c.inputPixelStride,
      weights: T.L(load: c.weights + tap &* 16)
    )
  }
  if let residual { sums.add(residual, stride: c.outputPixelStride, blockStride: 0) }
  if c.clip.clips { sums.clip(c.clip.lower, c.clip.upper) }
  sums.store(output, stride: c.outputPixelStride, blockStride: 0)
  return T.pixels
}

/// One tile of neighbouring pixels; returns the pixels done.
@inline(never)
private func depthwiseTile(
  _ c: UnsafePointer<SQDepthwise>,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ r: UnsafePointer<Float>?,
  _ left: Int
) -> Int {
  typealias L = SIMD16<Float>
  if sq_level() >= 4 {
    if left >= 14 { return tile(Tile14<L>.self, c, x, y, r) }
    if left >= 7 { return tile(Tile7<L>.self, c, x, y, r) }
  }
  if sq_level() >= 2, left >= 4 { return tile(Tile4<L>.self, c, x, y, r) }
  if left >= 2 { return tile(Tile2<L>.self, c, x, y, r) }
  return tile(One<L>.self, c, x, y, r)
}
