public import CSqueezeKernels

/// What the gradient of batch normalization has to know of one block of one image: Σ g and
/// Σ g · (x − mean), where `g` is the output's gradient behind the clip; 16 numbers each.
public func sumNormalizationGradient(
  _ arguments: UnsafePointer<SQNormalizationGradient>,
  _ mean: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>
) {
  let p = arguments.pointee
  let (slope, offset, center) = (load(p.slope), load(p.offset), load(mean))
  let (lower, upper) = (Vector(repeating: p.clip.lower), Vector(repeating: p.clip.upper))
  var sum = Vector(repeating: 0)
  var products = Vector(repeating: 0)
  for row in 0..<p.area.rows {
    let x = p.x + row &* p.xRowStride
    let dy = p.gradient + row &* p.gradientRowStride
    var rowSum = Vector(repeating: 0)
    var rowProducts = Vector(repeating: 0)
    for pixel in 0..<p.area.width {
      let v = load(x + pixel &* 16)
      var g = load(dy + pixel &* 16)
      if p.clip.clips { g = sq_between16(offset.adding(v, times: slope), lower, upper, g) }
      rowSum += g
      rowProducts = rowProducts.adding(g, times: v - center)
    }
    sum += rowSum
    products += rowProducts
  }
  store(sum, target)
  store(products, target + 16)
}

/// The gradient of batch normalization's input for one block of one image, `a · g + b · x + c`.
///
/// `factors` holds 16 numbers each of a, b and c. With `accumulates` it is added to `target`, which may be
/// where the gradient of the output lies.
public func applyNormalizationGradient(
  _ arguments: UnsafePointer<SQNormalizationGradient>,
  _ factors: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>,
  _ targetRowStride: Int,
  _ accumulates: Bool
) {
  let p = arguments.pointee
  let (slope, offset) = (load(p.slope), load(p.offset))
  let (lower, upper) = (Vector(repeating: p.clip.lower), Vector(repeating: p.clip.upper))
  let (a, b, c) = (load(factors), load(factors + 16), load(factors + 32))
  for row in 0..<p.area.rows {
    let x = p.x + row &* p.xRowStride
    let dy = p.gradient + row &* p.gradientRowStride
    let dx = target + row &* targetRowStride
    for pixel in 0..<p.area.width {
      let v = load(x + pixel &* 16)
      var g = load(dy + pixel &* 16)
      if p.clip.clips { g = sq_between16(offset.adding(v, times: slope), lower, upper, g) }
      var result = c.adding(v, times: b).adding(g, times: a)
      if accumulates { result += load(dx + pixel &* 16) }
      store(result, dx + pixel &* 16)
    }
  }
}
