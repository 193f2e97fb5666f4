public import CSqueezeKernels

/// Instance normalization of one block of 16 channels: `y = γ (x − μ) / √(σ² + ε) + β`.
///
/// `table` holds 16 scales `γ` and 16 biases `β`. Mean and variance are summed row by row.
public func normalizeBlock(
  _ x: UnsafePointer<Float>,
  _ inputStride: Int,
  _ height: Int,
  _ width: Int,
  _ table: UnsafePointer<Float>,
  _ epsilon: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ outputStride: Int
) {
  let count = Vector(repeating: Float(height &* width))
  var total = Vector(repeating: 0)
  for row in 0..<height {
    var sum = Vector(repeating: 0)
    let source = x + row &* inputStride
    for pixel in 0..<width { sum += load(source + pixel &* 16) }
    total += sum
  }
  let mean = total / count
  total = Vector(repeating: 0)
  for row in 0..<height {
    var sum = Vector(repeating: 0)
    let source = x + row &* inputStride
    for pixel in 0..<width {
      let d = load(source + pixel &* 16) - mean
      sum = sum.adding(d, times: d)
    }
    total += sum
  }
  let slope = load(table) / sq_sqrt16(total / count + Vector(repeating: epsilon))
  let offset = load(table + 16)
  for row in 0..<height {
    let (source, target) = (x + row &* inputStride, y + row &* outputStride)
    for pixel in 0..<width {
      store(
        offset.adding(load(source + pixel &* 16) - mean, times: slope),
        target + pixel &* 16
      )
    }
  }
}

/// Layer normalization of `count` consecutive numbers, `y = γ (x − μ) / √(σ² + ε) + β`.
public func normalizeRow(
  _ x: UnsafePointer<Float>,
  _ scale: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>,
  _ epsilon: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  let mean = reduceRow(SQReductionMean, x, count)
  let shift = Vector(repeating: mean)
  var sums = Vector(repeating: 0)
  var i = 0
  while i < count {
    let d = load(x + i, count: count &- i, else: mean) - shift
    sums = sums.adding(d, times: d)
    i &+= 16
  }
  let variance = Vector(repeating: sq_sum16(sums) / Float(count) + epsilon)
  let factor = 1 / sq_sqrt16(variance)
  i = 0
  while i < count {
    let left = count &- i
    let normal = (load(x + i, count: left) - shift) * factor
    let v = load(bias + i, count: left).adding(normal, times: load(scale + i, count: left))
    store(v, y + i, count: left)
    i &+= 16
  }
}

/// Local response normalization of `pixels` pixels of one block of 16 channels.
///
/// `y = x / (k + a · Σ x²)^β` over the `before` channels before, the channel itself and the `after`
/// channels after it, at most 16 each. Neighbouring blocks are absent or lie `previous` and `next`
/// floats away; `lanes` and `nextLanes` channels exist in this block and the next.
public func normalizeResponse(
  _ arguments: UnsafePointer<SQResponse>,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ pixels: Int
) {
  let a = arguments.pointee
  let zero = Vector(repeating: 0)
  let lanes = Int32(truncatingIfNeeded: a.lanes)
  let nextLanes = Int32(truncatingIfNeeded: a.nextLanes)
  for pixel in 0..<pixels {
    let source = x + pixel &* 16
    let v = load(source)
    let middle = sq_first16(v * v, lanes, zero)
    var sum = middle
    if a.before > 0 {
      var previous = a.hasPrevious ? load(source + a.previous) : zero
      previous *= previous
      var moved = middle
      for _ in 0..<a.before {
        moved = sq_last1_16(previous, moved)
        previous = sq_last1_16(zero, previous)
        sum += moved
      }
    }
    if a.after > 0 {
      var next = nextLanes > 0 ? load(source + a.next) : zero
      next = sq_first16(next * next, nextLanes, zero)
      var moved = middle
      for _ in 0..<a.after {
        moved = sq_skip1_16(moved, next)
        next = sq_skip1_16(next, zero)
        sum += moved
      }
    }
    let damping = Vector(repeating: a.bias).adding(sum, times: Vector(repeating: a.alpha))
    let power: Vector
    if a.beta == 0.75 {
      let root = sq_sqrt16(damping)
      power = root * sq_sqrt16(root)
    } else {
      power = sq_exp16(sq_log16(damping) * a.beta)
    }
    store(v / power, y + pixel &* 16)
  }
}
