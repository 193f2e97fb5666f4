public import CSqueezeKernels

/// The gradient in front of a clip: that behind it where the clip's output lies between the bounds.
///
/// One row of `pixels` pixels of a block. With `accumulates` it is added to `target`, which may be where
/// the gradient lies.
public func passGradient(
  _ y: UnsafePointer<Float>,
  _ gradient: UnsafePointer<Float>,
  _ clip: SQClip,
  _ target: UnsafeMutablePointer<Float>,
  _ pixels: Int,
  _ accumulates: Bool
) {
  let (lower, upper) = (Vector(repeating: clip.lower), Vector(repeating: clip.upper))
  for pixel in 0..<pixels {
    let place = pixel &* 16
    var g = load(gradient + place)
    if clip.clips { g = sq_between16(load(y + place), lower, upper, g) }
    if accumulates { g += load(target + place) }
    store(g, target + place)
  }
}
