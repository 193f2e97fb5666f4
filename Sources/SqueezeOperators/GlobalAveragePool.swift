public import SqueezeGraph
public import SqueezeTensor

/// The mean of each channel's activation map.
///
/// `y[n, c] = (1 / HW) Σ x[n, c, h, w]`, from Lin, Chen and Yan, "Network In Network" (2013), §3.2.
///
/// - Input: `x`, shape `[N, C, H, W]` or `[N, C, W]`. Output: `[N, C, 1, 1]` or `[N, C, 1]`.
/// - Cost: no parameters and no MACs; sums are kept in double precision.
public struct GlobalAveragePool: Operator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 5, 7]]),
    Example(Self(), inputs: [[1, 1, 1, 1]]),
    Example(Self(), inputs: [[1, 37, 3, 3]]),
    Example(Self(), inputs: [[2, 4, 9]]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard x.rank >= 3, x.count(from: 2) > 0, inputs[0].type.isReal else {
      throw error(expected: "a real input [N, C, H, W] with at least one position", actual: x)
    }
    return [
      TensorSpec(Shape([x[0], x[1]] + [Int](repeating: 1, count: x.rank - 2)), inputs[0].type)
    ]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let y = try outputs(for: [x.spec])[0]
    let area = x.shape.count(from: 2)
    let source = x.scalars
    let means = (0..<y.shape.count).map { map in
      Float(source[map * area..<(map + 1) * area].reduce(0.0) { $0 + Double($1) } / Double(area))
    }
    return [Tensor(y.shape, means, type: y.type)]
  }
}

// MARK: - Gradient

extension GlobalAveragePool: Differentiable {
  /// Spreads evenly: `dx = dy / HW`.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, dy) = (pass.inputs[0].shape, pass.gradients[0].scalars)
    let area = x.count(from: 2)
    return Gradients(inputs: [Tensor(x, (0..<x.count).map { dy[$0 / area] / Float(area) })])
  }
}

// MARK: - ONNX

extension GlobalAveragePool: ONNXConvertible {
  public static let onnxTypes = ["GlobalAveragePool"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(GlobalAveragePool(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("GlobalAveragePool", node)
  }
}
