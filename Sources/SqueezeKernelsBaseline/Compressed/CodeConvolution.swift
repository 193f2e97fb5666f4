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

/// A tile of one row or of two, as the place says; returns the pixels of a row.
@inline(__always)
private func tile<T: PixelTile, C: WeightCodes>(
  _: T.Type,
  _ arguments: UnsafePointer<SQCodeConvolution>,
  _ place: Place,
  _ codes: C
) -> Int where T.L: CodedLanes {
  if place.hasNextRow {
    tile(of: TwoRows<T>.self, arguments, place, codes)
  } else {
    tile(of: OneRow<T>.self, arguments, place, codes)
  }
  return T.pixels
}

/// All sums stay in registers while inputs and codes stream by.
@inline(__always)
private func tile<R: TileRows, C: WeightCodes>(
  of _: R.Type,
  _ arguments: UnsafePointer<SQCodeConvolution>,
  _ place: Place,
  _ codes: C
) where R.L: CodedLanes {
  let c = arguments.pointee.base
  var sums = R()
  var source = arguments.pointee.codes
  // Copies, which the compiler keeps in registers.
  let (stride, rowStride, offsets) = (c.inputPixelStride, c.inputRowStride, c.offsets)
  for k in 0..<c.depth {
    sums.add(
      place.input + offsets[k],
      stride: stride,
      rowStride: rowStride,
      weights: R.L(codes, source)
    )
    source += C.bytes
  }
  sums.finish(arguments, place)
}

/// The sums of some neighbouring pixels in one row or in several.
private protocol TileRows {
  associatedtype L: Lanes
  init()
  /// Adds input times weight; `x` is the first pixel of the first row.
  mutating func add(_ x: UnsafePointer<Float>, stride: Int, rowStride: Int, weights: L)
  /// Scales, adds bias and residual, clips and writes.
  mutating func finish(_ arguments: UnsafePointer<SQCodeConvolution>, _ place: Place)
}

private struct OneRow<T: PixelTile>: TileRows {
  private var sums = T(T.L.zeros())

  @inline(__always)
  mutating func add(_ x: UnsafePointer<Float>, stride: Int, rowStride: Int, weights: T.L) {
    sums.add(broadcast: x, stride: stride, weights: weights)
  }

  @inline(__always)
  mutating func finish(_ arguments: UnsafePointer<SQCodeConvolution>, _ place: Place) {
    let c = arguments.pointee.base
    sums.scale(T.L(load: arguments.pointee.scales), adding: T.L(load: c.bias))
    if let residual = place.residual {
      sums.add(residual, stride: c.outputPixelStride, blockStride: c.residual.blockStride)
    }
    if c.clip.clips { sums.clip(c.clip.lower, c.clip.upper) }
    sums.store(place.output, stride: c.outputPixelStride, blockStride: c.outputBlockStride)
  }
}

private struct TwoRows<T: PixelTile>: TileRows {
  private var upper = OneRow<T>()
  private var lower = OneRow<T>()

  @inline(__always)
  mutating func add(_ x: UnsafePointer<Float>, stride: Int, rowStride: Int, weights: T.L) {
    upper.add(x, stride: stride, rowStride: rowStride, weights: weights)
    lower.add(x + rowStride, stride: stride, rowStride: rowStride, weights: weights)
  }

  @inline(__always)
  mutating func finish(_ arguments: UnsafePointer<SQCodeConvolution>, _ place: Place) {
    let c = arguments.pointee.base
    upper.finish(arguments, place)
    var below = place
    below.output += c.outputRowStride
    below.residual = place.residual.map { $0 + c.residual.rowStride }
    lower.finish(arguments, below)
  }
}
