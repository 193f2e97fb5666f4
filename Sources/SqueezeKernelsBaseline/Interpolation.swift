/// `y[i] = a[i] (1 − weight) + b[i] weight` for `count` numbers, a multiple of 16.
public func blendRows(
  _ a: UnsafePointer<Float>,
  _ b: UnsafePointer<Float>,
  _ weight: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  let (first, second) = (Vector(repeating: 1 - weight), Vector(repeating: weight))
  var i = 0
  while i < count {
    store((load(a + i) * first).adding(load(b + i), times: second), y + i)
    i &+= 16
  }
}

/// The mean of two pixels of 16 channels, weighted linearly.
///
/// Pixel `p` lies between those at `offsets[2p]` and `offsets[2p + 1]`, the second with `weights[p]`.
public func blendPixels(
  _ x: UnsafePointer<Float>,
  _ offsets: UnsafePointer<Int>,
  _ weights: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ pixels: Int
) {
  for pixel in 0..<pixels {
    let weight = weights[pixel]
    let first = load(x + offsets[2 &* pixel]) * Vector(repeating: 1 - weight)
    let second = load(x + offsets[2 &* pixel &+ 1])
    store(first.adding(second, times: Vector(repeating: weight)), y + pixel &* 16)
  }
}
