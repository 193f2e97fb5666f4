public import CSqueezeKernels

/// Sums of outer products of up to 16 numbers with 16 others: the gradient of a convolution's weights
/// for one block of input channels, one block of output channels and one tap.
///
/// The sums stay in registers while positions stream by; tables say where each position lies, so one
/// flat loop serves every stride, border and number of images.
public func accumulateOuterProducts(_ arguments: UnsafePointer<SQOuterProduct>) {
  let rows = arguments.pointee.rows
  if sq_level() >= 4 {
    if rows > 8 { return sum(Tile16<Vector>.self, arguments, 0) }
    return sum(Tile8<Vector>.self, arguments, 0)
  }
  var first = 0
  if sq_level() < 2 {
    while first < rows {
      sum(Tile2<Vector>.self, arguments, first)
      first &+= 2
    }
    return
  }
  // Six rows fill 12 of 16 registers; the last ones, up to eight, go by four.
  while rows &- first > 8 {
    sum(Tile6<Vector>.self, arguments, first)
    first &+= 6
  }
  while first < rows {
    sum(Tile4<Vector>.self, arguments, first)
    first &+= 4
  }
}

/// The rows of one tile.
@inline(__always)
private func sum<T: PixelTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQOuterProduct>,
  _ first: Int
) where T.L == Vector {
  let p = arguments.pointee
  let (x, y) = (p.x + first, p.y)
  let (xOffsets, yOffsets) = (p.xOffsets, p.yOffsets)
  var sums = T(Vector(repeating: 0))
  for k in 0..<p.count {
    sums.add(broadcast: x + xOffsets[k], stride: 1, weights: load(y + yOffsets[k]))
  }
  let target = p.target + first &* 16
  if p.accumulates { sums.add(target, stride: 16, blockStride: 0) }
  sums.store(target, stride: 16, blockStride: 0)
}
