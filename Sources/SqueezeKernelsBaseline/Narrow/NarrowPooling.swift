public import CSqueezeKernels

/// Rows `first..<end` of max pooling of one block of bytes: the largest of each window.
public func poolMaximumBytes(_ arguments: UnsafePointer<SQNarrowPooling>, _ first: Int, _ end: Int)
{
  let p = arguments.pointee
  let lower = SIMD16<UInt8>(repeating: UInt8(truncatingIfNeeded: p.range.lower))
  let upper = SIMD16<UInt8>(repeating: UInt8(truncatingIfNeeded: p.range.upper))
  for row in first..<end {
    let rows = p.rows(of: row)
    let line = p.input + rows.first &* p.inputRowStride
    let output = p.output + row &* p.outputRowStride
    let whole = p.neighbours
    var column = 0
    while column < p.outputWidth {
      if column == whole.first, whole.end > column {
        // Windows of 3 columns, 2 apart: each shares a column with the one before.
        var x = line + (2 &* column &- p.paddingLeft) &* 16
        var left = sq_maxBytes(lower, p.largestBytes(x, rows.taps))
        while column < whole.end {
          let right = p.largestBytes(x + 32, rows.taps)
          let largest = sq_maxBytes(sq_maxBytes(left, right), p.largestBytes(x + 16, rows.taps))
          storeBytes(sq_minBytes(largest, upper), output + column &* 16)
          left = sq_maxBytes(lower, right)
          x += 32
          column &+= 1
        }
        continue
      }
      let columns = p.columns(of: column)
      var largest = lower
      for tap in 0..<columns.taps {
        let x = line + (columns.first &+ tap &* p.dilationWidth) &* 16
        largest = sq_maxBytes(largest, p.largestBytes(x, rows.taps))
      }
      storeBytes(sq_minBytes(largest, upper), output + column &* 16)
      column &+= 1
    }
  }
}

/// Rows `first..<end` of average pooling of one block of bytes.
///
/// `y = clamp(round(s · (Σ x − n · z) / count) + z')`, where `n` taps lie inside the image and the
/// window counts `count`; sums are exact.
public func poolAverageBytes(_ arguments: UnsafePointer<SQNarrowPooling>, _ first: Int, _ end: Int)
{
  let p = arguments.pointee
  guard let rowCounts = p.rowCounts, let columnCounts = p.columnCounts else { return }
  for row in first..<end {
    let rows = p.rows(of: row)
    let output = p.output + row &* p.outputRowStride
    for column in 0..<p.outputWidth {
      let columns = p.columns(of: column)
      let zeros = Int32(truncatingIfNeeded: rows.taps &* columns.taps) &* p.zeroPoint
      var sum = SIMD16<Int32>(repeating: 0) &- zeros
      var line = p.input + rows.first &* p.inputRowStride
      for _ in 0..<rows.taps {
        var pixel = line + columns.first &* 16
        for _ in 0..<columns.taps {
          sum = sum &+ sq_widened(loadBytes(pixel))
          pixel += p.dilationWidth &* 16
        }
        line += p.dilationHeight &* p.inputRowStride
      }
      let scale = p.scale / (rowCounts[row] * columnCounts[column])
      let bytes = sq_toBytes(sq_floats(sum) * Vector(repeating: scale), p.range)
      storeBytes(bytes, output + column &* 16)
    }
  }
}

/// Rows `first..<end` of max pooling of one block of bfloat16.
///
/// Numbers are compared as integers of their order; a NaN counts as beyond infinity of its sign.
public func poolMaximumBFloat16(
  _ arguments: UnsafePointer<SQNarrowPooling>,
  _ first: Int,
  _ end: Int
) {
  let p = arguments.pointee
  let lowest = sq_ordered(SIMD16<UInt16>(repeating: 0xFF80))
  for row in first..<end {
    let rows = p.rows(of: row)
    let line = p.input + rows.first &* p.inputRowStride
    let output = p.output + row &* p.outputRowStride
    let whole = p.neighbours
    var column = 0
    while column < p.outputWidth {
      if column == whole.first, whole.end > column {
        var x = line + (2 &* column &- p.paddingLeft) &* 32
        var left = p.largestHalves(x, rows.taps, lowest)
        while column < whole.end {
          let right = p.largestHalves(x + 64, rows.taps, lowest)
          let middle = p.largestHalves(x + 32, rows.taps, lowest)
          storeOrdered(sq_maxShorts(sq_maxShorts(left, right), middle), p, output + column &* 32)
          left = right
          x += 64
          column &+= 1
        }
        continue
      }
      let columns = p.columns(of: column)
      var largest = lowest
      for tap in 0..<columns.taps {
        let x = line + (columns.first &+ tap &* p.dilationWidth) &* 32
        largest = sq_maxShorts(largest, p.largestHalves(x, rows.taps, lowest))
      }
      storeOrdered(largest, p, output + column &* 32)
      column &+= 1
    }
  }
}

