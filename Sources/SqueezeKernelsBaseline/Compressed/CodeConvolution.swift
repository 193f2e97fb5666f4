public import CSqueezeKernels

/// Rows `first..<end` of 16 or 32 output channels of a convolution whose weights are small codes.
///
/// `y[p, o] = b[o] + s[o] · Σₖ v(w[k, o]) · x[p + offset(k)]`, where `v` is a table or the code itself. A weight
/// becomes a float in a register, right before it meets a few neighbouring pixels: on small maps, which use a weight
/// seldom, the time of other kernels is that of reading floats.
public func convolveCodes(
  _ arguments: UnsafePointer<SQCodeConvolution>,
  _ first: Int,
  _ end: Int
) {
  let numbers = arguments.pointee.base.weights
  switch arguments.pointee.kind {
  case SQCodeNibbles: rows(arguments, first, end, NibbleCodes(numbers))
  case SQCodeTable: rows(arguments, first, end, TableCodes(numbers))
  default: rows(arguments, first, end, ByteCodes())
  }
}

/// Output channels whose weights are decoded together.
private protocol CodedLanes: Lanes {
  init<C: WeightCodes>(_ codes: C, _ source: UnsafePointer<UInt8>)
}

extension SIMD16<Float>: CodedLanes {
  @inline(__always)
  fileprivate init<C: WeightCodes>(_ codes: C, _ source: UnsafePointer<UInt8>) {
    self = codes.weights(source).0
  }
}

extension SIMD32<Float>: CodedLanes {
  @inline(__always)
  fileprivate init<C: WeightCodes>(_ codes: C, _ source: UnsafePointer<UInt8>) {
    let both = codes.weights(source)
    self = sq_join32(both.0, both.1)
  }
}

@inline(__always)
private func rows<C: WeightCodes>(
  _ arguments: UnsafePointer<SQCodeConvolution>,
  _ first: Int,
  _ end: Int,
  _ codes: C
) {
  let c = arguments.pointee.base
  var row = first
  while row < end {
    var place = Place(
      input: c.input + row &* c.inputRowStride,
      output: c.output + row &* c.outputRowStride,
      residual: c.residual.data.map { $0 + row &* c.residual.rowStride },
      hasNextRow: row &+ 1 < end && sq_level() >= 4
    )
    var left = c.width
    while left > 0 {
      let pixels =
        c.channels == 32
        ? someTile(SIMD32<Float>.self, arguments, place, left, codes)
        : someTile(SIMD16<Float>.self, arguments, place, left, codes)
      place.input += pixels &* c.inputPixelStride
      place.output += pixels &* c.outputPixelStride
      if let start = place.residual { place.residual = start + pixels &* c.outputPixelStride }
      left &-= pixels
    }
    row &+= place.hasNextRow ? 2 : 1
  }
}

/// The first pixel of a tile in all that is read and written, and whether the row below is computed with it.
private struct Place {
  var input: UnsafePointer<Float>
  var output: UnsafeMutablePointer<Float>
  var residual: UnsafePointer<Float>?
  var hasNextRow: Bool
}

/// A tile of up to 6 pixels, of one row or of two, with AVX-512, else of one pixel; returns the pixels done in each row.
@inline(__always)
private func someTile<L: CodedLanes, C: WeightCodes>(
  _: L.Type,
  _ c: UnsafePointer<SQCodeConvolution>,
  _ place: Place,
  _ left: Int,
  _ codes: C
) -> Int {
  switch sq_level() >= 4 ? share(of: left, atMost: 6) : 1 {
  case 6: tile(Tile6<L>.self, c, place, codes)
  case 5: tile(Tile5<L>.self, c, place, codes)
  case 4: tile(Tile4<L>.self, c, place, codes)
  case 3: tile(Tile3<L>.self, c, place, codes)
  case 2: tile(Tile2<L>.self, c, place, codes)
  default: tile(One<L>.self, c, place, codes)
  }
}

/// One tile of one or two rows; returns the pixels of a row.
@inline(__always)
private func tile<T: PixelTile, C: WeightCodes>(
  _: T.Type,
  _ arguments: UnsafePointer<SQCodeConvolution>,
  _ place: Place,
  _ codes: C
) -> Int where T.L: CodedLanes {
  if place.hasNextRow {
    twoRows(T.self, arguments, place, codes)
  } else {
    oneRow(T.self, arguments, place, codes)
  }
  return T.pixels
}

/// All sums stay in registers while inputs and codes stream by.
@inline(__always)
private func oneRow<T: PixelTile, C: WeightCodes>(
  _: T.Type,
  _ arguments: UnsafePointer<SQCodeConvolution>,
  _ place: Place,
  _ codes: C
) where T.L: CodedLanes {
  let c = arguments.pointee.base
  var sums = T(T.L.zeros())
  var source = arguments.pointee.codes
  let (stride, offsets) = (c.inputPixelStride, c.offsets)
  for k in 0..<c.depth {
    let weights = T.L(codes, source)
    sums.add(broadcast: place.input + offsets[k], stride: stride, weights: weights)
    source += C.bytes
  }
  finish(&sums, arguments, place)
}

/// The same for two rows, which share decoded weights.
@inline(__always)
private func twoRows<T: PixelTile, C: WeightCodes>(
  _: T.Type,
  _ arguments: UnsafePointer<SQCodeConvolution>,
  _ place: Place,
  _ codes: C
) where T.L: CodedLanes {
  let c = arguments.pointee.base
  var (upper, lower) = (T(T.L.zeros()), T(T.L.zeros()))
  var source = arguments.pointee.codes
  let (stride, offsets) = (c.inputPixelStride, c.offsets)
  let below = place.input + c.inputRowStride
  for k in 0..<c.depth {
    let weights = T.L(codes, source)
    upper.add(broadcast: place.input + offsets[k], stride: stride, weights: weights)
    lower.add(broadcast: below + offsets[k], stride: stride, weights: weights)
    source += C.bytes
  }
  finish(&upper, arguments, place)
  var next = place
  next.output += c.outputRowStride
  next.residual = place.residual.map { $0 + c.residual.rowStride }
  finish(&lower, arguments, next)
}

/// Scales, adds bias and residual, clips and writes.
@inline(__always)
private func finish<T: PixelTile>(
  _ sums: inout T,
  _ arguments: UnsafePointer<SQCodeConvolution>,
  _ place: Place
) {
  let c = arguments.pointee.base
  sums.scale(T.L(load: arguments.pointee.scales), adding: T.L(load: c.bias))
  if let residual = place.residual {
    sums.add(residual, stride: c.outputPixelStride, blockStride: c.residual.blockStride)
  }
  if c.clip.clips { sums.clip(c.clip.lower, c.clip.upper) }
  sums.store(place.output, stride: c.outputPixelStride, blockStride: c.outputBlockStride)
}
