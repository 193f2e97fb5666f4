public import CSqueezeKernels

// Winograd's minimal filtering F(4×4, 3×3): 16 outputs from 36 products instead of 144.
//
// Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, from Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks" (2016), §4.2, with the points 0, ±1, ±2 and ∞.

/// Transforms the inputs of `tiles` neighbouring 4×4 output tiles of one block of 16 channels.
///
/// Tile `t` reads 6×6 pixels from `x + 64 t` and writes element `e` of `Bᵀ d B` to
/// `v + e · elementStride + 16 t`.
public func transformWinogradInput(
  _ x: UnsafePointer<Float>,
  _ rowStride: Int,
  _ v: UnsafeMutablePointer<Float>,
  _ elementStride: Int,
  _ tiles: Int
) {
  for tile in 0..<tiles {
    let d = x + tile &* 64
    let c0 = inputTransform(column(d, rowStride))
    let c1 = inputTransform(column(d + 16, rowStride))
    let c2 = inputTransform(column(d + 32, rowStride))
    let c3 = inputTransform(column(d + 48, rowStride))
    let c4 = inputTransform(column(d + 64, rowStride))
    let c5 = inputTransform(column(d + 80, rowStride))
    let target = v + tile &* 16
    let step = 6 &* elementStride
    storeInput(Six(c0.a, c1.a, c2.a, c3.a, c4.a, c5.a), target, elementStride)
    storeInput(Six(c0.b, c1.b, c2.b, c3.b, c4.b, c5.b), target + step, elementStride)
    storeInput(Six(c0.c, c1.c, c2.c, c3.c, c4.c, c5.c), target + 2 &* step, elementStride)
    storeInput(Six(c0.d, c1.d, c2.d, c3.d, c4.d, c5.d), target + 3 &* step, elementStride)
    storeInput(Six(c0.e, c1.e, c2.e, c3.e, c4.e, c5.e), target + 4 &* step, elementStride)
    storeInput(Six(c0.f, c1.f, c2.f, c3.f, c4.f, c5.f), target + 5 &* step, elementStride)
  }
}

/// Transforms the products of neighbouring tiles of one block back into output pixels.
///
/// `height` of 4 rows and `width` pixels of all tiles together are written.
public func transformWinogradOutput(
  _ products: SQWinogradProducts,
  _ output: SQWinogradOutput,
  _ height: Int,
  _ width: Int
) {
  let stride = products.elementStride
  let step = 6 &* stride
  let finish = Finish(output)
  var m = products.data
  var done = 0
  while done < width {
    let c0 = outputTransform(column(m, step))
    let c1 = outputTransform(column(m + stride, step))
    let c2 = outputTransform(column(m + 2 &* stride, step))
    let c3 = outputTransform(column(m + 3 &* stride, step))
    let c4 = outputTransform(column(m + 4 &* stride, step))
    let c5 = outputTransform(column(m + 5 &* stride, step))
    let left = width &- done
    finish.write(outputTransform(Six(c0.a, c1.a, c2.a, c3.a, c4.a, c5.a)), 0, done, left)
    if height > 1 {
      finish.write(outputTransform(Six(c0.b, c1.b, c2.b, c3.b, c4.b, c5.b)), 1, done, left)
    }
    if height > 2 {
      finish.write(outputTransform(Six(c0.c, c1.c, c2.c, c3.c, c4.c, c5.c)), 2, done, left)
    }
    if height > 3 {
      finish.write(outputTransform(Six(c0.d, c1.d, c2.d, c3.d, c4.d, c5.d)), 3, done, left)
    }
    done &+= 4
    m += products.tileStride
  }
}

/// Transforms 3×3 kernels of up to 16 output channels, `G g Gᵀ`, lane by lane.
///
/// Tap `t` of the kernel of a lane and input `i` is `g[lane · laneStride + i · kernelStride + t · tapStride]`,
/// so kernels may be read from their last tap to their first; element `e` of 36 of input `i` goes to
/// `u + e · elementStride + i · inputStride + lane`. Lanes beyond `lanes` become 0. `G` has the rows
/// (¼, 0, 0), −⅙(1, ±1, 1), (1, ±2, 4)/24 and (0, 0, 1). `scratch` has room for 144 floats.
public func transformWinogradWeights(
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
    let step = 6 &* elementStride
    storeWeights(Three(c0.a, c1.a, c2.a), y, elementStride)
    storeWeights(Three(c0.b, c1.b, c2.b), y + step, elementStride)
    storeWeights(Three(c0.c, c1.c, c2.c), y + 2 &* step, elementStride)
    storeWeights(Three(c0.d, c1.d, c2.d), y + 3 &* step, elementStride)
    storeWeights(Three(c0.e, c1.e, c2.e), y + 4 &* step, elementStride)
    storeWeights(Three(c0.f, c1.f, c2.f), y + 5 &* step, elementStride)
  }
}

struct Six {
  var a, b, c, d, e, f: Vector

  @inline(__always)
  init(_ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector, _ e: Vector, _ f: Vector) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
    self.e = e
    self.f = f
  }
}

