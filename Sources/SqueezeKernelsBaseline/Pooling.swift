public import CSqueezeKernels

/// Rows `first..<end` of max pooling of one block: the largest number of each window.
public func poolMaximum(_ arguments: UnsafePointer<SQPooling>, _ first: Int, _ end: Int) {
  let p = arguments.pointee
  for row in first..<end {
    let rows = Window(
      row,
      stride: p.strideHeight,
      padding: p.paddingTop,
      kernel: p.kernelHeight,
      dilation: p.dilationHeight,
      size: p.inputHeight
    )
    let output = p.output + row &* p.outputRowStride
    for column in 0..<p.outputWidth {
      let columns = p.columns(of: column)
      var largest = Vector(repeating: -.infinity)
      var line = p.input + rows.first &* p.inputRowStride
      for _ in 0..<rows.taps {
        var pixel = line + columns.first &* 16
        for _ in 0..<columns.taps {
          largest = sq_max16(largest, load(pixel))
          pixel += p.dilationWidth &* 16
        }
        line += p.dilationHeight &* p.inputRowStride
      }
      if p.clip.clips { largest = largest.clipped(p.clip.lower, p.clip.upper) }
      store(largest, output + column &* 16)
    }
  }
}

/// Rows `first..<end` of average pooling of one block: the sum of each window over the rows times
/// the columns it counts.
public func poolAverage(_ arguments: UnsafePointer<SQPooling>, _ first: Int, _ end: Int) {
  let p = arguments.pointee
  guard let rowCounts = p.rowCounts, let columnCounts = p.columnCounts else { return }
  for row in first..<end {
    let rows = Window(
      row,
      stride: p.strideHeight,
      padding: p.paddingTop,
      kernel: p.kernelHeight,
      dilation: p.dilationHeight,
      size: p.inputHeight
    )
    let output = p.output + row &* p.outputRowStride
    for column in 0..<p.outputWidth {
      let columns = p.columns(of: column)
      var sum = Vector(repeating: 0)
      var line = p.input + rows.first &* p.inputRowStride
      for _ in 0..<rows.taps {
        var pixel = line + columns.first &* 16
        for _ in 0..<columns.taps {
          sum += load(pixel)
          pixel += p.dilationWidth &* 16
        }
        line += p.dilationHeight &* p.inputRowStride
      }
      sum /= Vector(repeating: rowCounts[row] * columnCounts[column])
      if p.clip.clips { sum = sum.clipped(p.clip.lower, p.clip.upper) }
      store(sum, output + column &* 16)
    }
  }
}

/// The mean of one block's `height` × `width` pixels, each row summed on its own first.
public func poolGlobalAverage(
  _ input: UnsafePointer<Float>,
  _ rowStride: Int,
  _ height: Int,
  _ width: Int,
  _ output: UnsafeMutablePointer<Float>
) {
  var total = Vector(repeating: 0)
  for row in 0..<height {
    var sum = Vector(repeating: 0)
    var pixel = input + row &* rowStride
    for _ in 0..<width {
      sum += load(pixel)
      pixel += 16
    }
    total += sum
  }
  store(total / Vector(repeating: Float(height &* width)), output)
}

/// The taps of a window that fall inside the image, along one axis.
struct Window {
  /// The first position inside.
  var first: Int
  var taps: Int

  @inline(__always)
  init(_ output: Int, stride: Int, padding: Int, kernel: Int, dilation: Int, size: Int) {
    let start = output &* stride &- padding
    let skipped = start < 0 ? (dilation &- 1 &- start) / dilation : 0
    first = start &+ skipped &* dilation
    let inside = first < size ? (size &- first &+ dilation &- 1) / dilation : 0
    let left = kernel &- skipped
    taps = left < inside ? (left > 0 ? left : 0) : inside
  }
}

extension SQPooling {
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
