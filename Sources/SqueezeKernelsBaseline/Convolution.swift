public import CSqueezeKernels

/// Rows `first..<end` of 16, 24 or 32 output channels of a convolution.
///
/// `y[p, o] = b[o] + Σₖ w[k, o] · x[p + offset(k)]`, where `k` runs over the taps and channels that
/// the offset table lists. One function serves every kernel size, stride, dilation and layout.
///
/// The weights of the next tile of channels lie behind those of this one. With AVX-512 the first two tiles of pixels
/// fetch them, half each: small maps use a weight so seldom that waiting for it would take longer.
public func convolve(_ arguments: UnsafePointer<SQConvolution>, _ first: Int, _ end: Int) {
  let c = arguments.pointee
  let next = c.depth &* c.channels
  var ahead = next
  for row in first..<end {
    var input = c.input + row &* c.inputRowStride
    var output = c.output + row &* c.outputRowStride
    var residual = c.residual.data.map { $0 + row &* c.residual.rowStride }
    var left = c.width
    while left > 0 {
      let pixels =
        switch c.channels {
        case 32: wideTile(arguments, input, output, residual, left, ahead)
        case 24: middleTile(arguments, input, output, residual, left, ahead)
        default: narrowTile(arguments, input, output, residual, left, ahead)
        }
      ahead = ahead == next ? next &+ 16 : 0
      input += pixels &* c.inputPixelStride
      output += pixels &* c.outputPixelStride
      if let start = residual { residual = start + pixels &* c.outputPixelStride }
      left &-= pixels
    }
  }
}

/// One tile: all sums stay in registers while the inputs stream by, and what lies `ahead` of the weights is
/// fetched.
@inline(__always)
private func tile<T: PixelTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQConvolution>,
  _ input: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>,
  _ residual: UnsafePointer<Float>?,
  _ ahead: Int
) -> Int {
  let c = arguments.pointee
  let lanes = MemoryLayout<T.L>.size / MemoryLayout<Float>.size
  var sums = T(T.L(load: c.bias))
  var weights = c.weights
  let stride = c.inputPixelStride
  let offsets = c.offsets
  // One flat loop: with a loop inside it the compiler keeps the sums in memory between its rounds.
  for k in 0..<c.depth {
    sums.add(broadcast: input + offsets[k], stride: stride, weights: T.L(load: weights))
    if sq_level() >= 4 { sq_prefetch_for_later(weights + ahead) }
    weights += lanes
  }
  if let residual {
    sums.add(residual, stride: c.outputPixelStride, blockStride: c.residual.blockStride)
  }
  if c.clip.clips { sums.clip(c.clip.lower, c.clip.upper) }
  sums.store(output, stride: c.outputPixelStride, blockStride: c.outputBlockStride)
  return T.pixels
}

/// A tile of 32 channels; returns the pixels done.
///
/// 14 pixels fill 28 of 32 AVX-512 registers.
@inline(never)
private func wideTile(
  _ c: UnsafePointer<SQConvolution>,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ r: UnsafePointer<Float>?,
  _ left: Int,
  _ ahead: Int
) -> Int {
  typealias L = SIMD32<Float>
  switch sq_level() >= 4 ? share(of: left, atMost: 14) : 1 {
  case 14: return tile(Tile14<L>.self, c, x, y, r, ahead)
  case 13: return tile(Tile13<L>.self, c, x, y, r, ahead)
  case 12: return tile(Tile12<L>.self, c, x, y, r, ahead)
  case 11: return tile(Tile11<L>.self, c, x, y, r, ahead)
  case 10: return tile(Tile10<L>.self, c, x, y, r, ahead)
  case 9: return tile(Tile9<L>.self, c, x, y, r, ahead)
  case 8: return tile(Tile8<L>.self, c, x, y, r, ahead)
  case 7: return tile(Tile7<L>.self, c, x, y, r, ahead)
  case 6: return tile(Tile6<L>.self, c, x, y, r, ahead)
  case 5: return tile(Tile5<L>.self, c, x, y, r, ahead)
  case 4: return tile(Tile4<L>.self, c, x, y, r, ahead)
  case 3: return tile(Tile3<L>.self, c, x, y, r, ahead)
  case 2: return tile(Tile2<L>.self, c, x, y, r, ahead)
  default: return tile(One<L>.self, c, x, y, r, ahead)
  }
}

