public import CSqueezeKernels

/// Rows `first..<end` of max pooling of one block of bytes: the largest of each window.
public func poolMaximumBytes(_ arguments: UnsafePointer<SQNarrowPooling>, _ first: Int, _ end: Int) {
  let p = arguments.pointee
  let lower = SIMD16<UInt8>(repeating: UInt8(truncatingIfNeeded: p.range.lower))
  let upper = SIMD16<UInt8>(repeating: UInt8(truncatingIfNeeded: p.range.upper))
  for row in first..<end {
    let rows = p.rows(of: row)
    let output = p.output + row &* p.outputRowStride
    for column in 0..<p.outputWidth {
      let columns = p.columns(of: column)
      var largest = lower
      var line = p.input + rows.first &* p.inputRowStride
      for _ in 0..<rows.taps {
        var pixel = line + columns.first &* 16
        for _ in 0..<columns.taps {
          largest = sq_maxBytes(largest, loadBytes(pixel))
          pixel += p.dilationWidth &* 16
        }
        line += p.dilationHeight &* p.inputRowStride
      }
      storeBytes(sq_minBytes(largest, upper), output + column &* 16)
    }
  }
}

/// Rows `first..<end` of average pooling of one block of bytes.
///
/// `y = clamp(round(s · (Σ x − n · z) / count) + z')`, where `n` taps lie inside the image and the
/// window counts `count`; sums are exact.
public func poolAverageBytes(_ arguments: UnsafePointer<SQNarrowPooling>, _ first: Int, _ end: Int) {
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
public func poolMaximumBFloat16(
  _ arguments: UnsafePointer<SQNarrowPooling>,
  _ first: Int,
  _ end: Int
) {
  let p = arguments.pointee
  for row in first..<end {
    let rows = p.rows(of: row)
    let output = p.output + row &* p.outputRowStride
    for column in 0..<p.outputWidth {
      let columns = p.columns(of: column)
      var largest = Vector(repeating: -.infinity)
      var line = p.input + rows.first &* p.inputRowStride
      for _ in 0..<rows.taps {
        var pixel = line + columns.first &* 32
        for _ in 0..<columns.taps {
          largest = sq_max16(largest, sq_fromBFloat16(loadHalves(pixel)))
          pixel += p.dilationWidth &* 32
        }
        line += p.dilationHeight &* p.inputRowStride
      }
      storeNarrowed(largest, p.clip, output + column &* 32)
    }
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
