public import CSqueezeKernels

/// One formula per channel over `pixels` pixels of a block of 16 channels.
///
/// `y = slope · x + offset`, where the slope of negative `x` may differ: batch normalization and the
/// rectifier with trained slopes. Each table has 16 numbers.
public func applyChannels(
  _ slopes: UnsafePointer<Float>,
  _ negativeSlopes: UnsafePointer<Float>,
  _ offsets: UnsafePointer<Float>,
  _ clip: SQClip,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ pixels: Int
) {
  let slope = load(slopes)
  let negative = load(negativeSlopes)
  let offset = load(offsets)
  for pixel in 0..<pixels {
    let v = load(x + pixel &* 16)
    var result = offset.adding(v, times: sq_negative16(v, negative, slope))
    if clip.clips { result = result.clipped(clip.lower, clip.upper) }
    store(result, y + pixel &* 16)
  }
}
