package import SqueezeGraph
import SqueezeOperators
package import SqueezeTensor

/// A layer's weight as rows that multiply patches of its input.
///
/// Every output is a row of `columns` weights times a patch `x` of as many inputs, plus a bias.
///
/// | layer | rows | columns | a patch |
/// |---|---|---|---|
/// | `Convolution`, weight `[O, C/groups, kH, kW]` | `O` | `C/groups · kH · kW` | what the window sees |
/// | `FullyConnected`, weight `[O, I]` | `O` | `I` | the input vector |
/// | `TransposedConvolution`, `n` weights | `n` | 1 | one input, all channels alike |
///
/// The rows of a group meet the patches of that group; groups follow each other in the rows.
package struct LayerPatches: Sendable {
  package let rows: Int
  package let columns: Int
  package let groups: Int
  private let window: SlidingWindow?
  private let isVector: Bool

  /// The rows and columns of a node's weight; `nil` where the node is no such layer.
  package init?(_ node: Node, weight: Shape) {
    switch node.op {
    case let op as Convolution:
      (rows, columns, groups) = (weight[0], weight.count(from: 1), op.groups)
      window = op.window.planar
      isVector = false
    case is FullyConnected:
      (rows, columns, groups) = (weight[0], weight[1], 1)
      window = nil
      isVector = true
    case is TransposedConvolution:
      (rows, columns, groups) = (weight.count, 1, 1)
      window = nil
      isVector = false
    default: return nil
    }
    guard rows > 0, columns > 0 else { return nil }
  }

  /// The number of patches of one group in an input.
  package func count(in input: Tensor) -> Int {
    guard let window else { return input.count / columns }
    let size = outputSize(window, input.shape.planar)
    return input.shape[0] * size.height * size.width
  }

  private func outputSize(_ window: SlidingWindow, _ x: Shape) -> (height: Int, width: Int) {
    let sizes = try? window.outputSize(Convolution.name, x)
    return (sizes?[0] ?? 0, sizes?[1] ?? 0)
  }

  /// Copies some columns of some patches of one group.
  ///
  /// - Parameters:
  ///   - input: what the layer is given, `[N, C, H, W]`, `[N, C, W]` or `[…, I]`.
  ///   - group: the group.
  ///   - positions: which patches, below ``count(in:)``.
  ///   - columns: which columns.
  ///   - matrix: filled row by row, one per patch.
  ///   - stride: the floats from one row to the next.
  package func copy(
    from input: Tensor,
    group: Int,
    positions: [Int],
    columns: Range<Int>,
    into matrix: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    input.scalars.withUnsafeBufferPointer { x in
      guard let base = x.baseAddress else { return }
      guard let window else {
        for (row, position) in positions.enumerated() {
          let source = base + position * self.columns + columns.lowerBound
          (matrix + row * stride).update(from: source, count: columns.count)
        }
        return
      }
      copyWindows(window, base, input.shape.planar, group, positions, columns, matrix, stride)
    }
  }

  private func copyWindows(
    _ window: SlidingWindow,
    _ x: UnsafePointer<Float>,
    _ shape: Shape,
    _ group: Int,
    _ positions: [Int],
    _ chosen: Range<Int>,
    _ matrix: UnsafeMutablePointer<Float>,
    _ stride: Int
  ) {
    let output = outputSize(window, shape)
    let (height, width, plane) = (shape[2], shape[3], shape[2] * shape[3])
    let begin = window.resolvedPadding(for: [height, width]).begin
    let kernel = window.kernelSize[0] * window.kernelSize[1]
    let firstChannel = group * (columns / kernel)
    // Where a column lies relative to the window's corner.
    let taps = chosen.map { column in
      let (channel, tap) = (firstChannel + column / kernel, column % kernel)
      let (ky, kx) = (tap / window.kernelSize[1], tap % window.kernelSize[1])
      return (map: channel * plane, y: ky * window.dilation[0], x: kx * window.dilation[1])
    }
    taps.withUnsafeBufferPointer { taps in
      for (row, position) in positions.enumerated() {
        let sample = position / (output.height * output.width) * shape[1] * plane
        let top = position / output.width % output.height * window.stride[0] - begin[0]
        let left = position % output.width * window.stride[1] - begin[1]
        let target = matrix + row * stride
        for (index, tap) in taps.enumerated() {
          let (h, w) = (top + tap.y, left + tap.x)
          let isInside = h >= 0 && h < height && w >= 0 && w < width
          target[index] = isInside ? x[sample + tap.map + h * width + w] : 0
        }
      }
    }
  }
}
