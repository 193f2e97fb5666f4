import CSqueezeKernels

/// A vector of floats held in registers: 16 or 32 output channels.
protocol Lanes {
  init(load source: UnsafePointer<Float>)
  init(broadcast value: Float)
  static func zeros() -> Self
  /// `self + x · w`.
  func adding(_ x: Self, times w: Self) -> Self
  /// `self` plus 16 numbers at `source` and, if it has more lanes, 16 that lie `blockStride` later.
  func adding(_ source: UnsafePointer<Float>, blockStride: Int) -> Self
  /// `min(max(self, lower), upper)`; a NaN stays.
  func clipped(_ lower: Float, _ upper: Float) -> Self
  /// Writes 16 lanes to `target` and the next 16, if any, `blockStride` floats later.
  func store(_ target: UnsafeMutablePointer<Float>, blockStride: Int)
}

typealias Vector = SIMD16<Float>

@inline(__always)
func load(_ source: UnsafePointer<Float>) -> Vector {
  UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
}

/// The first `count` of 16 lanes, the rest being `other`; reads nothing beyond them.
@inline(__always)
func load(_ source: UnsafePointer<Float>, count: Int, else other: Float = 1) -> Vector {
  if count >= 16 { return load(source) }
  let lanes = Int32(truncatingIfNeeded: count)
  return sq_first16(sq_load_first16(source, count), lanes, Vector(repeating: other))
}

/// Writes the first `count` of 16 lanes.
@inline(__always)
func store(_ vector: Vector, _ target: UnsafeMutablePointer<Float>, count: Int) {
  if count >= 16 { return store(vector, target) }
  sq_store_first16(vector, target, count)
}

@inline(__always)
func store(_ vector: Vector, _ target: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(target).storeBytes(of: vector, as: Vector.self)
}

extension SIMD16<Float>: Lanes {
  @inline(__always)
  init(load source: UnsafePointer<Float>) {
    self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  init(broadcast value: Float) { self.init(repeating: value) }

  @inline(__always)
  static func zeros() -> Self { Self(repeating: 0) }

  @inline(__always)
  func adding(_ x: Self, times w: Self) -> Self { sq_fma16(x, w, self) }

  @inline(__always)
  func adding(_ source: UnsafePointer<Float>, blockStride: Int) -> Self {
    self + Self(load: source)
  }

  @inline(__always)
  func clipped(_ lower: Float, _ upper: Float) -> Self {
    sq_min16(Self(repeating: upper), sq_max16(Self(repeating: lower), self))
  }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>, blockStride: Int) {
    UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
  }
}

extension SIMD32<Float>: Lanes {
  @inline(__always)
  init(load source: UnsafePointer<Float>) {
    self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  init(broadcast value: Float) { self.init(repeating: value) }

  @inline(__always)
  static func zeros() -> Self { Self(repeating: 0) }

  @inline(__always)
  func adding(_ x: Self, times w: Self) -> Self { sq_fma32(x, w, self) }

  @inline(__always)
  func adding(_ source: UnsafePointer<Float>, blockStride: Int) -> Self {
    sq_add32(self, Vector(load: source), Vector(load: source + blockStride))
  }

  @inline(__always)
  func clipped(_ lower: Float, _ upper: Float) -> Self {
    sq_min32(Self(repeating: upper), sq_max32(Self(repeating: lower), self))
  }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>, blockStride: Int) {
    UnsafeMutableRawPointer(target).storeBytes(of: sq_low32(self), as: Vector.self)
    UnsafeMutableRawPointer(target + blockStride).storeBytes(of: sq_high32(self), as: Vector.self)
  }
}

/// 24 output channels: a vector and half of one, for widths that would leave half a vector idle.
struct HalfMore: Lanes {
  private var low: Vector
  private var high: SIMD8<Float>

  @inline(__always)
  private init(_ low: Vector, _ high: SIMD8<Float>) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  init(load source: UnsafePointer<Float>) {
    low = Vector(load: source)
    high = UnsafeRawPointer(source + 16).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always)
  init(broadcast value: Float) {
    low = Vector(repeating: value)
    high = SIMD8(repeating: value)
  }

  @inline(__always)
  static func zeros() -> Self { Self(broadcast: 0) }

  @inline(__always)
  func adding(_ x: Self, times w: Self) -> Self {
    Self(sq_fma16(x.low, w.low, low), sq_fma8(x.high, w.high, high))
  }

  @inline(__always)
  func adding(_ source: UnsafePointer<Float>, blockStride: Int) -> Self {
    let more = UnsafeRawPointer(source + blockStride).loadUnaligned(as: SIMD8<Float>.self)
    return Self(low + Vector(load: source), high + more)
  }

  @inline(__always)
  func clipped(_ lower: Float, _ upper: Float) -> Self {
    let bounded = sq_min8(SIMD8(repeating: upper), sq_max8(SIMD8(repeating: lower), high))
    return Self(low.clipped(lower, upper), bounded)
  }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>, blockStride: Int) {
    UnsafeMutableRawPointer(target).storeBytes(of: low, as: Vector.self)
    UnsafeMutableRawPointer(target + blockStride).storeBytes(of: sq_widen8(high), as: Vector.self)
  }
}
