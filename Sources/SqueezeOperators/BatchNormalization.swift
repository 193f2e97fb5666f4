public import SqueezeGraph
public import SqueezeTensor

/// Channels shifted and scaled to the statistics seen while training.
///
/// `y = γ · (x − μ) / √(σ² + ε) + β` with one `γ, β, μ, σ²` per channel.
/// Source: Ioffe and Szegedy, "Batch Normalization" (2015), Algorithm 2.
///
/// | value | shape |
/// |---|---|
/// | input `x`, output `y` | `[N, C, …]` |
/// | scale `γ`, bias `β` | `[C]`, trained |
/// | mean `μ`, variance `σ²` | `[C]`, statistics |
public struct BatchNormalization: Operator {
  /// What is added to the variance, `ε`.
  public var epsilon: Float

  /// Creates the operator.
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(epsilon: 1e-3), inputs: [[1, 17, 3, 3]]),
    Example(Self(), inputs: [[4, 6]]),
    Example(Self(), inputs: [[2, 5, 7]]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
    guard x.shape.rank >= 2, x.type.isReal else {
      throw error(expected: "a real input [N, C, …]", actual: "\(x)")
    }
    guard epsilon.isFinite, epsilon >= 0 else {
      throw error(expected: "an epsilon of at least 0", actual: epsilon)
    }
    return [x]
  }

  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    let channels: Shape = [inputs[0].shape[1]]
    return [
      ParameterSpec("scale", channels),
      ParameterSpec("bias", channels),
      ParameterSpec("mean", channels, kind: .statistic),
      ParameterSpec("variance", channels, kind: .statistic),
    ]
  }

  // MARK: Cost

  /// One multiply–accumulate per element, as the statistics fold into one factor and one offset.
  public func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int { inputs[0].shape.count }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let (factors, offsets) = affine(parameters)
    let (channels, area) = (x.shape[1], x.shape.count(from: 2))
    var y = x.scalars
    for map in 0..<x.shape[0] * channels {
      let (factor, offset) = (factors[map % channels], offsets[map % channels])
      for i in map * area..<(map + 1) * area { y[i] = y[i] * factor + offset }
    }
    return [Tensor(x.shape, y, type: x.type)]
  }

  /// The factor and offset of every channel, `γ/√(σ² + ε)` and `β − μ · factor`.
  ///
  /// - Parameter parameters: scale, bias, mean and variance.
  /// - Returns: one factor and one offset per channel, computed in double precision.
  public func affine(_ parameters: [Tensor]) -> (factors: [Float], offsets: [Float]) {
    let values = parameters.map(\.scalars)
    let factors = values[0].indices.map { channel in
      Double(values[0][channel]) / (Double(values[3][channel]) + Double(epsilon)).squareRoot()
    }
    let offsets = factors.indices.map { channel in
      Float(Double(values[1][channel]) - Double(values[2][channel]) * factors[channel])
    }
    return (factors.map { Float($0) }, offsets)
  }
}

// MARK: - ONNX

extension BatchNormalization: ONNXConvertible {
  public static let onnxTypes = ["BatchNormalization"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    if try node.int("training_mode") == 1 { throw node.unsupported("training_mode = 1") }
    if try node.int("spatial") == 0 { throw node.unsupported("spatial = 0") }
    builder.emit(
      BatchNormalization(epsilon: try node.float("epsilon") ?? 1e-5),
      [try node.input(0)],
      parameters: [
        "scale": try node.constant(1), "bias": try node.constant(2), "mean": try node.constant(3),
        "variance": try node.constant(4),
      ]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let parameters = ["scale", "bias", "mean", "variance"].map { node.parameter($0) }
    writer.node(
      "BatchNormalization",
      node,
      inputs: node.inputs + parameters,
      attributes: ["epsilon": .float(epsilon)]
    )
  }
}
