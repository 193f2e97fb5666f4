import SqueezeTensor

/// Visits every output of a pooling with the input elements under its window.
///
/// Only kernel positions inside the input are visited, so that a huge kernel on a small input costs
/// no more than the input.
func forEachWindow(
  _ window: SlidingWindow,
  input: Shape,
  output: Shape,
  _ body: (_ position: Int, _ taps: [Int]) -> Void
) {
  let (x, y, window) = (input.planar, output.planar, window.planar)
  let (begin, _) = window.resolvedPadding(for: [x[2], x[3]])
  /// The input positions along one axis that the window of each output covers.
  func covered(_ axis: Int) -> [StrideTo<Int>] {
    let dilation = window.dilation[axis]
    return (0..<y[axis + 2]).map { output in
      let start = output * window.stride[axis] - begin[axis]
      let skipped = start < 0 ? (dilation - 1 - start) / dilation : 0
      let end = min(x[axis + 2], start + window.kernelSize[axis] * dilation)
      return stride(from: start + skipped * dilation, to: end, by: dilation)
    }
  }
  let (rows, columns) = (covered(0), covered(1))
  var position = 0
  var taps: [Int] = []
  for map in 0..<y[0] * y[1] {
    for row in rows {
      for column in columns {
        taps.removeAll(keepingCapacity: true)
        for h in row {
          for w in column { taps.append((map * x[2] + h) * x[3] + w) }
        }
        body(position, taps)
        position += 1
      }
    }
  }
}
