public import CSqueezeKernels

/// Rows `first..<end` of 16 or 32 output channels of a convolution of bits.
///
/// `y[p, o] = s[o] · (base[p, o] − 2 · Σₖ ones(x[p + offset(k)] ⊕ w[k, o])) + b[o]`, where `k` runs
/// over words of 32 input channels. The sum is exact, so results differ between instruction sets by
/// the last rounding alone.
public func convolveBits(_ arguments: UnsafePointer<SQBitConvolution>, _ first: Int, _ end: Int) {
  let c = arguments.pointee
  for row in first..<end {
    var position = BitPosition(c, row: row)
    var left = c.width
    while left > 0 {
      let pixels =
        c.channels == 32
        ? wideTile(arguments, position, left) : narrowTile(arguments, position, left)
      position = position.advanced(pixels, c)
      left &-= pixels
    }
  }
}

/// Bits of 16 channels of `pixels` neighbouring pixels: 1 where a number is not at least 0.
///
/// A pixel's bits lie `stride` halves of a word apart; of a block that is not full, lanes beyond
/// `channels` give 0.
public func packSigns(
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<UInt16>,
  _ stride: Int,
  _ pixels: Int,
  _ channels: Int
) {
  let mask = channels >= 16 ? UInt16.max : (1 &<< UInt16(truncatingIfNeeded: channels)) &- 1
  for pixel in 0..<pixels { y[pixel &* stride] = sq_signs16(load(x + pixel &* 16)) & mask }
}

/// Where a tile of pixels reads and writes.
private struct BitPosition {
  var input: UnsafePointer<Int32>
  var kinds: UnsafePointer<Int>
  var output: UnsafeMutablePointer<Float>
  var residual: UnsafePointer<Float>?

  @inline(__always)
  init(_ c: SQBitConvolution, row: Int) {
    input = c.input + row &* c.inputRowStride
    kinds = c.kinds + row &* c.width
    output = c.output + row &* c.outputRowStride
    residual = c.residual.data.map { $0 + row &* c.residual.rowStride }
  }

  @inline(__always)
  func advanced(_ pixels: Int, _ c: SQBitConvolution) -> BitPosition {
    var next = self
    next.input += pixels &* c.inputPixelStride
    next.kinds += pixels
    next.output += pixels &* 16
    if let start = residual { next.residual = start + pixels &* 16 }
    return next
  }
}

// MARK: - Tiles

/// The numbers of differing bits of some pixels, all held in registers, as ``PixelTile`` does.
private protocol BitTile {
  static var pixels: Int { get }
  init()
  mutating func add(_ x: UnsafePointer<Int32>, _ stride: Int, _ weights: UnsafePointer<Int32>)
  func store(_ c: SQBitConvolution, _ position: BitPosition)
}

@inline(__always)
private func words(_ source: UnsafePointer<Int32>) -> SIMD16<Int32> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Int32>.self)
}

/// Writes one block of 16 channels of a pixel.
@inline(__always)
private func put(
  _ differences: SIMD16<Int32>,
  _ c: SQBitConvolution,
  _ position: BitPosition,
  block: Int
) {
  let lane = block &* 16
  var v = sq_fromDifferences16(
    words(c.bases + (position.kinds.pointee &+ lane)),
    differences,
    load(c.scales + lane),
    load(c.bias + lane)
  )
  if let residual = position.residual { v += load(residual + block &* c.residual.blockStride) }
  if c.clip.clips { v = v.clipped(c.clip.lower, c.clip.upper) }
  store(v, position.output + block &* c.outputBlockStride)
}

/// One pixel of 16 channels.
private struct Narrow: BitTile {
  var sum = SIMD16<Int32>(repeating: 0)

  @inline(__always)
  static var pixels: Int { 1 }

  @inline(__always)
  init() {}

  @inline(__always)
  mutating func add(_ x: UnsafePointer<Int32>, _ stride: Int, _ weights: UnsafePointer<Int32>) {
    sum = sq_differences16(sum, x.pointee, words(weights))
  }

  @inline(__always)
  func store(_ c: SQBitConvolution, _ position: BitPosition) { put(sum, c, position, block: 0) }
}

/// One pixel of 32 channels.
private struct Wide: BitTile {
  var low = SIMD16<Int32>(repeating: 0)
  var high = SIMD16<Int32>(repeating: 0)

  @inline(__always)
  static var pixels: Int { 1 }

  @inline(__always)
  init() {}

