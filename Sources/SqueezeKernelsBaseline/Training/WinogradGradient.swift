import CSqueezeKernels

// The gradient of the weights of a 3×3 convolution by Winograd's F(4×4, 3×3):
// ∂L/∂g = Gᵀ [ Σ (Bᵀ d B) ⊙ (A ∂L/∂Y Aᵀ) ] G, the transpose of the forward pass.

/// Transforms the gradients of `tiles` neighbouring 4×4 output tiles of one block, `A y Aᵀ`.
///
/// Tile `t` reads 4×4 pixels from `y + 64 t` and writes element `e` to
/// `d + e · elementStride + 16 t`.
public func transformWinogradGradient(
  _ y: UnsafePointer<Float>,
  _ rowStride: Int,
  _ d: UnsafeMutablePointer<Float>,
  _ elementStride: Int,
  _ tiles: Int
) {
  for tile in 0..<tiles {
    let x = y + tile &* 64
    let c0 = spread(column(x, rowStride))
    let c1 = spread(column(x + 16, rowStride))
    let c2 = spread(column(x + 32, rowStride))
    let c3 = spread(column(x + 48, rowStride))
    let target = d + tile &* 16
    let step = 6 &* elementStride
    write(spread(Four(a: c0.a, b: c1.a, c: c2.a, d: c3.a)), target, elementStride)
    write(spread(Four(a: c0.b, b: c1.b, c: c2.b, d: c3.b)), target + step, elementStride)
    write(spread(Four(a: c0.c, b: c1.c, c: c2.c, d: c3.c)), target + 2 &* step, elementStride)
    write(spread(Four(a: c0.d, b: c1.d, c: c2.d, d: c3.d)), target + 3 &* step, elementStride)
    write(spread(Four(a: c0.e, b: c1.e, c: c2.e, d: c3.e)), target + 4 &* step, elementStride)
    write(spread(Four(a: c0.f, b: c1.f, c: c2.f, d: c3.f)), target + 5 &* step, elementStride)
  }
}

/// Transforms the gradient of transformed kernels back, `Gᵀ U G`, for `inputs` input channels and 16
/// output channels side by side.
///
/// Element `e` of input `i` lies at `u + e · elementStride + 16 i`; tap `t` goes to
/// `g + t · tapStride + 16 i`.
public func transformWinogradKernelGradient(
  _ u: UnsafePointer<Float>,
  _ elementStride: Int,
  _ inputs: Int,
  _ g: UnsafeMutablePointer<Float>,
  _ tapStride: Int
) {
  let step = 6 &* elementStride
  for input in 0..<inputs {
    let x = u + input &* 16
    let c0 = gather(six(x, step))
    let c1 = gather(six(x + elementStride, step))
    let c2 = gather(six(x + 2 &* elementStride, step))
    let c3 = gather(six(x + 3 &* elementStride, step))
    let c4 = gather(six(x + 4 &* elementStride, step))
    let c5 = gather(six(x + 5 &* elementStride, step))
    let target = g + input &* 16
    write(gather(Six(c0.a, c1.a, c2.a, c3.a, c4.a, c5.a)), target, tapStride)
    write(gather(Six(c0.b, c1.b, c2.b, c3.b, c4.b, c5.b)), target + 3 &* tapStride, tapStride)
    write(gather(Six(c0.c, c1.c, c2.c, c3.c, c4.c, c5.c)), target + 6 &* tapStride, tapStride)
  }
}

@inline(__always)
private func column(_ x: UnsafePointer<Float>, _ stride: Int) -> Four {
  Four(a: load(x), b: load(x + stride), c: load(x + 2 &* stride), d: load(x + 3 &* stride))
}

@inline(__always)
private func six(_ x: UnsafePointer<Float>, _ stride: Int) -> Six {
  Six(
    load(x),
    load(x + stride),
    load(x + 2 &* stride),
    load(x + 3 &* stride),
    load(x + 4 &* stride),
    load(x + 5 &* stride)
  )
}

/// `A x`.
@inline(__always)
private func spread(_ x: Four) -> Six {
  let even = x.a + x.c
  let odd = x.b + x.d
  let wide = x.a.adding(x.c, times: Vector(repeating: 4))
  let step = (x.b + x.b).adding(x.d, times: Vector(repeating: 8))
  return Six(x.a, even + odd, even - odd, wide + step, wide - step, x.d)
}

/// `Gᵀ x`.
@inline(__always)
private func gather(_ x: Six) -> Three {
  let p = (x.b + x.c) * (-1.0 / 6)
  let q = x.d + x.e
  let odd = (x.c - x.b) * (1.0 / 6)
  return Three(
    (x.a * 0.25 + p).adding(q, times: Vector(repeating: 1.0 / 24)),
    odd.adding(x.d - x.e, times: Vector(repeating: 1.0 / 12)),
    (p + x.f).adding(q, times: Vector(repeating: 1.0 / 6))
  )
}

@inline(__always)
private func write(_ x: Six, _ target: UnsafeMutablePointer<Float>, _ stride: Int) {
  store(x.a, target)
  store(x.b, target + stride)
  store(x.c, target + 2 &* stride)
  store(x.d, target + 3 &* stride)
  store(x.e, target + 4 &* stride)
  store(x.f, target + 5 &* stride)
}

@inline(__always)
private func write(_ x: Three, _ target: UnsafeMutablePointer<Float>, _ stride: Int) {
  store(x.a, target)
  store(x.b, target + stride)
  store(x.c, target + 2 &* stride)
}
