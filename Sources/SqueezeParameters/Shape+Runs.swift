import SqueezeTensor

extension Shape {
  /// Visits the elements of a tensor in runs that share a slice along an axis, in row-major order.
  ///
  /// - Parameters:
  ///   - axis: the axis; `nil` visits all elements as one run of slice 0.
  ///   - body: called with the slice and the positions of its next run.
  func forEachRun(along axis: Int?, _ body: (_ slice: Int, _ run: Range<Int>) -> Void) {
    guard let axis else { return body(0, 0..<count) }
    let inner = count(from: axis + 1)
    for block in 0..<count(before: axis) * self[axis] {
      body(block % self[axis], block * inner..<(block + 1) * inner)
    }
  }
}
