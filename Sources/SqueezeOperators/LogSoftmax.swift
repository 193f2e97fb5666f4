public import SqueezeGraph
public import SqueezeTensor

/// Logarithms of softmax probabilities, `y = x − max x − log Σ exp(x − max x)` along one axis.
///
/// - Input and output: any shape of at least one axis. Sums are kept in double precision.
public struct LogSoftmax: Operator {
  /// The axis; negative ones count from the end.
  public var axis: Int

  /// Creates the operator.
  public init(axis: Int = -1) { self.axis = axis }

  public static let examples = [
    Example(Self(axis: 1), inputs: [[2, 5]]),
    Example(Self(axis: 1), inputs: [[2, 3, 4]]),
  ]

  public var channelFlow: ChannelFlow { .opaque }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    try Softmax(axis: axis).outputs(for: inputs)
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    _ = try outputs(for: [inputs[0].spec])
    return [
      inputs[0].mapSlices(along: axis) { slice in
        let largest = Double(slice.max() ?? 0)
        let sum = slice.reduce(0.0) { $0 + exponential(Double($1) - largest) }
        let offset = largest + logarithm(sum)
        return slice.map { Float(Double($0) - offset) }
      }
    ]
  }
}

// MARK: - Gradient

extension LogSoftmax: Differentiable {
  /// With `exp(y)` the probabilities: `dx = dy − exp(y) · Σ dy`.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let dx = pass.outputs[0].mapSlices(with: pass.gradients[0], along: axis) { y, dy in
      let sum = dy.reduce(0.0) { $0 + Double($1) }
      return zip(y, dy).map { Float(Double($1) - exponential(Double($0)) * sum) }
    }
    return Gradients(inputs: [dx])
  }
}

// MARK: - ONNX

extension LogSoftmax: ONNXConvertible {
  public static let onnxTypes = ["LogSoftmax"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    try Softmax.read(node, into: &builder) { LogSoftmax(axis: $0) }
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("LogSoftmax", node, attributes: ["axis": .int(axis)])
  }
}
