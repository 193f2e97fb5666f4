/// The weights of some taps of 16 channels that lie side by side in the input, as pixels do.
protocol NeighbouringTaps {
  associatedtype L: Lanes
  static var count: Int { get }
  init(load weights: UnsafePointer<Float>)
  /// `sum` plus input times weight of each tap, in their order.
  func add(_ x: UnsafePointer<Float>, to sum: L) -> L
}

struct ThreeTaps: NeighbouringTaps {
  private let first: Vector
  private let second: Vector
  private let third: Vector

  @inline(__always)
  static var count: Int { 3 }

  @inline(__always)
  init(load weights: UnsafePointer<Float>) {
    first = Vector(load: weights)
    second = Vector(load: weights + 16)
    third = Vector(load: weights + 32)
  }

  @inline(__always)
  func add(_ x: UnsafePointer<Float>, to sum: Vector) -> Vector {
    sum.adding(Vector(load: x), times: first)
      .adding(Vector(load: x + 16), times: second)
      .adding(Vector(load: x + 32), times: third)
  }
}

struct FiveTaps: NeighbouringTaps {
  private let threeTaps: ThreeTaps
  private let fourth: Vector
  private let fifth: Vector

  @inline(__always)
  static var count: Int { 5 }

  @inline(__always)
  init(load weights: UnsafePointer<Float>) {
    threeTaps = ThreeTaps(load: weights)
    fourth = Vector(load: weights + 48)
    fifth = Vector(load: weights + 64)
  }

  @inline(__always)
  func add(_ x: UnsafePointer<Float>, to sum: Vector) -> Vector {
    threeTaps.add(x, to: sum)
      .adding(Vector(load: x + 48), times: fourth)
      .adding(Vector(load: x + 64), times: fifth)
  }
}
