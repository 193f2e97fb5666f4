public import CSqueezeKernels

/// 16 or 32 columns of a matrix product: `y[r, o] = b[o] + Σₖ w[k, o] · x[r, k]`.
///
/// One row is bound by memory, so its weights are asked for ahead of their use; more rows share them.
public func multiply(_ arguments: UnsafePointer<SQProduct>) {
  let p = arguments.pointee
  var input = p.input
  var output = p.output
  var left = p.rows
  while left > 0 {
    let rows =
      p.columns == 32
      ? rows(SIMD32<Float>.self, arguments, input, output, left)
      : rows(SIMD16<Float>.self, arguments, input, output, left)
    input += rows &* p.inputStride
    output += rows &* p.outputStride
    left &-= rows
  }
}

/// One tile of rows; returns the rows done.
@inline(never)
private func rows<L: Lanes>(
  _: L.Type,
  _ p: UnsafePointer<SQProduct>,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ left: Int
) -> Int {
  if sq_level() >= 4 {
    if left >= 14 { return tile(Tile14<L>.self, p, x, y) }
    if left >= 8 { return tile(Tile8<L>.self, p, x, y) }
  }
  if left >= 4, sq_level() >= 4 || MemoryLayout<L>.size == 64 {
    return tile(Tile4<L>.self, p, x, y)
  }
  if left >= 2 { return tile(Tile2<L>.self, p, x, y) }
  return tile(One<L>.self, p, x, y)
}

@inline(__always)
private func tile<T: PixelTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQProduct>,
  _ input: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>
) -> Int {
  let p = arguments.pointee
  let lanes = MemoryLayout<T.L>.size / MemoryLayout<Float>.size
  var sums = T(T.L(load: p.bias))
  var weights = p.weights
  for k in 0..<p.depth {
    sq_prefetch(weights + 1024)
    if lanes == 32 { sq_prefetch(weights + 1040) }
    sums.add(broadcast: input + k, stride: p.inputStride, weights: T.L(load: weights))
    weights += lanes
  }
  if p.clip.clips { sums.clip(p.clip.lower, p.clip.upper) }
  sums.store(output, stride: p.outputStride, blockStride: 16)
  return T.pixels
}
