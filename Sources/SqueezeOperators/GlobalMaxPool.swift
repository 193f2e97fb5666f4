public import SqueezeGraph
public import SqueezeTensor

/// The largest element of each channel's activation map, `y[n, c] = max x[n, c, h, w]`.
///
/// - Input: `x`, shape `[N, C, H, W]` or `[N, C, W]`. Output: `[N, C, 1, 1]` or `[N, C, 1]`.
public struct GlobalMaxPool: Operator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 5, 7]]),
    Example(Self(), inputs: [[2, 4, 9]]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    try GlobalAveragePool().outputs(for: inputs)
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let y = try outputs(for: [x.spec])[0]
    let area = x.shape.count(from: 2)
    let source = x.scalars
    let largest = (0..<y.shape.count).map { map in
      source[map * area..<(map + 1) * area].reduce(-Float.infinity) { max($0, $1) }
    }
    return [Tensor(y.shape, largest, type: y.type)]
  }
}

// MARK: - Gradient

extension GlobalMaxPool: Differentiable {
  /// All of a channel's gradient goes to its first maximum.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, y) = (pass.inputs[0], pass.outputs[0].scalars)
    let area = x.shape.count(from: 2)
    var dx = [Float](repeating: 0, count: x.count)
    for map in y.indices {
      let largest = (map * area..<(map + 1) * area).first { x.scalars[$0] == y[map] }
      if let largest { dx[largest] = pass.gradients[0].scalars[map] }
    }
    return Gradients(inputs: [Tensor(x.shape, dx)])
  }
}

// MARK: - ONNX

extension GlobalMaxPool: ONNXConvertible {
  public static let onnxTypes = ["GlobalMaxPool"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(GlobalMaxPool(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("GlobalMaxPool", node)
  }
}
