public import CSqueezeKernels

/// Rows `first..<end` of max pooling of one block: the largest number of each window.
public func poolMaximum(_ arguments: UnsafePointer<SQPooling>, _ first: Int, _ end: Int) {
  let p = arguments.pointee
  for row in first..<end {
    let rows = p.rows(of: row)
    let inner = rows.taps > 0 ? p.innerColumns : (first: 0, end: 0)
    let output = p.output + row &* p.outputRowStride
    let line = p.input + rows.first &* p.inputRowStride
    maximumOfEdges(p, rows, line, output, 0, inner.first)
    if inner.end > inner.first {
      let x = line + (inner.first &* p.strideWidth &- p.paddingLeft) &* 16
      let y = output + inner.first &* 16
      let pixels = inner.end &- inner.first
      switch (p.dilationWidth, p.kernelWidth, p.strideWidth) {
      case (1, 2, 2): maximumOf2Stride2(p, x, y, rows.taps, pixels)
      case (1, 3, 2): maximumOf3Stride2(p, x, y, rows.taps, pixels)
      case (1, 3, 1): maximumOf3Stride1(p, x, y, rows.taps, pixels)
      default: maximumInside(p, x, y, rows.taps, pixels)
      }
    }
    maximumOfEdges(p, rows, line, output, inner.end, p.outputWidth)
  }
}

/// Rows `first..<end` of average pooling of one block: the sum of each window over the rows times
/// the columns it counts.
public func poolAverage(_ arguments: UnsafePointer<SQPooling>, _ first: Int, _ end: Int) {
  let p = arguments.pointee
  guard let rowCounts = p.rowCounts, let columnCounts = p.columnCounts else { return }
  let inner = p.innerColumns
  for row in first..<end {
    let rows = p.rows(of: row)
    let output = p.output + row &* p.outputRowStride
    let line = p.input + rows.first &* p.inputRowStride
    for column in 0..<p.outputWidth {
      let start = column &* p.strideWidth &- p.paddingLeft
      let columns =
        column >= inner.first && column < inner.end
        ? Window(first: start, taps: p.kernelWidth) : p.columns(of: column)
      var sum = Vector(repeating: 0)
      var taps = line + columns.first &* 16
      for _ in 0..<rows.taps {
        for tap in 0..<columns.taps { sum += load(taps + tap &* p.dilationWidth &* 16) }
        taps += p.dilationHeight &* p.inputRowStride
      }
      sum *= Vector(repeating: 1 / (rowCounts[row] * columnCounts[column]))
      store(finished(sum, p.clip), output + column &* 16)
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

// MARK: - Windows that lie inside the image

/// The largest number of each column of `taps` pixels.
@inline(__always)
private func column(
  _ x: UnsafePointer<Float>,
  _ step: Int,
  _ taps: Int
) -> Vector {
  var largest = load(x)
  if taps > 1 { largest = sq_max16(load(x + step), largest) }
  if taps > 2 { largest = sq_max16(load(x + 2 &* step), largest) }
  var tap = 3
  while tap < taps {
    largest = sq_max16(load(x + tap &* step), largest)
    tap &+= 1
  }
  return largest
}

private func maximumOf2Stride2(
  _ p: SQPooling,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ taps: Int,
  _ pixels: Int
) {
  let step = p.dilationHeight &* p.inputRowStride
  for pixel in 0..<pixels {
    let source = x + pixel &* 32
    let v = sq_max16(column(source, step, taps), column(source + 16, step, taps))
    store(finished(v, p.clip), y + pixel &* 16)
  }
}

/// Neighbouring windows share a column.
private func maximumOf3Stride2(
  _ p: SQPooling,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ taps: Int,
  _ pixels: Int
) {
  let step = p.dilationHeight &* p.inputRowStride
  var left = column(x, step, taps)
  for pixel in 0..<pixels {
    let source = x + pixel &* 32
    let middle = column(source + 16, step, taps)
    let right = column(source + 32, step, taps)
    store(finished(sq_max16(sq_max16(left, middle), right), p.clip), y + pixel &* 16)
    left = right
  }
}

/// Neighbouring windows share two columns.
private func maximumOf3Stride1(
  _ p: SQPooling,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ taps: Int,
  _ pixels: Int
) {
  let step = p.dilationHeight &* p.inputRowStride
  var left = column(x, step, taps)
  var middle = column(x + 16, step, taps)
  for pixel in 0..<pixels {
    let right = column(x + pixel &* 16 + 32, step, taps)
    store(finished(sq_max16(sq_max16(left, middle), right), p.clip), y + pixel &* 16)
    left = middle
    middle = right
  }
}

private func maximumInside(
  _ p: SQPooling,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ taps: Int,
  _ pixels: Int
) {
  let step = p.dilationHeight &* p.inputRowStride
  for pixel in 0..<pixels {
    let source = x + pixel &* p.strideWidth &* 16
    var largest = Vector(repeating: -.infinity)
    for tap in 0..<p.kernelWidth {
      largest = sq_max16(largest, column(source + tap &* p.dilationWidth &* 16, step, taps))
    }
    store(finished(largest, p.clip), y + pixel &* 16)
  }
}

// MARK: - Windows that the edge cuts

@inline(never)
private func maximumOfEdges(
  _ p: SQPooling,
  _ rows: Window,
  _ line: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>,
  _ first: Int,
  _ end: Int
) {
  for column in first..<end {
    let columns = p.columns(of: column)
    var largest = Vector(repeating: -.infinity)
    var taps = line + columns.first &* 16
    for _ in 0..<rows.taps {
      for tap in 0..<columns.taps {
        largest = sq_max16(largest, load(taps + tap &* p.dilationWidth &* 16))
      }
      taps += p.dilationHeight &* p.inputRowStride
    }
    store(finished(largest, p.clip), output + column &* 16)
  }
}

@inline(__always)
private func finished(_ x: Vector, _ clip: SQClip) -> Vector {
  clip.clips ? x.clipped(clip.lower, clip.upper) : x
}

/// The taps of a window that fall inside the image, along one axis.
struct Window {
  /// The first position inside.
  var first: Int
  var taps: Int

  @inline(__always)
  init(first: Int, taps: Int) {
    self.first = first
    self.taps = taps
  }

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
  func rows(of row: Int) -> Window {
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
  func columns(of column: Int) -> Window {
    Window(
      column,
      stride: strideWidth,
      padding: paddingLeft,
      kernel: kernelWidth,
      dilation: dilationWidth,
      size: inputWidth
    )
  }

  /// The output columns whose windows no edge cuts; `first` is at most `end`.
  @inline(__always)
  fileprivate var innerColumns: (first: Int, end: Int) {
    let first = (paddingLeft &+ strideWidth &- 1) / strideWidth
    let room = inputWidth &+ paddingLeft &- (kernelWidth &- 1) &* dilationWidth &- 1
    let last = room < 0 ? 0 : room / strideWidth &+ 1
    let end = last < outputWidth ? last : outputWidth
    return first < end ? (first, end) : (0, 0)
  }
}