@inline(__always)
private func storeOrdered(
  _ ordered: SIMD16<Int16>,
  _ p: SQNarrowPooling,
  _ target: UnsafeMutablePointer<UInt8>
) {
  let halves = sq_unordered(ordered)
  if p.clip.clips {
    storeNarrowed(sq_fromBFloat16(halves), p.clip, target)
  } else {
    storeHalves(halves, target)
  }
}

/// Rows `first..<end` of average pooling of one block of bfloat16, the sums floats.
public func poolAverageBFloat16(
  _ arguments: UnsafePointer<SQNarrowPooling>,
  _ first: Int,
  _ end: Int
) {
  let p = arguments.pointee
  guard let rowCounts = p.rowCounts, let columnCounts = p.columnCounts else { return }
  for row in first..<end {
    let rows = p.rows(of: row)
    let output = p.output + row &* p.outputRowStride
    for column in 0..<p.outputWidth {
      let columns = p.columns(of: column)
      var sum = Vector(repeating: 0)
      var line = p.input + rows.first &* p.inputRowStride
      for _ in 0..<rows.taps {
        var pixel = line + columns.first &* 32
        for _ in 0..<columns.taps {
          sum += sq_fromBFloat16(loadHalves(pixel))
          pixel += p.dilationWidth &* 32
        }
        line += p.dilationHeight &* p.inputRowStride
      }
      sum /= Vector(repeating: rowCounts[row] * columnCounts[column])
      storeNarrowed(sum, p.clip, output + column &* 32)
    }
  }
}

extension SQNarrowPooling {
  /// The output columns whose windows are 3 columns inside the image, 2 apart; none for other sizes.
  @inline(__always)
  fileprivate var neighbours: (first: Int, end: Int) {
    guard kernelWidth == 3, strideWidth == 2, dilationWidth == 1, inputWidth >= 3 else {
      return (0, 0)
    }
    let first = (paddingLeft &+ 1) / 2
    let end = (inputWidth &+ paddingLeft &- 3) / 2 &+ 1
    return (first, end < outputWidth ? end : outputWidth)
  }

  /// The largest bytes of one column of a window.
  @inline(__always)
  fileprivate func largestBytes(_ x: UnsafePointer<UInt8>, _ taps: Int) -> SIMD16<UInt8> {
    let step = dilationHeight &* inputRowStride
    if taps == 3 {
      return sq_maxBytes(
        sq_maxBytes(loadBytes(x), loadBytes(x + step)),
        loadBytes(x + 2 &* step)
      )
    }
    var largest = SIMD16<UInt8>(repeating: 0)
    for tap in 0..<taps { largest = sq_maxBytes(largest, loadBytes(x + tap &* step)) }
    return largest
  }

  /// The largest bfloat16 of one column of a window, by their order.
  @inline(__always)
  fileprivate func largestHalves(
    _ x: UnsafePointer<UInt8>,
    _ taps: Int,
    _ lowest: SIMD16<Int16>
  ) -> SIMD16<Int16> {
    let step = dilationHeight &* inputRowStride
    if taps == 3 {
      return sq_maxShorts(
        sq_maxShorts(sq_ordered(loadHalves(x)), sq_ordered(loadHalves(x + step))),
        sq_ordered(loadHalves(x + 2 &* step))
      )
    }
    var largest = lowest
    for tap in 0..<taps {
      largest = sq_maxShorts(largest, sq_ordered(loadHalves(x + tap &* step)))
    }
    return largest
  }

  @inline(__always)
  fileprivate func rows(of row: Int) -> Window {
    Window(
      row,
      stride: strideHeight,
      padding: paddingTop,
      kernel: kernelHeight,
      dilation: dilationHeight,
      size: inputHeight
    )
  }

  @inline(__always)
  fileprivate func columns(of column: Int) -> Window {
    Window(
      column,
      stride: strideWidth,
      padding: paddingLeft,
      kernel: kernelWidth,
      dilation: dilationWidth,
      size: inputWidth
    )
  }
}
