import CSqueezeKernels

/// Running sums of 16 or 32 output channels that grow by dot products of words of 32 bits: 4 bytes
/// or 2 bfloat16.
protocol DotLanes {
  associatedtype Weights
  /// What turns sums into results.
  associatedtype Finish
  static var channels: Int { get }
  init(bias: UnsafeRawPointer)
  static func weights(_ source: UnsafePointer<Int32>) -> Weights
  static func finish(_ c: SQDotConvolution, block: Int) -> Finish
  /// `self + word · weights`.
  func adding(_ word: Int32, _ weights: Weights) -> Self
  /// Writes one pixel.
  func store(_ finish: Finish, _ target: DotTarget)
  /// Writes four neighbouring pixels.
  static func store(_ a: Self, _ b: Self, _ c: Self, _ d: Self, _ f: Finish, _ target: DotTarget)
}

/// Where a pixel goes, and what is added to it on the way.
struct DotTarget {
  var output: UnsafeMutablePointer<UInt8>
  var summand: UnsafePointer<UInt8>?
  let pixelStride: Int
  let blockStride: Int
  let summandPixelStride: Int
  let summandBlockStride: Int

  @inline(__always)
  init(_ c: SQDotConvolution, row: Int) {
    output = c.output + row &* c.outputRowStride
    summand = c.summand
    pixelStride = c.outputPixelStride
    blockStride = c.outputBlockStride
    summandPixelStride = c.summandPixelStride
    summandBlockStride = c.summandBlockStride
    if let start = c.summand { summand = start + row &* c.summandRowStride }
  }

  @inline(__always)
  func advanced(pixels: Int) -> DotTarget {
    var copy = self
    copy.output += pixels &* pixelStride
    if let summand { copy.summand = summand + pixels &* summandPixelStride }
    return copy
  }

  @inline(__always)
  var nextBlock: DotTarget {
    var copy = self
    copy.output += blockStride
    if let summand { copy.summand = summand + summandBlockStride }
    return copy
  }
}

// MARK: - Bytes

/// How sums of 16 channels become bytes.
struct ByteFinish {
  let scales: Vector
  let range: SQByteRange
  let ownScale: Float
  let summandScale: Float
  let summandZero: Int32
  let summedRange: SQByteRange

  @inline(__always)
  init(_ c: SQDotConvolution, block: Int) {
    scales = c.scales.map { load($0 + block &* 16) } ?? Vector(repeating: 1)
    range = c.range
    ownScale = c.ownScale
    summandScale = c.summandScale
    summandZero = c.summandZero
    summedRange = c.summedRange
  }

  /// Sums as results of their own grid, with the summand at `source` added, in steps of the last.
  @inline(__always)
  func added(_ sums: SIMD16<Int32>, _ source: UnsafePointer<UInt8>) -> Vector {
    let lower = Float(range.lower &- range.zeroPoint)
    let upper = Float(range.upper &- range.zeroPoint)
    let own = sq_roundedFloats(sq_floats(sums) * scales).clipped(lower, upper)
    let other = sq_floats(sq_widened(loadBytes(source)) &- summandZero) * summandScale
    return own * ownScale + other
  }
}

/// Sums of 16 channels of bytes.
struct ByteSums: DotLanes {
  var sums: SIMD16<Int32>

  @inline(__always)
  static var channels: Int { 16 }

  @inline(__always)
  init(_ sums: SIMD16<Int32>) { self.sums = sums }

  @inline(__always)
  init(bias: UnsafeRawPointer) { sums = bias.loadUnaligned(as: SIMD16<Int32>.self) }

  @inline(__always)
  static func weights(_ source: UnsafePointer<Int32>) -> SIMD16<Int32> {
    UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Int32>.self)
  }

  @inline(__always)
  static func finish(_ c: SQDotConvolution, block: Int) -> ByteFinish {
    ByteFinish(c, block: block)
  }

  @inline(__always)
  func adding(_ word: Int32, _ weights: SIMD16<Int32>) -> Self {
    Self(sq_dot16(sums, SIMD16<Int32>(repeating: word), weights))
  }

  @inline(__always)
  func store(_ f: ByteFinish, _ target: DotTarget) {
    if let summand = target.summand {
      storeBytes(sq_toBytes(f.added(sums, summand), f.summedRange), target.output)
    } else {
      storeBytes(sq_toBytes(sq_floats(sums) * f.scales, f.range), target.output)
    }
  }

  @inline(__always)
  static func store(
    _ a: Self,
    _ b: Self,
    _ c: Self,
    _ d: Self,
    _ f: ByteFinish,
    _ target: DotTarget
  ) {
    if let summand = target.summand {
      let stride = target.summandPixelStride
      let bytes = sq_toBytes64(
        f.added(a.sums, summand),
        f.added(b.sums, summand + stride),
        f.added(c.sums, summand + 2 &* stride),
        f.added(d.sums, summand + 3 &* stride),
        f.summedRange
      )
      return sq_storePixels(bytes, target.output, target.pixelStride, 4)
    }
    let bytes = sq_toBytes64(
      sq_floats(a.sums) * f.scales,
      sq_floats(b.sums) * f.scales,
      sq_floats(c.sums) * f.scales,
      sq_floats(d.sums) * f.scales,
      f.range
    )
    sq_storePixels(bytes, target.output, target.pixelStride, 4)
  }
}

