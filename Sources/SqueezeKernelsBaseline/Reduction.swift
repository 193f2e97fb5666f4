public import CSqueezeKernels

/// One number for `count` consecutive ones.
public func reduceRow(
  _ kind: SQReduction,
  _ x: UnsafePointer<Float>,
  _ count: Int
) -> Float {
  switch kind {
  case SQReductionMaximum: lanes(running(x, count, Largest()), Largest())
  case SQReductionMinimum: lanes(running(x, count, Least()), Least())
  case SQReductionProduct: lanes(running(x, count, Factors()), Factors())
  case SQReductionNorm: root(lanes(running(x, count, Squares()), Terms()))
  case SQReductionMean: lanes(running(x, count, Terms()), Terms()) / Float(count)
  default: lanes(running(x, count, Terms()), Terms())
  }
}

/// One number for `size` numbers that lie `stride` apart, for each of `width` neighbours.
public func reduceColumns(
  _ kind: SQReduction,
  _ x: UnsafePointer<Float>,
  _ size: Int,
  _ stride: Int,
  _ y: UnsafeMutablePointer<Float>,
  _ width: Int
) {
  var column = 0
  while column < width {
    let lanes = atMost16(width &- column)
    let source = x + column
    let v: Vector
    switch kind {
    case SQReductionMaximum: v = down(source, size, stride, lanes, Largest())
    case SQReductionMinimum: v = down(source, size, stride, lanes, Least())
    case SQReductionProduct: v = down(source, size, stride, lanes, Factors())
    case SQReductionNorm: v = sq_sqrt16(down(source, size, stride, lanes, Squares()))
    case SQReductionMean:
      v = down(source, size, stride, lanes, Terms()) / Vector(repeating: Float(size))
    default: v = down(source, size, stride, lanes, Terms())
    }
    store(v, y + column, count: lanes)
    column &+= lanes
  }
}

/// One pixel for all pixels of one block of 16 channels.
public func reduceBlock(
  _ kind: SQReduction,
  _ x: UnsafePointer<Float>,
  _ rowStride: Int,
  _ height: Int,
  _ width: Int,
  _ y: UnsafeMutablePointer<Float>
) {
  switch kind {
  case SQReductionMaximum: store(pixels(x, rowStride, height, width, Largest()), y)
  case SQReductionMinimum: store(pixels(x, rowStride, height, width, Least()), y)
  case SQReductionProduct: store(pixels(x, rowStride, height, width, Factors()), y)
  case SQReductionNorm:
    let sum = pixels(x, rowStride, height, width, Squares(), then: Terms())
    store(sq_sqrt16(sum), y)
  case SQReductionMean:
    let sum = pixels(x, rowStride, height, width, Terms())
    store(sum / Vector(repeating: Float(height &* width)), y)
  default: store(pixels(x, rowStride, height, width, Terms()), y)
  }
}

/// The position of the largest (with a `sign` of −1, the smallest) of `size` numbers `stride` apart,
/// for each of `width` neighbours; of equal ones the first or the last.
public func findColumns(
  _ x: UnsafePointer<Float>,
  _ size: Int,
  _ stride: Int,
  _ sign: Float,
  _ selectsLast: Bool,
  _ y: UnsafeMutablePointer<Int32>,
  _ width: Int
) {
  let factor = Vector(repeating: sign)
  var column = 0
  while column < width {
    let lanes = atMost16(width &- column)
    var best = load(x + column, count: lanes) * factor
    var positions = SIMD16<Int32>(repeating: 0)
    var i = 1
    while i < size {
      let v = load(x + column + i &* stride, count: lanes) * factor
      let here = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: i))
      positions = sq_greater16(v, best, selectsLast, here, positions)
      best = sq_greater_float16(v, best, selectsLast, v, best)
      i &+= 1
    }
    for lane in 0..<lanes { y[column &+ lane] = positions[lane] }
    column &+= lanes
  }
}

// MARK: - Ways to join numbers

private protocol Joining {
  /// What joins with a number and leaves it.
  static var start: Float { get }
  func callAsFunction(_ sum: Vector, _ x: Vector) -> Vector
}

private struct Terms: Joining {
  @inline(__always) static var start: Float { 0 }
  @inline(__always) func callAsFunction(_ sum: Vector, _ x: Vector) -> Vector { sum + x }
}

private struct Squares: Joining {
  @inline(__always) static var start: Float { 0 }
  @inline(__always)
  func callAsFunction(_ sum: Vector, _ x: Vector) -> Vector { sum.adding(x, times: x) }
}

private struct Factors: Joining {
  @inline(__always) static var start: Float { 1 }
  @inline(__always) func callAsFunction(_ sum: Vector, _ x: Vector) -> Vector { sum * x }
}

private struct Largest: Joining {
  @inline(__always) static var start: Float { -.infinity }
  @inline(__always)
  func callAsFunction(_ sum: Vector, _ x: Vector) -> Vector { sq_maximum16(sum, x) }
}

private struct Least: Joining {
  @inline(__always) static var start: Float { .infinity }
  @inline(__always)
  func callAsFunction(_ sum: Vector, _ x: Vector) -> Vector { sq_minimum16(sum, x) }
}

@inline(__always)
private func running<J: Joining>(_ x: UnsafePointer<Float>, _ count: Int, _ join: J) -> Vector {
  var sum = Vector(repeating: J.start)
  var i = 0
  while i < count {
    if count &- i >= 16 {
      sum = join(sum, load(x + i))
    } else {
      let part = Int32(truncatingIfNeeded: count &- i)
      sum = sq_first16(join(sum, sq_load_first16(x + i, count &- i)), part, sum)
    }
    i &+= 16
  }
  return sum
}

/// The 16 lanes joined, one after the other.
@inline(__always)
private func lanes<J: Joining>(_ v: Vector, _ join: J) -> Float {
  var result = Vector(repeating: v[0])
  for lane in 1..<16 { result = join(result, Vector(repeating: v[lane])) }
  return result[0]
}

@inline(__always)
private func root(_ x: Float) -> Float { sq_sqrt16(Vector(repeating: x))[0] }

@inline(__always)
private func down<J: Joining>(
  _ x: UnsafePointer<Float>,
  _ size: Int,
  _ stride: Int,
  _ lanes: Int,
  _ join: J
) -> Vector {
  var sum = Vector(repeating: J.start)
  for i in 0..<size { sum = join(sum, load(x + i &* stride, count: lanes)) }
  return sum
}

/// Each row on its own first, which keeps long sums exact.
@inline(__always)
private func pixels<J: Joining, K: Joining>(
  _ x: UnsafePointer<Float>,
  _ rowStride: Int,
  _ height: Int,
  _ width: Int,
  _ join: J,
  then outer: K
) -> Vector {
  var total = Vector(repeating: K.start)
  for row in 0..<height {
    var sum = Vector(repeating: J.start)
    var pixel = x + row &* rowStride
    for _ in 0..<width {
      sum = join(sum, load(pixel))
      pixel += 16
    }
    total = outer(total, sum)
  }
  return total
}

@inline(__always)
private func pixels<J: Joining>(
  _ x: UnsafePointer<Float>,
  _ rowStride: Int,
  _ height: Int,
  _ width: Int,
  _ join: J
) -> Vector { pixels(x, rowStride, height, width, join, then: join) }
