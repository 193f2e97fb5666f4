/// Streamed sums over patches: `Σ x`, `Σ x xᵀ`, and with originals `z` also `Σ (z − x)` and
/// `Σ (z − x) xᵀ`.
struct PatchMoments: Sendable {
  /// The columns of the sums, a multiple of 8; what is beyond the patch is 0.
  let stride: Int
  private(set) var sums: [Double]
  /// The upper triangle counts.
  private(set) var products: [Double]
  private(set) var differenceSums: [Double]
  private(set) var cross: [Double]

  init(columns: Int, hasOriginal: Bool) {
    stride = (columns + 7) / 8 * 8
    sums = [Double](repeating: 0, count: stride)
    products = [Double](repeating: 0, count: stride * stride)
    differenceSums = [Double](repeating: 0, count: hasOriginal ? stride : 0)
    cross = [Double](repeating: 0, count: hasOriginal ? stride * stride : 0)
  }

  /// The patches added at a time: they stay in the cache, and sums of so many in single precision are
  /// exact enough.
  private static let batch = 64

  /// Fills matrices of patches, one per row: those of `x`, and of `z` where there are any.
  typealias Fill = (
    _ positions: [Int], _ now: UnsafeMutablePointer<Float>?,
    _ before: UnsafeMutablePointer<Float>?, _ stride: Int
  ) -> Void

  /// Adds the patches at some positions.
  mutating func add(_ positions: [Int], hasOriginal: Bool, fill: Fill) {
    let size = Self.batch * stride
    var now = [Float](repeating: 0, count: size)
    var before = [Float](repeating: 0, count: hasOriginal ? size : 0)
    for start in Swift.stride(from: 0, to: positions.count, by: Self.batch) {
      let part = Array(positions[start..<min(start + Self.batch, positions.count)])
      now.withUnsafeMutableBufferPointer { now in
        before.withUnsafeMutableBufferPointer { before in
          guard let x = now.baseAddress else { return }
          let z = hasOriginal ? before.baseAddress : nil
          fill(part, x, z, stride)
          add(x, z, rows: part.count)
        }
      }
    }
  }

  private mutating func add(
    _ x: UnsafeMutablePointer<Float>,
    _ z: UnsafeMutablePointer<Float>?,
    rows: Int
  ) {
    Self.addSums(x, rows, to: &sums)
    Self.addProducts(x, x, rows, columns: stride, isSymmetric: true, to: &products)
    guard let z else { return }
    for i in 0..<rows * stride { z[i] -= x[i] }
    Self.addSums(z, rows, to: &differenceSums)
    Self.addProducts(z, x, rows, columns: stride, isSymmetric: false, to: &cross)
  }

  private static func addSums(_ x: UnsafePointer<Float>, _ rows: Int, to sums: inout [Double]) {
    let columns = sums.count
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += Double(x[row * columns + column]) }
    }
  }

  /// Adds `Aᵀ B` to a square matrix, in tiles of 4 by 8; of a symmetric one the upper triangle.
  private static func addProducts(
    _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>,
    _ rows: Int,
    columns: Int,
    isSymmetric: Bool,
    to sum: inout [Double]
  ) {
    sum.withUnsafeMutableBufferPointer { sum in
      guard let sum = sum.baseAddress else { return }
      for i in Swift.stride(from: 0, to: columns, by: 4) {
        for j in Swift.stride(from: isSymmetric ? i / 8 * 8 : 0, to: columns, by: 8) {
          addTile(a + i, b + j, rows, columns, to: sum + i * columns + j)
        }
      }
    }
  }

  /// Adds the products of 4 columns with 8.
  @inline(__always)
  private static func addTile(
    _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>,
    _ rows: Int,
    _ columns: Int,
    to sum: UnsafeMutablePointer<Double>
  ) {
    var (first, second) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    var (third, fourth) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    for row in 0..<rows {
      let left = a + row * columns
      let right = UnsafeRawPointer(b + row * columns).loadUnaligned(as: SIMD8<Float>.self)
      first += left[0] * right
      second += left[1] * right
      third += left[2] * right
      fourth += left[3] * right
    }
    for lane in 0..<8 {
      let target = sum + lane
      target[0] += Double(first[lane])
      target[columns] += Double(second[lane])
      target[2 * columns] += Double(third[lane])
      target[3 * columns] += Double(fourth[lane])
    }
  }
}
