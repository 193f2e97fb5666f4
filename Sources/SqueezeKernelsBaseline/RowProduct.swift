public import CSqueezeKernels

/// Some output features of a matrix product with few rows, `y[o] = b[o] + Σᵢ w[o, i] · x[i]`.
///
/// Weights are read once, in the order `[O, I]` in which models keep them, four rows side by side:
/// the memory that delivers them sets the time. Each sum is kept in 16 lanes, then added up pairwise,
/// so results do not depend on which features are computed together.
public func multiplyRows(
  _ weights: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>?,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ features: Int,
  _ outputs: Int,
  _ clip: SQClip
) {
  var output = 0
  while output < outputs {
    let row = weights + output &* features
    let left = outputs &- output
    // Past the last row the last one is read again, and its sums are dropped.
    let b = left > 1 ? features : 0
    let c = left > 2 ? 2 &* features : 0
    let d = left > 3 ? 3 &* features : 0
    var sums = (
      Vector(repeating: 0), Vector(repeating: 0), Vector(repeating: 0), Vector(repeating: 0)
    )
    var i = 0
    while i &+ 16 <= features {
      let v = load(x + i)
      sums.0 = sums.0.adding(v, times: load(row + i))
      sums.1 = sums.1.adding(v, times: load(row + (b &+ i)))
      sums.2 = sums.2.adding(v, times: load(row + (c &+ i)))
      sums.3 = sums.3.adding(v, times: load(row + (d &+ i)))
      i &+= 16
    }
    if i < features {
      let count = features &- i
      let v = load(x + i, count: count, else: 0)
      sums.0 = sums.0.adding(v, times: load(row + i, count: count, else: 0))
      sums.1 = sums.1.adding(v, times: load(row + (b &+ i), count: count, else: 0))
      sums.2 = sums.2.adding(v, times: load(row + (c &+ i), count: count, else: 0))
      sums.3 = sums.3.adding(v, times: load(row + (d &+ i), count: count, else: 0))
    }
    put(sums.0.sum(), bias, y, output, clip)
    if left > 1 { put(sums.1.sum(), bias, y, output &+ 1, clip) }
    if left > 2 { put(sums.2.sum(), bias, y, output &+ 2, clip) }
    if left > 3 { put(sums.3.sum(), bias, y, output &+ 3, clip) }
    output &+= 4
  }
}

@inline(__always)
private func put(
  _ sum: Float,
  _ bias: UnsafePointer<Float>?,
  _ y: UnsafeMutablePointer<Float>,
  _ output: Int,
  _ clip: SQClip
) {
  var value = sum
  if let bias { value += bias[output] }
  if clip.clips {
    if value < clip.lower { value = clip.lower }
    if value > clip.upper { value = clip.upper }
  }
  y[output] = value
}
