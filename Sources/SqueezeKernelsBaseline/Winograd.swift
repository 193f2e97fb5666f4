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
/// Element `e` of tile `t` lies at `m + e · elementStride + t · tileStride`; `height` of 4 rows and
/// `width` pixels of all tiles together are written.
public func transformWinogradOutput(
  _ m: UnsafePointer<Float>,
  _ elementStride: Int,
  _ tileStride: Int,
  _ bias: UnsafePointer<Float>,
  _ clip: SQClip,
  _ y: UnsafeMutablePointer<Float>,
  _ rowStride: Int,
  _ height: Int,
  _ width: Int
) {
  let offset = load(bias)
  var done = 0
  var products = m
  while done < width {
    let step = 6 &* elementStride
    let c0 = outputTransform(column(products, step))
    let c1 = outputTransform(column(products + elementStride, step))
    let c2 = outputTransform(column(products + 2 &* elementStride, step))
    let c3 = outputTransform(column(products + 3 &* elementStride, step))
    let c4 = outputTransform(column(products + 4 &* elementStride, step))
    let c5 = outputTransform(column(products + 5 &* elementStride, step))
    let left = width &- done
    let target = y + done &* 16
    storeOutput(Six(c0.a, c1.a, c2.a, c3.a, c4.a, c5.a), offset, clip, target, left)
    if height > 1 {
      let row = target + rowStride
      storeOutput(Six(c0.b, c1.b, c2.b, c3.b, c4.b, c5.b), offset, clip, row, left)
    }
    if height > 2 {
      let row = target + 2 &* rowStride
      storeOutput(Six(c0.c, c1.c, c2.c, c3.c, c4.c, c5.c), offset, clip, row, left)
    }
    if height > 3 {
      let row = target + 3 &* rowStride
      storeOutput(Six(c0.d, c1.d, c2.d, c3.d, c4.d, c5.d), offset, clip, row, left)
    }
    done &+= 4
    products += tileStride
  }
}

private struct Six {
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

private struct Four {
  var a, b, c, d: Vector
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
private func storeOutput(
  _ x: Six,
  _ bias: Vector,
  _ clip: SQClip,
  _ target: UnsafeMutablePointer<Float>,
  _ left: Int
) {
  let row = outputTransform(x)
  store(finished(row.a + bias, clip), target)
  if left > 1 { store(finished(row.b + bias, clip), target + 16) }
  if left > 2 { store(finished(row.c + bias, clip), target + 32) }
  if left > 3 { store(finished(row.d + bias, clip), target + 48) }
}

@inline(__always)
private func finished(_ x: Vector, _ clip: SQClip) -> Vector {
  clip.clips ? x.clipped(clip.lower, clip.upper) : x
}
