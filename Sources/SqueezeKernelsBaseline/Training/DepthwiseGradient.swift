public import CSqueezeKernels

/// The gradient of a depthwise convolution's weights for one block of 16 channels:
/// `dw[t] (+)= Σₖ x[xOffsets[k] + tap t] · y[yOffsets[k]]`, lane by lane.
public func accumulateDepthwise(_ arguments: UnsafePointer<SQDepthwiseGradient>) {
  let p = arguments.pointee
  var row = 0
  while row < p.rows {
    let rows = p.rows &- row
    var column = 0
    while column < p.columns {
      let columns = p.columns &- column
      if rows >= 3, columns >= 3 {
        threeRows(Tile3<Vector>.self, arguments, row, column)
      } else if columns >= 3 {
        oneRow(Tile3<Vector>.self, arguments, row, column)
        if rows > 1 { oneRow(Tile3<Vector>.self, arguments, row &+ 1, column) }
      } else {
        for i in 0..<(rows < 3 ? rows : 3) {
          if columns == 2 {
            oneRow(Tile2<Vector>.self, arguments, row &+ i, column)
          } else {
            oneRow(One<Vector>.self, arguments, row &+ i, column)
          }
        }
      }
      column &+= columns >= 3 ? 3 : columns
    }
    row &+= rows >= 3 ? 3 : rows
  }
}

@inline(__always)
private func threeRows<T: PixelTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQDepthwiseGradient>,
  _ row: Int,
  _ column: Int
) where T.L == Vector {
  let p = arguments.pointee
  let x = p.x + (row &* p.rowStride &+ column &* p.columnStride)
  var a = T(Vector(repeating: 0))
  var b = T(Vector(repeating: 0))
  var c = T(Vector(repeating: 0))
  for k in 0..<p.count {
    let y = load(p.y + p.yOffsets[k])
    let source = x + p.xOffsets[k]
    a.add(vectors: source, stride: p.columnStride, weights: y)
    b.add(vectors: source + p.rowStride, stride: p.columnStride, weights: y)
    c.add(vectors: source + 2 &* p.rowStride, stride: p.columnStride, weights: y)
  }
  finish(&a, p, row, column)
  finish(&b, p, row &+ 1, column)
  finish(&c, p, row &+ 2, column)
}

@inline(__always)
private func oneRow<T: PixelTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQDepthwiseGradient>,
  _ row: Int,
  _ column: Int
) where T.L == Vector {
  let p = arguments.pointee
  let x = p.x + (row &* p.rowStride &+ column &* p.columnStride)
  var sums = T(Vector(repeating: 0))
  for k in 0..<p.count {
    sums.add(
      vectors: x + p.xOffsets[k],
      stride: p.columnStride,
      weights: load(p.y + p.yOffsets[k])
    )
  }
  finish(&sums, p, row, column)
}

@inline(__always)
private func finish<T: PixelTile>(
  _ sums: inout T,
  _ p: SQDepthwiseGradient,
  _ row: Int,
  _ column: Int
) where T.L == Vector {
  let target = p.target + (row &* p.columns &+ column) &* 16
  if p.accumulates { sums.add(target, stride: 16, blockStride: 0) }
  sums.store(target, stride: 16, blockStride: 0)
}
