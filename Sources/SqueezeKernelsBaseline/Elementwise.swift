public import CSqueezeKernels

/// `y[i] = f(x[i])` for `count` numbers.
public func applyUnary(
  _ function: SQUnary,
  _ a: Float,
  _ b: Float,
  _ clip: SQClip,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  switch function {
  case SQUnaryLeakyReLU: map(clip, x, y, count, LeakyReLU(a: a))
  case SQUnaryHardSigmoid: map(clip, x, y, count, HardSigmoid(a: a, b: b))
  case SQUnaryHardSwish: map(clip, x, y, count, HardSwish(a: a, b: b))
  case SQUnarySigmoid: map(clip, x, y, count, Sigmoid())
  case SQUnaryTanh: map(clip, x, y, count, HyperbolicTangent())
  case SQUnaryELU: map(clip, x, y, count, ELU(a: a, b: b))
  case SQUnaryAffine: map(clip, x, y, count, Affine(a: a, b: b))
  case SQUnaryGELU: map(clip, x, y, count, GELU())
  case SQUnaryGELUApproximate: map(clip, x, y, count, ApproximateGELU())
  case SQUnarySoftplus: map(clip, x, y, count, Softplus())
  case SQUnarySoftsign: map(clip, x, y, count, Softsign())
  case SQUnaryMish: map(clip, x, y, count, Mish())
  case SQUnaryThresholded: map(clip, x, y, count, Thresholded(a: a))
  case SQUnaryAbsolute: map(clip, x, y, count, Absolute())
  case SQUnaryCeiling: map(clip, x, y, count, Ceiling())
  case SQUnaryErrorFunction: map(clip, x, y, count, ErrorFunction())
  case SQUnaryExponential: map(clip, x, y, count, Exponential())
  case SQUnaryFloor: map(clip, x, y, count, Floor())
  case SQUnaryLogarithm: map(clip, x, y, count, Logarithm())
  case SQUnaryNegate: map(clip, x, y, count, Negate())
  case SQUnaryReciprocal: map(clip, x, y, count, Reciprocal())
  case SQUnaryRound: map(clip, x, y, count, Round())
  case SQUnarySign: map(clip, x, y, count, Sign())
  case SQUnaryBinarize: map(clip, x, y, count, Binarize())
  case SQUnarySquareRoot: map(clip, x, y, count, SquareRoot())
  case SQUnarySquare: map(clip, x, y, count, Square())
  case SQUnaryCube: map(clip, x, y, count, Cube())
  case SQUnaryCELU: map(clip, x, y, count, CELU(a: a))
  default: map(clip, x, y, count, Identity())
  }
}

/// `z[i] = x[i] ∘ y[i]` for `count` numbers.
///
/// `y` advances by `step` numbers every 16: 16 for equal shapes, 0 where the same 16 numbers
/// belong to every pixel.
public func applyBinary(
  _ function: SQBinary,
  _ clip: SQClip,
  _ x: UnsafePointer<Float>,
  _ y: UnsafePointer<Float>,
  _ step: Int,
  _ z: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  switch function {
  case SQBinarySubtract: zip(clip, x, y, step, z, count, Difference())
  case SQBinaryMultiply: zip(clip, x, y, step, z, count, Product())
  case SQBinaryDivide: zip(clip, x, y, step, z, count, Quotient())
  case SQBinaryMaximum: zip(clip, x, y, step, z, count, Larger())
  case SQBinaryMinimum: zip(clip, x, y, step, z, count, Smaller())
  default: zip(clip, x, y, step, z, count, Sum())
  }
}

@inline(__always)
private func map<F: UnaryFunction>(
  _ clip: SQClip,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ function: F
) {
  let whole = count & ~15
  var i = 0
  while i < whole {
    var v = function(load(x + i))
    if clip.clips { v = v.clipped(clip.lower, clip.upper) }
    store(v, y + i)
    i &+= 16
  }
  if i < count {
    var v = function(load(x + i, count: count &- i))
    if clip.clips { v = v.clipped(clip.lower, clip.upper) }
    store(v, y + i, count: count &- i)
  }
}

@inline(__always)
private func zip<F: BinaryFunction>(
  _ clip: SQClip,
  _ x: UnsafePointer<Float>,
  _ y: UnsafePointer<Float>,
  _ step: Int,
  _ z: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ function: F
) {
  let whole = count & ~15
  var i = 0
  var second = y
  while i < whole {
    var v = function(load(x + i), load(second))
    if clip.clips { v = v.clipped(clip.lower, clip.upper) }
    store(v, z + i)
    i &+= 16
    second += step
  }
  if i < count {
    var v = function(load(x + i, count: count &- i), load(second, count: count &- i))
    if clip.clips { v = v.clipped(clip.lower, clip.upper) }
    store(v, z + i, count: count &- i)
  }
}

// MARK: - Functions of one vector

protocol UnaryFunction { func callAsFunction(_ x: Vector) -> Vector }

private struct Identity: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x }
}

private struct LeakyReLU: UnaryFunction {
  var a: Float
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sq_negative16(x, x * a, x) }
}

private struct HardSigmoid: UnaryFunction {
  var a, b: Float
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { (x * a + b).clipped(0, 1) }
}

private struct HardSwish: UnaryFunction {
  var a, b: Float
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x * (x * a + b).clipped(0, 1) }
}

private struct Sigmoid: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { 1 / (1 + sq_exp16(0 - x)) }
}

private struct HyperbolicTangent: UnaryFunction {
  // 1 − 2 / (e²ˣ + 1) loses digits near 0, where x − x³/3 + 2x⁵/15 is exact enough.
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    let far = 1 - 2 / (sq_exp16(x * 2) + 1)
    let square = x * x
    let near = x * (1 + square * (square * (2.0 / 15) - 1.0 / 3))
    return sq_negative16(square - 0.0025, near, far)
  }
}

private struct ELU: UnaryFunction {
  var a, b: Float
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    b * sq_negative16(x, a * (sq_exp16(x) - 1), x)
  }
}

private struct Affine: UnaryFunction {
  var a, b: Float
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x * a + b }
}

// MARK: - Functions of two vectors

private protocol BinaryFunction { func callAsFunction(_ x: Vector, _ y: Vector) -> Vector }

private struct Sum: BinaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector, _ y: Vector) -> Vector { x + y }
}

private struct Difference: BinaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector, _ y: Vector) -> Vector { x - y }
}

private struct Product: BinaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector, _ y: Vector) -> Vector { x * y }
}

private struct Quotient: BinaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector, _ y: Vector) -> Vector { x / y }
}

private struct Larger: BinaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector, _ y: Vector) -> Vector { sq_maximum16(x, y) }
}

private struct Smaller: BinaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector, _ y: Vector) -> Vector { sq_minimum16(x, y) }
}