// MARK: - bfloat16

/// Sums of 16 channels of bfloat16.
struct HalfSums: DotLanes {
  var sums: Vector

  @inline(__always)
  static var channels: Int { 16 }

  @inline(__always)
  init(_ sums: Vector) { self.sums = sums }

  @inline(__always)
  init(bias: UnsafeRawPointer) { sums = bias.loadUnaligned(as: Vector.self) }

  @inline(__always)
  static func weights(_ source: UnsafePointer<Int32>) -> SIMD16<Int32> {
    UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Int32>.self)
  }

  @inline(__always)
  static func finish(_ c: SQDotConvolution, block: Int) -> SQClip { c.clip }

  @inline(__always)
  func adding(_ word: Int32, _ weights: SIMD16<Int32>) -> Self {
    Self(sq_dotBFloat16(sums, SIMD16<Int32>(repeating: word), weights))
  }

  @inline(__always)
  func store(_ clip: SQClip, _ target: DotTarget) {
    storeNarrowed(sums, clip, target.output)
  }

  @inline(__always)
  static func store(
    _ a: Self,
    _ b: Self,
    _ c: Self,
    _ d: Self,
    _ f: SQClip,
    _ target: DotTarget
  ) {
    a.store(f, target)
    b.store(f, target.advanced(pixels: 1))
    c.store(f, target.advanced(pixels: 2))
    d.store(f, target.advanced(pixels: 3))
  }
}

// MARK: - Two blocks

/// Sums of two blocks of channels.
struct Both<L: DotLanes>: DotLanes {
  var low: L
  var high: L

  struct Weights {
    let low: L.Weights
    let high: L.Weights
  }

  struct Finish {
    let low: L.Finish
    let high: L.Finish
  }

  @inline(__always)
  static var channels: Int { 2 &* L.channels }

  @inline(__always)
  init(_ low: L, _ high: L) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  init(bias: UnsafeRawPointer) {
    low = L(bias: bias)
    high = L(bias: bias + L.channels &* 4)
  }

  @inline(__always)
  static func weights(_ source: UnsafePointer<Int32>) -> Weights {
    Weights(low: L.weights(source), high: L.weights(source + L.channels))
  }

  @inline(__always)
  static func finish(_ c: SQDotConvolution, block: Int) -> Finish {
    Finish(low: L.finish(c, block: block), high: L.finish(c, block: block &+ 1))
  }

  @inline(__always)
  func adding(_ word: Int32, _ weights: Weights) -> Self {
    Self(low.adding(word, weights.low), high.adding(word, weights.high))
  }

  @inline(__always)
  func store(_ f: Finish, _ target: DotTarget) {
    low.store(f.low, target)
    high.store(f.high, target.nextBlock)
  }

  @inline(__always)
  static func store(
    _ a: Self,
    _ b: Self,
    _ c: Self,
    _ d: Self,
    _ f: Finish,
    _ target: DotTarget
  ) {
    L.store(a.low, b.low, c.low, d.low, f.low, target)
    L.store(a.high, b.high, c.high, d.high, f.high, target.nextBlock)
  }
}

// MARK: - Memory

@inline(__always)
func loadBytes(_ source: UnsafePointer<UInt8>) -> SIMD16<UInt8> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt8>.self)
}

@inline(__always)
func storeBytes(_ vector: SIMD16<UInt8>, _ target: UnsafeMutablePointer<UInt8>) {
  UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD16<UInt8>.self)
}

@inline(__always)
func loadHalves(_ source: UnsafePointer<UInt8>) -> SIMD16<UInt16> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt16>.self)
}

@inline(__always)
func storeHalves(_ vector: SIMD16<UInt16>, _ target: UnsafeMutablePointer<UInt8>) {
  UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD16<UInt16>.self)
}
