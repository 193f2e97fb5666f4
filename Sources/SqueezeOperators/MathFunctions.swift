#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// e to the power of `value`.
func exponential(_ value: Double) -> Double { exp(value) }

/// The hyperbolic tangent, computed in double precision.
func hyperbolicTangent(_ value: Float) -> Float { Float(tanh(Double(value))) }

/// `log(1 + value)`, exact for small values.
func logarithm1p(_ value: Double) -> Double { log1p(value) }

/// The Gauss error function.
func errorFunction(_ value: Double) -> Double { erf(value) }

/// `exp(value) − 1`, exact for small values.
func exponentialMinus1(_ value: Double) -> Double { expm1(value) }

/// The natural logarithm.
func logarithm(_ value: Double) -> Double { log(value) }
