public import CSqueezeKernels

// Winograd's minimal filtering F(2×2, 3×3): 4 outputs from 16 products instead of 36, for maps too
// small for tiles of 4×4. Lavin and Gray (2016), §4.1, with the points 0, ±1 and ∞.

/// Transforms the inputs of `tiles` neighbouring 2×2 output tiles of one block of 16 channels.
///
/// Tile `t` reads 4×4 pixels from `x + 32 t` and writes element `e` of `Bᵀ d B` to
/// `v + e · elementStride + 16 t`.
public func transformWinograd2Input(
  _ x: UnsafePointer<Float>,
  _ rowStride: Int,
  _ v: UnsafeMutablePointer<Float>,
  _ elementStride: Int,
  _ tiles: Int
) {
  for tile in 0..<tiles {
    let d = x + tile &* 32
    let c0 = inputTransform(column(d, rowStride))
    let c1 = inputTransform(column(d + 16, rowStride))
    let c2 = inputTransform(column(d + 32, rowStride))
    let c3 = inputTransform(column(d + 48, rowStride))
    let target = v + tile &* 16
    let step = 4 &* elementStride
    storeInput(Four(a: c0.a, b: c1.a, c: c2.a, d: c3.a), target, elementStride)
    storeInput(Four(a: c0.b, b: c1.b, c: c2.b, d: c3.b), target + step, elementStride)
    storeInput(Four(a: c0.c, b: c1.c, c: c2.c, d: c3.c), target + 2 &* step, elementStride)
    storeInput(Four(a: c0.d, b: c1.d, c: c2.d, d: c3.d), target + 3 &* step, elementStride)
  }
}

/// Transforms the products of neighbouring tiles of one block back into output pixels.
///
/// `height` of 2 rows and `width` pixels of all tiles together are written.
public func transformWinograd2Output(
  _ products: SQWinogradProducts,
  _ output: SQWinogradOutput,
  _ height: Int,
  _ width: Int
) {
  let stride = products.elementStride
  let step = 4 &* stride
  let finish = Finish(output)
  var m = products.data
  var done = 0
  while done < width {
    let c0 = outputTransform(column(m, step))
    let c1 = outputTransform(column(m + stride, step))
    let c2 = outputTransform(column(m + 2 &* stride, step))
    let c3 = outputTransform(column(m + 3 &* stride, step))
    let first = outputTransform(Four(a: c0.a, b: c1.a, c: c2.a, d: c3.a))
    let second = outputTransform(Four(a: c0.b, b: c1.b, c: c2.b, d: c3.b))
    finish.write(first.a, 0, done)
    if done &+ 1 < width { finish.write(first.b, 0, done &+ 1) }
    if height > 1 {
      finish.write(second.a, 1, done)
      if done &+ 1 < width { finish.write(second.b, 1, done &+ 1) }
    }
    done &+= 2
    m += products.tileStride
  }
}

/// Transforms 3×3 kernels as `transformWinogradWeights` does, into 16 elements.
///
/// `G` has the rows (1, 0, 0), ½(1, ±1, 1) and (0, 0, 1).
public func transformWinograd2Weights(
  _ g: UnsafePointer<Float>,
  _ laneStride: Int,
  _ kernelStride: Int,
  _ tapStride: Int,
  _ lanes: Int,
  _ inputs: Int,
  _ u: UnsafeMutablePointer<Float>,
  _ elementStride: Int,
  _ inputStride: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  for i in 0..<144 { scratch[i] = 0 }
  for input in 0..<inputs {
    gatherTaps(g + input &* kernelStride, laneStride, tapStride, lanes, scratch)
    let c0 = weightTransform(tapColumn(scratch))
    let c1 = weightTransform(tapColumn(scratch + 16))
    let c2 = weightTransform(tapColumn(scratch + 32))
    let y = u + input &* inputStride
    let step = 4 &* elementStride
    storeWeights(Three(c0.a, c1.a, c2.a), y, elementStride)
    storeWeights(Three(c0.b, c1.b, c2.b), y + step, elementStride)
    storeWeights(Three(c0.c, c1.c, c2.c), y + 2 &* step, elementStride)
    storeWeights(Three(c0.d, c1.d, c2.d), y + 3 &* step, elementStride)
  }
}

private struct Two {
  var a, b: Vector
}

@inline(__always)
private func column(_ x: UnsafePointer<Float>, _ stride: Int) -> Four {
  Four(a: load(x), b: load(x + stride), c: load(x + 2 &* stride), d: load(x + 3 &* stride))
}

/// `G x`.
@inline(__always)
private func weightTransform(_ x: Three) -> Four {
  let even = (x.a + x.c) * 0.5
  let odd = x.b * 0.5
  return Four(a: x.a, b: even + odd, c: even - odd, d: x.c)
}

/// `Bᵀ x`.
@inline(__always)
private func inputTransform(_ x: Four) -> Four {
  Four(a: x.a - x.c, b: x.b + x.c, c: x.c - x.b, d: x.b - x.d)
}

/// `Aᵀ x`.
@inline(__always)
private func outputTransform(_ x: Four) -> Two {
  Two(a: x.a + x.b + x.c, b: x.b - x.c - x.d)
}

@inline(__always)
private func storeInput(_ x: Four, _ target: UnsafeMutablePointer<Float>, _ stride: Int) {
  let row = inputTransform(x)
  store(row.a, target)
  store(row.b, target + stride)
  store(row.c, target + 2 &* stride)
  store(row.d, target + 3 &* stride)
}

@inline(__always)
private func storeWeights(_ x: Three, _ target: UnsafeMutablePointer<Float>, _ stride: Int) {
  let row = weightTransform(x)
  store(row.a, target)
  store(row.b, target + stride)
  store(row.c, target + 2 &* stride)
  store(row.d, target + 3 &* stride)
}
