import CSqueezeKernels

// Functions of one vector beyond the plain activations of `Elementwise.swift`.

struct GELU: UnaryFunction {
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    let half = x * 0.5
    return half.adding(half, times: sq_erf16(x * 0.707_106_781))
  }
}

struct ApproximateGELU: UnaryFunction {
  // x/2 · (1 + tanh u) = x / (1 + e⁻²ᵘ)
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    let u = x * (x * x * 0.044715 + 1)
    return x / (sq_exp16(u * -1.595_769_122) + 1)
  }
}

struct Softplus: UnaryFunction {
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    let e = sq_exp16(sq_min16(x, 0 - x))
    // ln(1 + e) loses digits of a small e, where it is e.
    let logarithm = sq_negative16(e - 1e-4, e, sq_log16(e + 1))
    return sq_max16(Vector(repeating: 0), x) + logarithm
  }
}

struct Softsign: UnaryFunction {
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector { x / (sq_max16(x, 0 - x) + 1) }
}

struct Mish: UnaryFunction {
  // tanh(ln(1 + eˣ)) = n / (n + 2) with n = eˣ (eˣ + 2), which is 1 from 20 on.
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    let e = sq_exp16(sq_min16(Vector(repeating: 20), x))
    let n = e * (e + 2)
    return x * (n / (n + 2))
  }
}

struct Thresholded: UnaryFunction {
  var a: Float
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    sq_greater_float16(x, Vector(repeating: a), false, x, Vector(repeating: 0))
  }
}

struct Absolute: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sq_max16(0 - x, x) }
}

struct Ceiling: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { 0 - sq_floor16(0 - x) }
}

struct ErrorFunction: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sq_erf16(x) }
}

struct Exponential: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sq_exp16(x) }
}

struct Floor: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sq_floor16(x) }
}

struct Logarithm: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sq_log16(x) }
}

struct Negate: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { 0 - x }
}

struct Reciprocal: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { 1 / x }
}

struct Round: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sq_round16(x) }
}

struct Sign: UnaryFunction {
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    let (zero, one) = (Vector(repeating: 0), Vector(repeating: 1))
    return sq_greater_float16(x, zero, false, one, sq_greater_float16(zero, x, false, 0 - one, x))
  }
}

struct Binarize: UnaryFunction {
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    let (zero, one) = (Vector(repeating: 0), Vector(repeating: 1))
    return sq_greater_float16(x, zero, true, one, 0 - one)
  }
}

struct SquareRoot: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sq_sqrt16(x) }
}

struct Square: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x * x }
}

struct Cube: UnaryFunction {
  @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x * x * x }
}

struct CELU: UnaryFunction {
  var a: Float
  @inline(__always)
  func callAsFunction(_ x: Vector) -> Vector {
    let zero = Vector(repeating: 0)
    let low = (sq_exp16(x * (1 / a)) - 1) * a
    return sq_max16(zero, x) + sq_min16(zero, low)
  }
}