  @inline(__always)
  mutating func add(_ x: UnsafePointer<Int32>, _ stride: Int, _ weights: UnsafePointer<Int32>) {
    low = sq_differences16(low, x.pointee, words(weights))
    high = sq_differences16(high, x.pointee, words(weights + 16))
  }

  @inline(__always)
  func store(_ c: SQBitConvolution, _ position: BitPosition) {
    put(low, c, position, block: 0)
    put(high, c, position, block: 1)
  }
}

private struct Several<A: BitTile, B: BitTile>: BitTile {
  var a = A()
  var b = B()

  @inline(__always)
  static var pixels: Int { A.pixels &+ B.pixels }

  @inline(__always)
  init() {}

  @inline(__always)
  mutating func add(_ x: UnsafePointer<Int32>, _ stride: Int, _ weights: UnsafePointer<Int32>) {
    a.add(x, stride, weights)
    b.add(x + A.pixels &* stride, stride, weights)
  }

  @inline(__always)
  func store(_ c: SQBitConvolution, _ position: BitPosition) {
    a.store(c, position)
    b.store(c, position.advanced(A.pixels, c))
  }
}

private typealias Bit2<T: BitTile> = Several<T, T>
private typealias Bit3<T: BitTile> = Several<Bit2<T>, T>
private typealias Bit4<T: BitTile> = Several<Bit2<T>, Bit2<T>>
private typealias Bit5<T: BitTile> = Several<Bit4<T>, T>
private typealias Bit6<T: BitTile> = Several<Bit4<T>, Bit2<T>>
private typealias Bit7<T: BitTile> = Several<Bit4<T>, Bit3<T>>
private typealias Bit8<T: BitTile> = Several<Bit4<T>, Bit4<T>>
private typealias Bit10<T: BitTile> = Several<Bit8<T>, Bit2<T>>
private typealias Bit12<T: BitTile> = Several<Bit8<T>, Bit4<T>>
private typealias Bit14<T: BitTile> = Several<Bit12<T>, Bit2<T>>

/// One tile: all sums stay in registers while the words stream by.
@inline(__always)
private func tile<T: BitTile>(
  _: T.Type,
  _ arguments: UnsafePointer<SQBitConvolution>,
  _ position: BitPosition
) -> Int {
  let c = arguments.pointee
  var sums = T()
  var weights = c.weights
  let (offsets, stride, channels) = (c.offsets, c.inputPixelStride, c.channels)
  for k in 0..<c.depth {
    sums.add(position.input + offsets[k], stride, weights)
    weights += channels
  }
  sums.store(c, position)
  return T.pixels
}

@inline(__always)
private func upTo14<T: BitTile>(
  _: T.Type,
  _ c: UnsafePointer<SQBitConvolution>,
  _ position: BitPosition,
  _ pixels: Int
) -> Int {
  switch pixels {
  case 14...: tile(Bit14<T>.self, c, position)
  case 12...13: tile(Bit12<T>.self, c, position)
  case 10...11: tile(Bit10<T>.self, c, position)
  case 8...9: tile(Bit8<T>.self, c, position)
  case 7: tile(Bit7<T>.self, c, position)
  case 6: tile(Bit6<T>.self, c, position)
  case 5: tile(Bit5<T>.self, c, position)
  default: upTo4(T.self, c, position, pixels)
  }
}

@inline(__always)
private func upTo4<T: BitTile>(
  _: T.Type,
  _ c: UnsafePointer<SQBitConvolution>,
  _ position: BitPosition,
  _ pixels: Int
) -> Int {
  switch pixels {
  case 4: tile(Bit4<T>.self, c, position)
  case 3: tile(Bit3<T>.self, c, position)
  case 2: tile(Bit2<T>.self, c, position)
  default: tile(T.self, c, position)
  }
}

@inline(never)
private func wideTile(
  _ c: UnsafePointer<SQBitConvolution>,
  _ position: BitPosition,
  _ left: Int
) -> Int {
  guard sq_level() >= 4 else { return tile(Wide.self, c, position) }
  return upTo14(Wide.self, c, position, share(of: left, atMost: 14))
}

/// A tile of 16 channels: few pixels where counting itself needs registers.
@inline(never)
private func narrowTile(
  _ c: UnsafePointer<SQBitConvolution>,
  _ position: BitPosition,
  _ left: Int
) -> Int {
  guard sq_level() >= 4 else {
    return upTo4(Narrow.self, c, position, share(of: left, atMost: sq_level() >= 2 ? 4 : 2))
  }
  return upTo14(Narrow.self, c, position, share(of: left, atMost: 14))
}
