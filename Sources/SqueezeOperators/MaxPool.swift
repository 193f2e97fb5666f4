public import SqueezeGraph
public import SqueezeTensor

/// The largest element under a window, channel by channel.
///
/// `y[n, c, p] = max x[n, c, p · stride + k · dilation − begin]` over the kernel positions `k` that lie
/// inside the input; padding never wins.
///
/// - Input: `x`, shape `[N, C, H, W]` or `[N, C, W]`, real or integer. Output: the same with the
///   window's spatial size.
public struct MaxPool: Operator {
  public var window: SlidingWindow

  /// Creates a maximum pooling.
  public init(window: SlidingWindow) { self.window = window }

  public static let examples = [
    Example(Self(window: SlidingWindow(2, stride: 2)), inputs: [[2, 3, 6, 8]]),
    Example(Self(window: SlidingWindow(3, stride: 2, rounding: .up)), inputs: [[1, 17, 8, 7]]),
    Example(Self(window: SlidingWindow(3, stride: 2, padding: 1)), inputs: [[1, 4, 9, 10]]),
    Example(Self(window: SlidingWindow(3, stride: 2, rounding: .up)), inputs: [[1, 32, 11, 11]]),
    Example(Self(window: SlidingWindow(1, stride: 3)), inputs: [[1, 2, 7, 7]]),
    Example(Self(window: SlidingWindow(2, dilation: 3)), inputs: [[1, 5, 7, 9]]),
    Example(
      Self(window: SlidingWindow(kernelSize: [3, 2], stride: [1, 2], padding: .sameUpper)),
      inputs: [[1, 3, 5, 7]]
    ),
    Example(
      Self(
        window: SlidingWindow(
          kernelSize: [3],
          stride: [2],
          padding: .explicit(begin: [0], end: [2]),
          rounding: .up
        )
      ),
      inputs: [[2, 3, 10]]
    ),
    Example(
      Self(window: SlidingWindow(2, stride: 2)),
      specs: [TensorSpec([1, 3, 4, 4], .uint8)]
    ),
    Example(
      Self(window: SlidingWindow(3, stride: 2, padding: 1)),
      specs: [TensorSpec([2, 2, 5, 6], .int8)]
    ),
    Example(
      Self(
        window: SlidingWindow(
          kernelSize: [2, 4],
          stride: [3, 1],
          padding: .explicit(begin: [1, 0], end: [0, 3])
        )
      ),
      inputs: [[1, 2, 6, 5]]
    ),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
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
    guard x.type.isReal else {
      var result = [Int](repeating: 0, count: y.shape.count)
      let (source, least) = (x.integers, x.type.range?.lowerBound ?? Int.min)
      forEachWindow(window, input: x.shape, output: y.shape) { position, taps in
        result[position] = taps.reduce(least) { max($0, source[$1]) }
      }
      return [Tensor(y.shape, integers: result, type: y.type)]
    }
    var result = [Float](repeating: 0, count: y.shape.count)
    let source = x.scalars
    forEachWindow(window, input: x.shape, output: y.shape) { position, taps in
      result[position] = taps.reduce(-Float.infinity) { max($0, source[$1]) }
    }
    return [Tensor(y.shape, result, type: y.type)]
  }
}

// MARK: - Gradient

extension MaxPool: Differentiable {
  /// Each output's gradient goes to the first maximum under its window.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, source, y) = (pass.inputs[0].shape, pass.inputs[0].reals, pass.outputs[0].reals)
    let dy = pass.gradients[0].scalars
    var dx = [Double](repeating: 0, count: x.count)
    forEachWindow(window, input: x, output: pass.outputs[0].shape) { position, taps in
      if let largest = taps.first(where: { source[$0] == y[position] }) {
        dx[largest] += Double(dy[position])
      }
    }
    return Gradients(inputs: [Tensor(x, sums: dx)])
  }
}

// MARK: - ONNX

extension MaxPool: ONNXConvertible {
  public static let onnxTypes = ["MaxPool"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    if node.outputs.dropFirst().contains(where: { !$0.isEmpty }) {
      throw node.unsupported("the output of indices")
    }
    builder.emit(MaxPool(window: try SlidingWindow(node)), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    var attributes = window.onnxAttributes(for: Array(node.inputSpecs[0].shape.dimensions[2...]))
    attributes["ceil_mode"] = .int(window.rounding == .up ? 1 : 0)
    writer.node("MaxPool", node, attributes: attributes)
  }
}
