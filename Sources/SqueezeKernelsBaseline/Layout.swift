public import CSqueezeKernels

/// Row by row, from one map per channel to 16 channels side by side: `rows` rows of one block.
///
/// Squares of 16 channels × 16 pixels are transposed in registers; rows without gaps in both forms
/// count as one long row.
public func packBlock(
  _ layout: SQLayout,
  _ planar: UnsafePointer<Float>,
  _ blocked: UnsafeMutablePointer<Float>,
  _ rows: Int
) {
  let (width, count) = joined(layout, rows)
  for row in 0..<count {
    let source = planar + row &* layout.planarRowStride
    let target = blocked + row &* layout.blockedRowStride
    var x = 0
    while x < width {
      let pixels = atMost16(width &- x)
      let (from, to) = (source + x, target + x &* 16)
      if layout.channels <= 4 {
        packFew(from, layout.planeStride, layout.channels, to, pixels)
      } else {
        sq_transpose_part(from, layout.planeStride, to, 16, layout.channels, pixels, true)
      }
      x &+= pixels
    }
  }
}

/// Row by row, from 16 channels side by side to one map per channel: `rows` rows of one block.
public func unpackBlock(
  _ layout: SQLayout,
  _ blocked: UnsafePointer<Float>,
  _ planar: UnsafeMutablePointer<Float>,
  _ rows: Int
) {
  let (width, count) = joined(layout, rows)
  for row in 0..<count {
    let source = blocked + row &* layout.blockedRowStride
    let target = planar + row &* layout.planarRowStride
    var x = 0
    while x < width {
      let pixels = atMost16(width &- x)
      let (from, to) = (source + x &* 16, target + x)
      sq_transpose_part(from, 16, to, layout.planeStride, pixels, layout.channels, false)
      x &+= pixels
    }
  }
}

/// The transpose of a matrix, `y[j, i] = x[i, j]`, with `rowStride` from row to row of `x` and
/// `targetStride` from row to row of `y`.
public func transposeMatrix(
  _ x: UnsafePointer<Float>,
  _ rows: Int,
  _ columns: Int,
  _ rowStride: Int,
  _ y: UnsafeMutablePointer<Float>,
  _ targetStride: Int
) {
  var row = 0
  while row < rows {
    let height = atMost16(rows &- row)
    var column = 0
    while column < columns {
      let width = atMost16(columns &- column)
      sq_transpose_part(
        x + row &* rowStride + column,
        rowStride,
        y + column &* targetStride + row,
        targetStride,
        height,
        width,
        false
      )
      column &+= width
    }
    row &+= height
  }
}

/// Pixels of at most 4 channels: lanes are set one by one, the rest being 0.
@inline(__always)
private func packFew(
  _ source: UnsafePointer<Float>,
  _ planeStride: Int,
  _ channels: Int,
  _ target: UnsafeMutablePointer<Float>,
  _ pixels: Int
) {
  for x in 0..<pixels {
    var pixel = Vector(repeating: 0)
    pixel[0] = source[x]
    if channels > 1 { pixel[1] = source[planeStride &+ x] }
    if channels > 2 { pixel[2] = source[2 &* planeStride &+ x] }
    if channels > 3 { pixel[3] = source[3 &* planeStride &+ x] }
    store(pixel, target + x &* 16)
  }
}

/// The width and number of rows once rows without gaps are joined.
@inline(__always)
private func joined(_ layout: SQLayout, _ rows: Int) -> (width: Int, rows: Int) {
  let isWhole =
    layout.planarRowStride == layout.width && layout.blockedRowStride == layout.width &* 16
  return isWhole ? (layout.width &* rows, 1) : (layout.width, rows)
}

@inline(__always)
func atMost16(_ count: Int) -> Int { count < 16 ? count : 16 }
