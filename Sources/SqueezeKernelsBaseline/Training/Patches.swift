import CSqueezeKernels

/// Collects what `pixels` neighbouring output pixels of a convolution see, `count` numbers each.
///
/// Number `k` of pixel `p` is `x[offsets[k] + p · pixelStride]` and goes to `target[p · stride + k]`.
public func gatherPatches(
  _ x: UnsafePointer<Float>,
  _ pixelStride: Int,
  _ offsets: UnsafePointer<Int>,
  _ count: Int,
  _ pixels: Int,
  _ target: UnsafeMutablePointer<Float>,
  _ stride: Int
) {
  for k in 0..<count {
    let source = x + offsets[k]
    let place = target + k
    for pixel in 0..<pixels { place[pixel &* stride] = source[pixel &* pixelStride] }
  }
}
