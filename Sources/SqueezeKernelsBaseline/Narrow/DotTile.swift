import CSqueezeKernels

/// The running sums of some neighbouring output pixels, all held in vector registers.
///
/// A tile is built by recursion, as ``PixelTile`` is. Four pixels are one unit, because four vectors
/// of sums become one of bytes.
protocol DotTile {
  associatedtype L: DotLanes
  static var pixels: Int { get }
  init(_ value: L)
  /// Adds one word of input per pixel, `stride` bytes between pixels, times weights.
  mutating func add(_ x: UnsafePointer<UInt8>, _ stride: Int, _ weights: L.Weights)
  func store(_ finish: L.Finish, _ target: DotTarget)
}

@inline(__always)
private func word(_ x: UnsafePointer<UInt8>) -> Int32 {
  UnsafeRawPointer(x).loadUnaligned(as: Int32.self)
}

struct DotOne<L: DotLanes>: DotTile {
  var sum: L

  @inline(__always)
  static var pixels: Int { 1 }

  @inline(__always)
  init(_ value: L) { sum = value }

  @inline(__always)
  mutating func add(_ x: UnsafePointer<UInt8>, _ stride: Int, _ weights: L.Weights) {
    sum = sum.adding(word(x), weights)
  }

  @inline(__always)
  func store(_ finish: L.Finish, _ target: DotTarget) { sum.store(finish, target) }
}

struct DotFour<L: DotLanes>: DotTile {
  var a, b, c, d: L

  @inline(__always)
  static var pixels: Int { 4 }

  @inline(__always)
  init(_ value: L) {
    a = value
    b = value
    c = value
    d = value
  }

  @inline(__always)
  mutating func add(_ x: UnsafePointer<UInt8>, _ stride: Int, _ weights: L.Weights) {
    a = a.adding(word(x), weights)
    b = b.adding(word(x + stride), weights)
    c = c.adding(word(x + 2 &* stride), weights)
    d = d.adding(word(x + 3 &* stride), weights)
  }

  @inline(__always)
  func store(_ finish: L.Finish, _ target: DotTarget) { L.store(a, b, c, d, finish, target) }
}

struct DotPair<A: DotTile, B: DotTile>: DotTile where A.L == B.L {
  typealias L = A.L
  var a: A
  var b: B

  @inline(__always)
  static var pixels: Int { A.pixels &+ B.pixels }

  @inline(__always)
  init(_ value: L) {
    a = A(value)
    b = B(value)
  }

  @inline(__always)
  mutating func add(_ x: UnsafePointer<UInt8>, _ stride: Int, _ weights: L.Weights) {
    a.add(x, stride, weights)
    b.add(x + A.pixels &* stride, stride, weights)
  }

  @inline(__always)
  func store(_ finish: L.Finish, _ target: DotTarget) {
    a.store(finish, target)
    b.store(finish, target.advanced(pixels: A.pixels))
  }
}

typealias Dot2<L: DotLanes> = DotPair<DotOne<L>, DotOne<L>>
typealias Dot3<L: DotLanes> = DotPair<Dot2<L>, DotOne<L>>
typealias Dot6<L: DotLanes> = DotPair<DotFour<L>, Dot2<L>>
typealias Dot7<L: DotLanes> = DotPair<DotFour<L>, Dot3<L>>
typealias Dot8<L: DotLanes> = DotPair<DotFour<L>, DotFour<L>>
typealias Dot10<L: DotLanes> = DotPair<Dot8<L>, Dot2<L>>
typealias Dot12<L: DotLanes> = DotPair<Dot8<L>, DotFour<L>>
typealias Dot13<L: DotLanes> = DotPair<Dot12<L>, DotOne<L>>
typealias Dot14<L: DotLanes> = DotPair<Dot12<L>, Dot2<L>>
typealias Dot16<L: DotLanes> = DotPair<Dot8<L>, Dot8<L>>
typealias Dot20<L: DotLanes> = DotPair<Dot16<L>, DotFour<L>>
typealias Dot24<L: DotLanes> = DotPair<Dot16<L>, Dot8<L>>
typealias Dot28<L: DotLanes> = DotPair<Dot24<L>, DotFour<L>>
