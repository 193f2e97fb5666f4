public import CSqueezeKernels

/// The mean of each channel of one block of one image, and the sum of squared deviations from it.
///
/// Deviations are taken from the first pixel, so that a large mean costs no precision. `target` gets 16
/// means and 16 sums.
public func measureChannels(
  _ x: UnsafePointer<Float>,
  _ rowStride: Int,
  _ area: SQArea,
  _ target: UnsafeMutablePointer<Float>
) {
  let origin = load(x)
  var sum = Vector(repeating: 0)
  var squares = Vector(repeating: 0)
  for row in 0..<area.rows {
    let line = x + row &* rowStride
    var rowSum = Vector(repeating: 0)
    var rowSquares = Vector(repeating: 0)
    for pixel in 0..<area.width {
      let deviation = load(line + pixel &* 16) - origin
      rowSum += deviation
      rowSquares = rowSquares.adding(deviation, times: deviation)
    }
    sum += rowSum
    squares += rowSquares
  }
  let mean = sum / Vector(repeating: Float(area.rows &* area.width))
  store(origin + mean, target)
  store(sq_max16(Vector(repeating: 0), squares.adding(mean, times: -sum)), target + 16)
}

/// The sum of each channel of one block of one image.
public func sumChannels(
  _ x: UnsafePointer<Float>,
  _ rowStride: Int,
  _ area: SQArea,
  _ target: UnsafeMutablePointer<Float>
) {
  var sum = Vector(repeating: 0)
  for row in 0..<area.rows {
    let line = x + row &* rowStride
    var rowSum = Vector(repeating: 0)
    for pixel in 0..<area.width { rowSum += load(line + pixel &* 16) }
    sum += rowSum
  }
  store(sum, target)
}
