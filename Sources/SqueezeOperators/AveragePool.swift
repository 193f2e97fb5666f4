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
    Example(
      Self(
        window: SlidingWindow(
          kernelSize: [3, 2],
          stride: [2, 1],
          dilation: [2, 3],
          padding: .explicit(begin: [1, 1], end: [2, 1]),
          rounding: .up
        ),
        countsPadding: true
      ),
      inputs: [[1, 3, 9, 8]]
    ),
    Example(Self(window: SlidingWindow(3, stride: 4, dilation: 2)), inputs: [[2, 2, 9, 6]]),
    Example(
      Self(
        window: SlidingWindow(
          kernelSize: [2],
          stride: [3],
          padding: .explicit(begin: [1], end: [0]),
          rounding: .up
        ),
        countsPadding: true
      ),
      inputs: [[1, 2, 7]]
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

// MARK: - Gradient

extension AveragePool: Differentiable {
  /// Each output's gradient spreads evenly over its window, divided as the mean is.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, y, dy) = (pass.inputs[0].shape, pass.outputs[0].shape, pass.gradients[0].scalars)
    let counts = paddedCounts(x.planar, y.planar)
    var dx = [Double](repeating: 0, count: x.count)
    forEachWindow(window, input: x, output: y) { position, taps in
      let count = countsPadding ? counts[position % counts.count] : taps.count
      for tap in taps { dx[tap] += Double(dy[position]) / Double(count) }
    }
    return Gradients(inputs: [Tensor(x, sums: dx)])
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

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    if window.dilation.contains(where: { $0 > 1 }) { return writeDilated(node, to: &writer) }
    var attributes = window.onnxAttributes(for: Array(node.inputSpecs[0].shape.dimensions[2...]))
    attributes["dilations"] = nil
    attributes["ceil_mode"] = .int(window.rounding == .up ? 1 : 0)
    attributes["count_include_pad"] = .int(countsPadding ? 1 : 0)
    writer.node("AveragePool", node, attributes: attributes)
  }

  /// Operator set 17 has no dilated pooling: a depthwise convolution with ones gives the sums, and a
  /// product with one over the counts the means.
  private func writeDilated(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let (x, y) = (node.inputSpecs[0].shape, node.outputSpecs[0].shape)
    let spatial = Array(x.dimensions[2...])
    let (begin, end) = window.resolvedPadding(for: spatial)
    let needed = spatial.indices.map { axis in
      (y[axis + 2] - 1) * window.stride[axis] + window.dilation[axis]
        * (window.kernelSize[axis] - 1)
        + 1 - spatial[axis] - begin[axis]
    }
    var attributes = window.onnxAttributes(for: spatial)
    attributes["auto_pad"] = nil
    attributes["pads"] = .ints(begin + zip(end, needed).map { max($0, $1) })
    attributes["group"] = .int(x[1])
    let sums = "\(node.name)/sums"
    let ones = Shape([x[1], 1] + window.kernelSize)
    let weight = writer.initializer(
      "\(node.name)/ones",
      Tensor(ones, [Float](repeating: 1, count: ones.count))
    )
    writer.node(
      "Conv",
      name: sums,
      inputs: node.inputs + [weight],
      outputs: [sums],
      attributes: attributes
    )
    let positions = Shape([1, 1] + y.dimensions[2...])
    var counts = [Float](repeating: 0, count: positions.count)
    let padded = paddedCounts(x.planar, y.planar)
    let map = Shape([1, 1] + spatial)
    forEachWindow(window, input: map, output: positions) { position, taps in
      counts[position] = Float(max(1, countsPadding ? padded[position] : taps.count))
    }
    let divisor = writer.initializer("\(node.name)/counts", Tensor(positions, counts))
    writer.node("Div", node, inputs: [sums, divisor])
  }
}
