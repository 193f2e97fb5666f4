public import CSqueezeKernels

/// Some output channels of a product with a sparse matrix, `y[o, p] = b[o] + Σⱼ w[o, j] · x[c(j), p]`.
///
/// Pixels lie side by side, so that one weight meets 16 of them at once; input that is not wanted is
/// not read. Results do not depend on how pixels are cut into vectors.
/// Source: Elsen et al., "Fast Sparse ConvNets" (2020), §3.1.
public func multiplySparse(_ arguments: UnsafePointer<SQSparseProduct>) {
  let c = arguments.pointee
  for row in 0..<c.rows {
    var x = c.input
    var y = c.output + row &* c.outputStride
    var left = c.vectors
    while left > 0 {
      let vectors = tile(arguments, row, x, y, left)
      x += vectors &* 16
      y += vectors &* 16
      left &-= vectors
    }
  }
}

@inline(__always)
private func tile<T: PixelTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQSparseProduct>,
  _ row: Int,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>
) -> Int where T.L == Vector {
  let c = arguments.pointee
  var sums = T(Vector(repeating: c.bias[row]))
  let (offsets, weights) = (c.offsets, c.weights)
  for j in c.starts[row]..<c.starts[row &+ 1] {
    sums.add(
      vectors: x + Int(offsets[j]),
      stride: 16,
      weights: Vector(repeating: weights[j])
    )
  }
  if c.clip.clips { sums.clip(c.clip.lower, c.clip.upper) }
  sums.store(y, stride: 16, blockStride: 0)
  return T.pixels
}

/// A tile of some vectors: with AVX-512 8, enough sums to hide how long one takes.
@inline(__always)
private func tile(
  _ c: UnsafePointer<SQSparseProduct>,
  _ row: Int,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ left: Int
) -> Int {
  let most = sq_level() >= 4 ? 8 : sq_level() >= 2 ? 4 : 2
  switch min(left, most) {
  case 8: return tile(Tile8<Vector>.self, c, row, x, y)
  case 7: return tile(Tile7<Vector>.self, c, row, x, y)
  case 6: return tile(Tile6<Vector>.self, c, row, x, y)
  case 5: return tile(Tile5<Vector>.self, c, row, x, y)
  case 4: return tile(Tile4<Vector>.self, c, row, x, y)
  case 3: return tile(Tile3<Vector>.self, c, row, x, y)
  case 2: return tile(Tile2<Vector>.self, c, row, x, y)
  default: return tile(One<Vector>.self, c, row, x, y)
  }
}
