/// The running sums of some neighbouring output pixels, all held in vector registers.
///
/// A tile is built by recursion, `Pair<Pair<One, One>, One>` being three pixels, because the
/// compiler keeps the fields of nested structures in registers even inside nested loops, which it
/// does not do for arrays.
protocol PixelTile {
  associatedtype L: Lanes
  static var pixels: Int { get }
  init(_ value: L)
  /// Adds input times weight, one input number per pixel and `stride` between pixels.
  mutating func add(broadcast x: UnsafePointer<Float>, stride: Int, weights: L)
  /// Adds input times weight lane by lane, one input vector per pixel.
  mutating func add(vectors x: UnsafePointer<Float>, stride: Int, weights: L)
  /// Adds input times weight, lane by lane, for taps that lie as far apart as the pixels do: the compiler
  /// loads each input once for all pixels that need it.
  mutating func add<W: NeighbouringTaps>(neighbours x: UnsafePointer<Float>, weights: W)
  where W.L == L
  /// Adds one vector per pixel.
  mutating func add(_ x: UnsafePointer<Float>, stride: Int, blockStride: Int)
  /// Multiplies every sum by a factor and adds a number, lane by lane.
  mutating func scale(_ factor: L, adding number: L)
  mutating func clip(_ lower: Float, _ upper: Float)
  func store(_ target: UnsafeMutablePointer<Float>, stride: Int, blockStride: Int)
}

struct One<L: Lanes>: PixelTile {
  var sum: L

  @inline(__always)
  static var pixels: Int { 1 }

  @inline(__always)
  init(_ value: L) { sum = value }

  @inline(__always)
  mutating func add(broadcast x: UnsafePointer<Float>, stride: Int, weights: L) {
    sum = sum.adding(L(broadcast: x.pointee), times: weights)
  }

  @inline(__always)
  mutating func add(vectors x: UnsafePointer<Float>, stride: Int, weights: L) {
    sum = sum.adding(L(load: x), times: weights)
  }

  @inline(__always)
  mutating func add<W: NeighbouringTaps>(neighbours x: UnsafePointer<Float>, weights: W)
  where W.L == L {
    sum = weights.add(x, to: sum)
  }

  @inline(__always)
  mutating func add(_ x: UnsafePointer<Float>, stride: Int, blockStride: Int) {
    sum = sum.adding(x, blockStride: blockStride)
  }

  @inline(__always)
  mutating func scale(_ factor: L, adding number: L) { sum = number.adding(sum, times: factor) }

  @inline(__always)
  mutating func clip(_ lower: Float, _ upper: Float) { sum = sum.clipped(lower, upper) }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>, stride: Int, blockStride: Int) {
    sum.store(target, blockStride: blockStride)
  }
}

struct Pair<A: PixelTile, B: PixelTile>: PixelTile where A.L == B.L {
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
  mutating func add(broadcast x: UnsafePointer<Float>, stride: Int, weights: L) {
    a.add(broadcast: x, stride: stride, weights: weights)
    b.add(broadcast: x + A.pixels &* stride, stride: stride, weights: weights)
  }

  @inline(__always)
  mutating func add(vectors x: UnsafePointer<Float>, stride: Int, weights: L) {
    a.add(vectors: x, stride: stride, weights: weights)
    b.add(vectors: x + A.pixels &* stride, stride: stride, weights: weights)
  }

  @inline(__always)
  mutating func add<W: NeighbouringTaps>(neighbours x: UnsafePointer<Float>, weights: W)
  where W.L == L {
    a.add(neighbours: x, weights: weights)
    b.add(neighbours: x + A.pixels &* 16, weights: weights)
  }

  @inline(__always)
  mutating func add(_ x: UnsafePointer<Float>, stride: Int, blockStride: Int) {
    a.add(x, stride: stride, blockStride: blockStride)
    b.add(x + A.pixels &* stride, stride: stride, blockStride: blockStride)
  }

  @inline(__always)
  mutating func scale(_ factor: L, adding number: L) {
    a.scale(factor, adding: number)
    b.scale(factor, adding: number)
  }

  @inline(__always)
  mutating func clip(_ lower: Float, _ upper: Float) {
    a.clip(lower, upper)
    b.clip(lower, upper)
  }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>, stride: Int, blockStride: Int) {
    a.store(target, stride: stride, blockStride: blockStride)
    b.store(target + A.pixels &* stride, stride: stride, blockStride: blockStride)
  }
}

typealias Tile2<L: Lanes> = Pair<One<L>, One<L>>
typealias Tile3<L: Lanes> = Pair<Tile2<L>, One<L>>
typealias Tile4<L: Lanes> = Pair<Tile2<L>, Tile2<L>>
typealias Tile5<L: Lanes> = Pair<Tile4<L>, One<L>>
typealias Tile6<L: Lanes> = Pair<Tile4<L>, Tile2<L>>
typealias Tile7<L: Lanes> = Pair<Tile4<L>, Tile3<L>>
typealias Tile8<L: Lanes> = Pair<Tile4<L>, Tile4<L>>
typealias Tile9<L: Lanes> = Pair<Tile8<L>, One<L>>
typealias Tile10<L: Lanes> = Pair<Tile8<L>, Tile2<L>>
typealias Tile11<L: Lanes> = Pair<Tile8<L>, Tile3<L>>
typealias Tile12<L: Lanes> = Pair<Tile8<L>, Tile4<L>>
typealias Tile13<L: Lanes> = Pair<Tile8<L>, Tile5<L>>
typealias Tile14<L: Lanes> = Pair<Tile8<L>, Tile6<L>>
typealias Tile16<L: Lanes> = Pair<Tile8<L>, Tile8<L>>
typealias Tile20<L: Lanes> = Pair<Tile16<L>, Tile4<L>>
typealias Tile24<L: Lanes> = Pair<Tile16<L>, Tile8<L>>
typealias Tile27<L: Lanes> = Pair<Tile24<L>, Tile3<L>>
typealias Tile28<L: Lanes> = Pair<Tile24<L>, Tile4<L>>

/// How many pixels the next tile takes so that `left` pixels split into near-equal tiles.
@inline(__always)
func share(of left: Int, atMost limit: Int) -> Int {
  let parts = (left &+ limit &- 1) / limit
  return (left &+ parts &- 1) / parts
}
