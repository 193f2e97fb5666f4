import CSqueezeKernels

/// `y[p] = x[offsets[p]]` for pixels of 16 channels, or the filler where an offset is negative.
public func selectPixels(
  _ x: UnsafePointer<Float>,
  _ offsets: UnsafePointer<Int>,
  _ filler: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ pixels: Int
) {
  for pixel in 0..<pixels {
    let offset = offsets[pixel]
    store(offset < 0 ? Vector(repeating: filler) : load(x + offset), y + pixel &* 16)
  }
}

/// Pixels whose 16 lanes come from several blocks.
///
/// Lane `l` of pixel `p` is lane `indices[s][l]` of `sources[s] + offsets[p]` for the source `s`
/// whose index is not negative, else the filler. A negative offset gives the filler in all lanes.
public func selectLanes(
  _ sources: UnsafePointer<UnsafePointer<Float>>,
  _ count: Int,
  _ indices: UnsafePointer<Int32>,
  _ offsets: UnsafePointer<Int>,
  _ filler: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ pixels: Int
) {
  switch count {
  case 1: select1(sources, indices, offsets, filler, y, stride, pixels)
  case 2: select2(sources, indices, offsets, filler, y, stride, pixels)
  case 3: select3(sources, indices, offsets, filler, y, stride, pixels)
  default: selectMany(sources, count, indices, offsets, filler, y, stride, pixels)
  }
}

@inline(__always)
private func index(_ source: UnsafePointer<Int32>) -> SIMD16<Int32> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Int32>.self)
}

private func select1(
  _ sources: UnsafePointer<UnsafePointer<Float>>,
  _ indices: UnsafePointer<Int32>,
  _ offsets: UnsafePointer<Int>,
  _ filler: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ pixels: Int
) {
  let (a, first) = (sources[0], index(indices))
  let rest = Vector(repeating: filler)
  for pixel in 0..<pixels {
    let offset = offsets[pixel]
    let v = offset < 0 ? rest : sq_choose16(load(a + offset), first, rest)
    store(v, y + pixel &* stride)
  }
}

private func select2(
  _ sources: UnsafePointer<UnsafePointer<Float>>,
  _ indices: UnsafePointer<Int32>,
  _ offsets: UnsafePointer<Int>,
  _ filler: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ pixels: Int
) {
  let (a, first) = (sources[0], index(indices))
  let (b, second) = (sources[1], index(indices + 16))
  let rest = Vector(repeating: filler)
  for pixel in 0..<pixels {
    let offset = offsets[pixel]
    var v = rest
    if offset >= 0 {
      v = sq_choose16(load(a + offset), first, rest)
      v = sq_choose16(load(b + offset), second, v)
    }
    store(v, y + pixel &* stride)
  }
}

private func select3(
  _ sources: UnsafePointer<UnsafePointer<Float>>,
  _ indices: UnsafePointer<Int32>,
  _ offsets: UnsafePointer<Int>,
  _ filler: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ pixels: Int
) {
  let (a, first) = (sources[0], index(indices))
  let (b, second) = (sources[1], index(indices + 16))
  let (c, third) = (sources[2], index(indices + 32))
  let rest = Vector(repeating: filler)
  for pixel in 0..<pixels {
    let offset = offsets[pixel]
    var v = rest
    if offset >= 0 {
      v = sq_choose16(load(a + offset), first, rest)
      v = sq_choose16(load(b + offset), second, v)
      v = sq_choose16(load(c + offset), third, v)
    }
    store(v, y + pixel &* stride)
  }
}

private func selectMany(
  _ sources: UnsafePointer<UnsafePointer<Float>>,
  _ count: Int,
  _ indices: UnsafePointer<Int32>,
  _ offsets: UnsafePointer<Int>,
  _ filler: Float,
  _ y: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ pixels: Int
) {
  let rest = Vector(repeating: filler)
  for pixel in 0..<pixels {
    let offset = offsets[pixel]
    var v = rest
    if offset >= 0 {
      for source in 0..<count {
        v = sq_choose16(load(sources[source] + offset), index(indices + source &* 16), v)
      }
    }
    store(v, y + pixel &* stride)
  }
}

/// 16 equal lanes for every pixel of one map: `y[p, l] = x[p]`.
public func spreadPixels(
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ pixels: Int
) {
  for pixel in 0..<pixels { store(Vector(repeating: x[pixel]), y + pixel &* 16) }
}
