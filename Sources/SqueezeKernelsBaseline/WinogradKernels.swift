public import CSqueezeKernels

/// Transforms 3×3 kernels of up to 16 output channels, `G g Gᵀ`, lane by lane.
///
/// Kernel `[lane][input][3][3]` starts at `g + lane · laneStride`; element `e` of input `i` goes to
/// `target + e · elementStride + i · inputStride + lane`. Lanes beyond `lanes` become 0. `G` has the
/// rows (¼, 0, 0), −⅙(1, ±1, 1), (1, ±2, 4)/24 and (0, 0, 1). `scratch` has room for 144 floats.
public func transformWinogradKernels(
  _ g: UnsafePointer<Float>,
  _ laneStride: Int,
  _ lanes: Int,
  _ inputs: Int,
  _ target: UnsafeMutablePointer<Float>,
  _ elementStride: Int,
  _ inputStride: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  for i in 0..<144 { scratch[i] = 0 }
  for input in 0..<inputs {
    for lane in 0..<lanes {
      let kernel = g + (lane &* laneStride &+ input &* 9)
      for tap in 0..<9 { scratch[tap &* 16 &+ lane] = kernel[tap] }
    }
    let c0 = times(load(scratch), load(scratch + 48), load(scratch + 96))
    let c1 = times(load(scratch + 16), load(scratch + 64), load(scratch + 112))
    let c2 = times(load(scratch + 32), load(scratch + 80), load(scratch + 128))
    let y = target + input &* inputStride
    let step = 6 &* elementStride
    put(times(c0.a, c1.a, c2.a), y, elementStride)
    put(times(c0.b, c1.b, c2.b), y + step, elementStride)
    put(times(c0.c, c1.c, c2.c), y + 2 &* step, elementStride)
    put(times(c0.d, c1.d, c2.d), y + 3 &* step, elementStride)
    put(times(c0.e, c1.e, c2.e), y + 4 &* step, elementStride)
    put(times(c0.f, c1.f, c2.f), y + 5 &* step, elementStride)
  }
}

private struct Row {
  var a: Vector
  var b: Vector
  var c: Vector
  var d: Vector
  var e: Vector
  var f: Vector
}

/// `G (a, b, c)`.
@inline(__always)
private func times(_ a: Vector, _ b: Vector, _ c: Vector) -> Row {
  let even = (a + c) / -6
  let odd = b / 6
  let wide = a / 24 + c / 6
  let half = b / 12
  return Row(a: a / 4, b: even - odd, c: even + odd, d: wide + half, e: wide - half, f: c)
}

@inline(__always)
private func put(_ row: Row, _ target: UnsafeMutablePointer<Float>, _ stride: Int) {
  store(row.a, target)
  store(row.b, target + stride)
  store(row.c, target + 2 &* stride)
  store(row.d, target + 3 &* stride)
  store(row.e, target + 4 &* stride)
  store(row.f, target + 5 &* stride)
}
