public import SqueezeGraph
public import SqueezeTensor

/// The mean under a window, channel by channel.
///
/// Positions outside the input count as zeros where ``countsPadding`` is set, else not at all. With
/// rounding up, what lies beyond the padding never counts.
///
/// - Input: `x`, shape `[N, C, H, W]` or `[N, C, W]`. Output: the same with the window's spatial size.
public struct AveragePool: Operator {
  public var window: SlidingWindow
  /// Whether padding counts in the number of elements the sum is divided by.
  public var countsPadding: Bool

  /// Creates an average pooling.
  public init(window: SlidingWindow, countsPadding: Bool = false) {
    self.window = window
    self.countsPadding = countsPadding
  }

  public static let examples = [
    Example(Self(window: SlidingWindow(2, stride: 2)), inputs: [[2, 3, 6, 8]]),
    Example(Self(window: SlidingWindow(3, stride: 2, padding: 1)), inputs: [[1, 17, 9, 10]]),
    Example(
      Self(window: SlidingWindow(3, stride: 2, padding: 1), countsPadding: true),
      inputs: [[1, 4, 9, 10]]
    ),
    Example(Self(window: SlidingWindow(3, stride: 2, rounding: .up)), inputs: [[1, 5, 8, 7]]),
    Example(
      Self(window: SlidingWindow(3, stride: 2, padding: 1, rounding: .up), countsPadding: true),
      inputs: [[1, 2, 8, 8]]
    ),
    Example(
      Self(window: SlidingWindow(kernelSize: [4], stride: [3], padding: .sameUpper)),
      inputs: [[2, 3, 10]]
    ),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
    guard x.type.isReal else { throw error(expected: "a real input", actual: "\(x)") }
    let spatial = try window.outputSize(Self.name, x.shape)
    try window.checkPadding(Self.name, Array(x.shape.dimensions[2...]))
    return [TensorSpec(Shape([x.shape[0], x.shape[1]] + spatial), x.type)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let y = try outputs(for: [x.spec])[0]
    let counts = paddedCounts(x.shape.planar, y.shape.planar)
    var result = [Float](repeating: 0, count: y.shape.count)
    let source = x.scalars
    forEachWindow(window, input: x.shape, output: y.shape) { position, taps in
      let sum = taps.reduce(Float(0)) { $0 + source[$1] }
      let count = countsPadding ? counts[position % counts.count] : taps.count
      result[position] = count == 0 ? 0 : sum / Float(count)
    }
    return [Tensor(y.shape, result, type: y.type)]
  }

  /// The number of positions under each window that lie inside the input or its padding.
  private func paddedCounts(_ x: Shape, _ y: Shape) -> [Int] {
    let window = window.planar
    let (begin, end) = window.resolvedPadding(for: [x[2], x[3]])
    func count(_ axis: Int, _ position: Int) -> Int {
      let start = position * window.stride[axis]
      let room = x[axis + 2] + begin[axis] + end[axis] - start
      return max(
        0,
        min(window.kernelSize[axis], (room + window.dilation[axis] - 1) / window.dilation[axis])
      )
    }
    return (0..<y[2]).flatMap { row in (0..<y[3]).map { count(0, row) * count(1, $0) } }
  }
}

// MARK: - ONNX

extension AveragePool: ONNXConvertible {
  public static let onnxTypes = ["AveragePool"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(
      AveragePool(
        window: try SlidingWindow(node),
        countsPadding: try node.int("count_include_pad") == 1
      ),
      [try node.input(0)]
    )
  }

  /// Operator set 17 has no dilation; a dilated window cannot come from a file of that set.
  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    var attributes = window.onnxAttributes(for: Array(node.inputSpecs[0].shape.dimensions[2...]))
    attributes["dilations"] = nil
    attributes["ceil_mode"] = .int(window.rounding == .up ? 1 : 0)
    attributes["count_include_pad"] = .int(countsPadding ? 1 : 0)
    writer.node("AveragePool", node, attributes: attributes)
  }
}
