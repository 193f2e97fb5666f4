import CSqueezeKernels

/// Multiplies and adds in registers only, as fast as the processor can; returns how many it did.
///
/// `x` holds 17 numbers; sums that nothing may drop go to `y`, 512 floats. Enough sums run beside
/// each other to hide the latency of one, and no more than there are registers.
public func probeMultiplyAdds(
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ iterations: Int
) -> Int {
  switch sq_level() {
  case 4: chains(Tile14<Vector>.self, x, y, iterations)
  case 3: chains(Tile5<Vector>.self, x, y, iterations)
  case 2: chains(Tile5<Vector>.self, x, y, iterations)
  default: chains(Tile2<Vector>.self, x, y, iterations)
  }
}

@inline(__always)
private func chains<T: PixelTile>(
  _: T.Type,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ iterations: Int
) -> Int {
  let weights = T.L(load: x + 1)
  var sums = T(weights)
  for _ in 0..<iterations { sums.add(broadcast: x, stride: 0, weights: weights) }
  sums.store(y, stride: 16, blockStride: 0)
  return iterations &* T.pixels &* 16
}

/// Reads `count` floats, a multiple of 128, `repeats` times over; their sums go to `y`, 16 floats.
public func probeRead(
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ repeats: Int
) {
  var a = Vector(repeating: 0)
  var (b, c, d) = (a, a, a)
  for _ in 0..<repeats {
    var source = x
    let end = x + count
    while source < end {
      a += load(source)
      b += load(source + 16)
      c += load(source + 32)
      d += load(source + 48)
      a += load(source + 64)
      b += load(source + 80)
      c += load(source + 96)
      d += load(source + 112)
      source += 128
    }
  }
  store(a + b + c + d, y)
}