struct Four {
  var a, b, c, d: Vector
}

struct Three {
  var a, b, c: Vector

  @inline(__always)
  init(_ a: Vector, _ b: Vector, _ c: Vector) {
    self.a = a
    self.b = b
    self.c = c
  }
}

/// Brings the nine taps of the kernels of some lanes into the order `[tap][lane]`.
@inline(__always)
func gatherTaps(
  _ g: UnsafePointer<Float>,
  _ laneStride: Int,
  _ tapStride: Int,
  _ lanes: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  for lane in 0..<lanes {
    let kernel = g + lane &* laneStride
    for tap in 0..<9 { scratch[tap &* 16 &+ lane] = kernel[tap &* tapStride] }
  }
}

/// A column of kernels in the order `[tap][lane]`.
@inline(__always)
func tapColumn(_ taps: UnsafePointer<Float>) -> Three {
  Three(load(taps), load(taps + 48), load(taps + 96))
}

@inline(__always)
private func column(_ x: UnsafePointer<Float>, _ stride: Int) -> Six {
  Six(
    load(x),
    load(x + stride),
    load(x + 2 &* stride),
    load(x + 3 &* stride),
    load(x + 4 &* stride),
    load(x + 5 &* stride)
  )
}

/// `G x`.
@inline(__always)
private func weightTransform(_ x: Three) -> Six {
  let even = (x.a + x.c) * (-1.0 / 6)
  let odd = x.b * (1.0 / 6)
  let wide = (x.a * (1.0 / 24)).adding(x.c, times: Vector(repeating: 1.0 / 6))
  let step = x.b * (1.0 / 12)
  return Six(x.a * 0.25, even - odd, even + odd, wide + step, wide - step, x.c)
}

/// `Bᵀ x`.
@inline(__always)
private func inputTransform(_ x: Six) -> Six {
  let p = x.e.adding(x.c, times: Vector(repeating: -4))
  let q = x.d.adding(x.b, times: Vector(repeating: -4))
  let r = x.e - x.c
  let s = (x.d - x.b) * 2
  let first = x.e.adding(x.c, times: Vector(repeating: -5))
  let last = x.f.adding(x.d, times: Vector(repeating: -5))
  let four = Vector(repeating: 4)
  return Six(
    first.adding(x.a, times: four),
    p + q,
    p - q,
    r + s,
    r - s,
    last.adding(x.b, times: four)
  )
}

/// `Aᵀ x`.
@inline(__always)
private func outputTransform(_ x: Six) -> Four {
  let s = x.b + x.c
  let t = x.b - x.c
  let p = x.d + x.e
  let q = x.d - x.e
  return Four(
    a: x.a + s + p,
    b: t.adding(q, times: Vector(repeating: 2)),
    c: s.adding(p, times: Vector(repeating: 4)),
    d: t.adding(q, times: Vector(repeating: 8)) + x.f
  )
}

@inline(__always)
private func storeInput(_ x: Six, _ target: UnsafeMutablePointer<Float>, _ stride: Int) {
  let row = inputTransform(x)
  store(row.a, target)
  store(row.b, target + stride)
  store(row.c, target + 2 &* stride)
  store(row.d, target + 3 &* stride)
  store(row.e, target + 4 &* stride)
  store(row.f, target + 5 &* stride)
}

@inline(__always)
private func storeWeights(_ x: Three, _ target: UnsafeMutablePointer<Float>, _ stride: Int) {
  let row = weightTransform(x)
  store(row.a, target)
  store(row.b, target + stride)
  store(row.c, target + 2 &* stride)
  store(row.d, target + 3 &* stride)
  store(row.e, target + 4 &* stride)
  store(row.f, target + 5 &* stride)
}

/// What happens to output pixels before they are written: bias, residual, clip.
struct Finish {
  private let bias: Vector
  private let target: UnsafeMutablePointer<Float>
  private let rowStride: Int
  private let residual: UnsafePointer<Float>?
  private let residualStride: Int
  private let clip: SQClip

  @inline(__always)
  init(_ output: SQWinogradOutput) {
    bias = load(output.bias)
    target = output.data
    rowStride = output.rowStride
    residual = output.residual.data
    residualStride = output.residual.rowStride
    clip = output.clip
  }

  @inline(__always)
  func write(_ pixels: Four, _ row: Int, _ column: Int, _ left: Int) {
    write(pixels.a, row, column)
    if left > 1 { write(pixels.b, row, column &+ 1) }
    if left > 2 { write(pixels.c, row, column &+ 2) }
    if left > 3 { write(pixels.d, row, column &+ 3) }
  }

  @inline(__always)
  func write(_ pixel: Vector, _ row: Int, _ column: Int) {
    var y = pixel + bias
    if let residual { y += load(residual + (row &* residualStride &+ column &* 16)) }
    if clip.clips { y = y.clipped(clip.lower, clip.upper) }
    store(y, target + (row &* rowStride &+ column &* 16))
  }
}