/// A tile of 24 channels: up to 14 pixels with AVX-512, 4 with AVX2 or NEON, 2 with SSE2.
@inline(never)
private func middleTile(
  _ c: UnsafePointer<SQConvolution>,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ r: UnsafePointer<Float>?,
  _ left: Int,
  _ ahead: Int
) -> Int {
  if sq_level() >= 4 {
    switch share(of: left, atMost: 14) {
    case 14: return tile(Tile14<HalfMore>.self, c, x, y, r, ahead)
    case 13: return tile(Tile13<HalfMore>.self, c, x, y, r, ahead)
    case 12: return tile(Tile12<HalfMore>.self, c, x, y, r, ahead)
    case 11: return tile(Tile11<HalfMore>.self, c, x, y, r, ahead)
    case 10: return tile(Tile10<HalfMore>.self, c, x, y, r, ahead)
    case 9: return tile(Tile9<HalfMore>.self, c, x, y, r, ahead)
    case 8: return tile(Tile8<HalfMore>.self, c, x, y, r, ahead)
    case 7: return tile(Tile7<HalfMore>.self, c, x, y, r, ahead)
    case 6: return tile(Tile6<HalfMore>.self, c, x, y, r, ahead)
    case 5: return tile(Tile5<HalfMore>.self, c, x, y, r, ahead)
    default: break
    }
  }
  switch share(of: left, atMost: sq_level() >= 2 ? 4 : 2) {
  case 4: return tile(Tile4<HalfMore>.self, c, x, y, r, ahead)
  case 3: return tile(Tile3<HalfMore>.self, c, x, y, r, ahead)
  case 2: return tile(Tile2<HalfMore>.self, c, x, y, r, ahead)
  default: return tile(One<HalfMore>.self, c, x, y, r, ahead)
  }
}

/// A tile of 16 channels: up to 28 pixels with AVX-512, 6 with AVX2 or NEON, 2 with SSE2.
@inline(never)
private func narrowTile(
  _ c: UnsafePointer<SQConvolution>,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ r: UnsafePointer<Float>?,
  _ left: Int,
  _ ahead: Int
) -> Int {
  typealias L = SIMD16<Float>
  if sq_level() >= 4 {
    switch share(of: left, atMost: 28) {
    case 28...: return tile(Tile28<L>.self, c, x, y, r, ahead)
    case 27: return tile(Tile27<L>.self, c, x, y, r, ahead)
    case 24...26: return tile(Tile24<L>.self, c, x, y, r, ahead)
    case 20...23: return tile(Tile20<L>.self, c, x, y, r, ahead)
    case 16...19: return tile(Tile16<L>.self, c, x, y, r, ahead)
    case 14...15: return tile(Tile14<L>.self, c, x, y, r, ahead)
    case 13: return tile(Tile13<L>.self, c, x, y, r, ahead)
    case 12: return tile(Tile12<L>.self, c, x, y, r, ahead)
    case 10...11: return tile(Tile10<L>.self, c, x, y, r, ahead)
    case 8...9: return tile(Tile8<L>.self, c, x, y, r, ahead)
    case 7: return tile(Tile7<L>.self, c, x, y, r, ahead)
    default: break
    }
  }
  switch share(of: left, atMost: sq_level() >= 2 ? 6 : 2) {
  case 6: return tile(Tile6<L>.self, c, x, y, r, ahead)
  case 5: return tile(Tile5<L>.self, c, x, y, r, ahead)
  case 4: return tile(Tile4<L>.self, c, x, y, r, ahead)
  case 3: return tile(Tile3<L>.self, c, x, y, r, ahead)
  case 2: return tile(Tile2<L>.self, c, x, y, r, ahead)
  default: return tile(One<L>.self, c, x, y, r, ahead)
  }
}

/// The widest whole blocks, 16 or 32 channels, that `SQConvolution.channels` should be; 24 suit every module.
public func convolutionChannels() -> Int { sq_level() >= 4 ? 32 : 16 }
