public import SqueezeGraph
public import SqueezeTensor

/// Every channel of every sample shifted and scaled to mean 0 and variance 1, then by trained numbers.
///
/// `y = γ · (x − μ) / √(σ² + ε) + β` with `μ, σ²` over the positions of one channel of one sample.
/// Source: Ulyanov, Vedaldi and Lempitsky, "Instance Normalization" (2016), equation 5.
///
/// | value | shape |
/// |---|---|
/// | input `x`, output `y` | `[N, C, …]` |
/// | scale `γ`, bias `β` | `[C]` |
public struct InstanceNormalization: Operator {
  /// What is added to the variance, `ε`.
  public var epsilon: Float

  /// Creates the operator.
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(epsilon: 1e-3), inputs: [[1, 5, 6]]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
    guard x.shape.rank >= 3, x.type.isReal else {
      throw error(expected: "a real input [N, C, H, W]", actual: "\(x)")
    }
    guard epsilon.isFinite, epsilon >= 0 else {
      throw error(expected: "an epsilon of at least 0", actual: epsilon)
    }
    return [x]
  }

  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    let channels: Shape = [inputs[0].shape[1]]
    return [ParameterSpec("scale", channels), ParameterSpec("bias", channels)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let (channels, area) = (x.shape[1], x.shape.count(from: 2))
    let (scale, bias) = (parameters[0].scalars, parameters[1].scalars)
    var y = x.scalars
    for map in 0..<x.shape[0] * channels where area > 0 {
      let run = map * area..<(map + 1) * area
      let normal = normalized(y[run], epsilon: epsilon)
      for (i, value) in zip(run, normal) {
        y[i] = Float(value) * scale[map % channels] + bias[map % channels]
      }
    }
    return [Tensor(x.shape, y, type: x.type)]
  }
}

/// Numbers shifted and scaled to mean 0 and variance 1, in double precision.
func normalized(_ values: ArraySlice<Float>, epsilon: Float) -> [Double] {
  let count = Double(values.count)
  let mean = values.reduce(0.0) { $0 + Double($1) } / count
  let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
  let factor = 1 / (variance + Double(epsilon)).squareRoot()
  return values.map { (Double($0) - mean) * factor }
}

// MARK: - Gradient

extension InstanceNormalization: Differentiable {
  /// `dβ = Σ dy`, `dγ = Σ dy · x̂`, and `dx` by ``normalizationGradient(_:_:epsilon:)`` of `γ dy`.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, dy, scale) = (pass.inputs[0], pass.gradients[0].scalars, pass.parameters[0].scalars)
    let (channels, area) = (x.shape[1], x.shape.count(from: 2))
    var dx: [Float] = []
    var dScale = [Double](repeating: 0, count: channels)
    for map in 0..<x.shape[0] * channels where area > 0 {
      let run = map * area..<(map + 1) * area
      let (channel, normal) = (map % channels, normalized(x.scalars[run], epsilon: epsilon))
      for (i, value) in zip(run, normal) { dScale[channel] += Double(dy[i]) * value }
      let slopes = dy[run].map { Double($0) * Double(scale[channel]) }
      dx += normalizationGradient(x.scalars[run], slopes, epsilon: epsilon)
    }
    return Gradients(
      inputs: [Tensor(x.shape, dx)],
      parameters: [Tensor([channels], sums: dScale), pass.gradients[0].channelSums()]
    )
  }
}

/// The gradient of ``normalized(_:epsilon:)``: `dx = (g − mean g − x̂ · mean(g x̂)) / √(σ² + ε)`.
///
/// - Parameters:
///   - values: the numbers `x` that were normalized.
///   - slopes: the gradient `g` of the normalized numbers `x̂`.
///   - epsilon: what was added to the variance.
/// - Returns: the gradient of `values`.
func normalizationGradient(
  _ values: ArraySlice<Float>,
  _ slopes: [Double],
  epsilon: Float
) -> [Float] {
  let count = Double(values.count)
  let mean = values.reduce(0.0) { $0 + Double($1) } / count
  let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
  let factor = 1 / (variance + Double(epsilon)).squareRoot()
  let normal = values.map { (Double($0) - mean) * factor }
  let meanSlope = slopes.reduce(0, +) / count
  let correlation = zip(slopes, normal).reduce(0.0) { $0 + $1.0 * $1.1 } / count
  return zip(slopes, normal).map { Float(factor * ($0 - meanSlope - $1 * correlation)) }
}

// MARK: - ONNX

extension InstanceNormalization: ONNXConvertible {
  public static let onnxTypes = ["InstanceNormalization"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(
      InstanceNormalization(epsilon: try node.float("epsilon") ?? 1e-5),
      [try node.input(0)],
      parameters: ["scale": try node.constant(1), "bias": try node.constant(2)]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node(
      "InstanceNormalization",
      node,
      inputs: node.inputs + [node.parameter("scale"), node.parameter("bias")],
      attributes: ["epsilon": .float(epsilon)]
    )
  }
}
