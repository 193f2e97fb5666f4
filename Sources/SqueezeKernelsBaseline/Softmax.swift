import CSqueezeKernels

/// Softmax of `count` consecutive numbers, `y[i] = e^(x[i] − max x) / Σⱼ e^(x[j] − max x)`, or its
/// logarithm.
public func softmax(
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ isLogarithm: Bool
) {
  var largest = Vector(repeating: -.infinity)
  var i = 0
  while i < count {
    largest = sq_maximum16(largest, load(x + i, count: count &- i, else: -.infinity))
    i &+= 16
  }
  let shift = Vector(repeating: sq_largest16(largest))
  var sums = Vector(repeating: 0)
  i = 0
  while i < count {
    let e = sq_exp16(load(x + i, count: count &- i, else: -.infinity) - shift)
    if !isLogarithm { store(e, y + i, count: count &- i) }
    sums += e
    i &+= 16
  }
  let sum = sq_sum16(sums)
  if isLogarithm {
    let offset = shift + sq_log16(Vector(repeating: sum))
    i = 0
    while i < count {
      store(load(x + i, count: count &- i) - offset, y + i, count: count &- i)
      i &+= 16
    }
    return
  }
  let factor = Vector(repeating: 1 / sum)
  i = 0
  while i < count {
    store(load(y + i, count: count &- i) * factor, y + i, count: count &- i)
    i &+= 16
  }
}

/// Softmax along an axis whose elements lie `stride` apart, for `width` neighbours at a time.
public func softmaxColumns(
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ size: Int,
  _ stride: Int,
  _ width: Int,
  _ isLogarithm: Bool
) {
  var column = 0
  while column < width {
    let lanes = atMost16(width &- column)
    let (source, target) = (x + column, y + column)
    var largest = Vector(repeating: -.infinity)
    for i in 0..<size {
      largest = sq_maximum16(largest, load(source + i &* stride, count: lanes))
    }
    var sums = Vector(repeating: 0)
    for i in 0..<size {
      let e = sq_exp16(load(source + i &* stride, count: lanes) - largest)
      if !isLogarithm { store(e, target + i &* stride, count: lanes) }
      sums += e
    }
    let offset = largest + sq_log16(sums)
    let factor = 1 / sums
    for i in 0..<size {
      let v =
        isLogarithm
        ? load(source + i &* stride, count: lanes) - offset
        : load(target + i &* stride, count: lanes) * factor
      store(v, target + i &* stride, count: lanes)
    }
    column &+= lanes
  }
}

/// Softmax over `channels` channels in blocks of 16, pixel by pixel.
///
/// Blocks lie `inputStride` and `outputStride` apart; lanes beyond the last channel become 0.
public func softmaxChannels(
  _ x: UnsafePointer<Float>,
  _ inputStride: Int,
  _ y: UnsafeMutablePointer<Float>,
  _ outputStride: Int,
  _ channels: Int,
  _ pixels: Int,
  _ isLogarithm: Bool
) {
  let last = (channels &- 1) / 16
  let lanes = Int32(truncatingIfNeeded: channels &- last &* 16)
  let low = Vector(repeating: -.infinity)
  for pixel in 0..<pixels {
    let (source, target) = (x + pixel &* 16, y + pixel &* 16)
    let tail = sq_first16(load(source + last &* inputStride), lanes, low)
    var largest = tail
    for block in 0..<last {
      largest = sq_maximum16(largest, load(source + block &* inputStride))
    }
    let shift = Vector(repeating: sq_largest16(largest))
    let end = sq_exp16(tail - shift)
    var sums = end
    for block in 0..<last {
      let e = sq_exp16(load(source + block &* inputStride) - shift)
      if !isLogarithm { store(e, target + block &* outputStride) }
      sums += e
    }
    if isLogarithm {
      let offset = shift + sq_log16(Vector(repeating: sq_sum16(sums)))
      for block in 0..<last {
        store(load(source + block &* inputStride) - offset, target + block &* outputStride)
      }
      let v = sq_first16(tail - offset, lanes, Vector(repeating: 0))
      store(v, target + last &* outputStride)
    } else {
      let factor = Vector(repeating: 1 / sq_sum16(sums))
      for block in 0..<last {
        store(load(target + block &* outputStride) * factor, target + block &* outputStride)
      }
      store(end * factor, target + last &* outputStride)
    }
  }
}
