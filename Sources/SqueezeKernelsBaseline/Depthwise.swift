public import CSqueezeKernels

/// Rows `first..<end` of a depthwise convolution of one block of 16 channels.
///
/// `y[p] = b + Σₜ w[t] · x[p + offset(t)]`, lane by lane. With AVX-512, which has the registers, input is loaded
/// once where the taps of a row of the kernel lie as far apart as pixels do.
public func convolveDepthwise(_ arguments: UnsafePointer<SQDepthwise>, _ first: Int, _ end: Int) {
  let c = arguments.pointee
  let areInThrees = sq_level() >= 4 && hasNeighbours(c, rowsOf: 3)
  let areInFives = sq_level() >= 4 && hasNeighbours(c, rowsOf: 5)
  for row in first..<end {
    var input = c.input + row &* c.inputRowStride
    var output = c.output + row &* c.outputRowStride
    var residual = c.residual.map { $0 + row &* c.outputRowStride }
    var left = c.width
    while left > 0 {
      let pixels =
        if areInThrees {
          neighbourTile(ThreeTaps.self, arguments, input, output, residual, left)
        } else if areInFives {
          neighbourTile(FiveTaps.self, arguments, input, output, residual, left)
        } else {
          separateTile(arguments, input, output, residual, left)
        }
      input += pixels &* c.inputPixelStride
      output += pixels &* c.outputPixelStride
      if let start = residual { residual = start + pixels &* c.outputPixelStride }
      left &-= pixels
    }
  }
}

/// Whether the taps come in rows of `count` that lie as far apart as pixels do.
private func hasNeighbours(_ c: SQDepthwise, rowsOf count: Int) -> Bool {
  guard c.inputPixelStride == 16, c.taps % count == 0 else { return false }
  for tap in 0..<c.taps {
    let place = tap % count
    if c.offsets[tap] != c.offsets[tap &- place] &+ place &* 16 { return false }
  }
  return true
}

/// Clips a tile and writes it; returns its pixels.
@inline(__always)
private func finish<T: PixelTile>(
  _ sums: T,
  _ arguments: UnsafePointer<SQDepthwise>,
  _ output: UnsafeMutablePointer<Float>,
  _ residual: UnsafePointer<Float>?
) -> Int {
  let c = arguments.pointee
  var sums = sums
  if let residual { sums.add(residual, stride: c.outputPixelStride, blockStride: 0) }
  if c.clip.clips { sums.clip(c.clip.lower, c.clip.upper) }
  sums.store(output, stride: c.outputPixelStride, blockStride: 0)
  return T.pixels
}

/// One tile, tap by tap.
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
  return finish(sums, arguments, output, residual)
}

/// One tile, some taps that lie side by side at a time.
@inline(__always)
private func tile<T: PixelTile, W: NeighbouringTaps>(
  _: T.Type,
  _: W.Type,
  _ arguments: UnsafePointer<SQDepthwise>,
  _ input: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>,
  _ residual: UnsafePointer<Float>?
) -> Int where T.L == W.L {
  let c = arguments.pointee
  var sums = T(T.L(load: c.bias))
  var tap = 0
  while tap < c.taps {
    sums.add(neighbours: input + c.offsets[tap], weights: W(load: c.weights + tap &* 16))
    tap &+= W.count
  }
  return finish(sums, arguments, output, residual)
}

/// One tile of neighbouring pixels whose taps are neighbours too; returns the pixels done.
@inline(__always)
private func neighbourTile<W: NeighbouringTaps>(
  _: W.Type,
  _ c: UnsafePointer<SQDepthwise>,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ r: UnsafePointer<Float>?,
  _ left: Int
) -> Int where W.L == Vector {
  if left >= 14 { return tile(Tile14<Vector>.self, W.self, c, x, y, r) }
  if left >= 7 { return tile(Tile7<Vector>.self, W.self, c, x, y, r) }
  if left >= 4 { return tile(Tile4<Vector>.self, W.self, c, x, y, r) }
  if left >= 2 { return tile(Tile2<Vector>.self, W.self, c, x, y, r) }
  return tile(One<Vector>.self, W.self, c, x, y, r)
}

/// One tile of neighbouring pixels; returns the pixels done.
@inline(never)
private func separateTile(
  _ c: UnsafePointer<SQDepthwise>,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ r: UnsafePointer<Float>?,
  _ left: Int
) -> Int {
  if sq_level() >= 4 {
    if left >= 14 { return tile(Tile14<Vector>.self, c, x, y, r) }
    if left >= 7 { return tile(Tile7<Vector>.self, c, x, y, r) }
  }
  if sq_level() >= 2, left >= 4 { return tile(Tile4<Vector>.self, c, x, y, r) }
  if left >= 2 { return tile(Tile2<Vector>.self, c, x, y, r) }
  return tile(One<Vector>.self, c, x, y, r)
}
