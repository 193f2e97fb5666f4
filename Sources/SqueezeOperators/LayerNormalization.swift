public import SqueezeGraph
import SqueezeParameters
public import SqueezeTensor

/// The last axes of every sample shifted and scaled to mean 0 and variance 1, then by trained numbers.
///
/// `y = γ · (x − μ) / √(σ² + ε) + β` with `μ, σ²` over the axes from ``axis`` on.
/// Source: Ba, Kiros and Hinton, "Layer Normalization" (2016), equation 4.
///
/// | value | shape |
/// |---|---|
/// | input `x`, output `y` | any |
/// | scale `γ`, bias `β`, if any | the axes from ``axis`` on |
public struct LayerNormalization: Operator {
  /// The first normalized axis; negative ones count from the end.
  public var axis: Int
  /// What is added to the variance, `ε`.
  public var epsilon: Float
  public var hasBias: Bool

  /// Creates the operator.
  public init(axis: Int = -1, epsilon: Float = 1e-5, hasBias: Bool = true) {
    self.axis = axis
    self.epsilon = epsilon
    self.hasBias = hasBias
  }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 8]]),
    Example(Self(axis: 1, epsilon: 1e-3, hasBias: false), inputs: [[2, 3, 4]]),
  ]

  public var channelFlow: ChannelFlow { .opaque }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
    guard x.shape.axis(axis) != nil, x.type.isReal else {
      throw error(expected: "a real input with axis \(axis)", actual: "\(x)")
    }
    guard epsilon.isFinite, epsilon >= 0 else {
      throw error(expected: "an epsilon of at least 0", actual: epsilon)
    }
    return [x]
  }

  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    let x = inputs[0].shape
    let shape = Shape(Array(x.dimensions[(x.axis(axis) ?? 0)...]))
    return [ParameterSpec("scale", shape)] + (hasBias ? [ParameterSpec("bias", shape)] : [])
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    _ = try outputs(for: [x.spec])
    let scale = parameters[0].scalars
    let bias = hasBias ? parameters[1].scalars : [Float](repeating: 0, count: scale.count)
    let source = x.scalars
    var y: [Float] = []
    y.reserveCapacity(source.count)
    for start in stride(from: 0, to: source.count, by: max(1, scale.count)) {
      let normal = normalized(source[start..<start + scale.count], epsilon: epsilon)
      for (i, value) in normal.enumerated() { y.append(Float(value) * scale[i] + bias[i]) }
    }
    return [Tensor(x.shape, y, type: x.type)]
  }
}

// MARK: - Gradient

extension LayerNormalization: Differentiable {
  /// `dβ = Σ dy`, `dγ = Σ dy · x̂`, and `dx` by ``normalizationGradient(_:_:epsilon:)`` of `γ dy`.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, dy, scale) = (pass.inputs[0], pass.gradients[0].scalars, pass.parameters[0])
    let length = scale.count
    var dx: [Float] = []
    var (dScale, dBias) = (scale.scalars.map { _ in 0.0 }, scale.scalars.map { _ in 0.0 })
    for start in stride(from: 0, to: x.count, by: max(1, length)) {
      let run = start..<start + length
      for (i, value) in normalized(x.scalars[run], epsilon: epsilon).enumerated() {
        dScale[i] += Double(dy[start + i]) * value
        dBias[i] += Double(dy[start + i])
      }
      let slopes = zip(dy[run], scale.scalars).map { Double($0) * Double($1) }
      dx += normalizationGradient(x.scalars[run], slopes, epsilon: epsilon)
    }
    return Gradients(
      inputs: [Tensor(x.shape, dx)],
      parameters: [Tensor(scale.shape, sums: dScale)]
        + (hasBias ? [Tensor(scale.shape, sums: dBias)] : [])
    )
  }
}

// MARK: - ONNX

extension LayerNormalization: ONNXConvertible {
  public static let onnxTypes = ["LayerNormalization"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    if node.outputs.dropFirst().contains(where: { !$0.isEmpty }) {
      throw node.unsupported("the output of mean and deviation")
    }
    let axis = try node.int("axis") ?? -1
    var parameters = ["scale": try parameter(1, of: node, axis: axis)]
    if node.optionalInput(2) != nil { parameters["bias"] = try parameter(2, of: node, axis: axis) }
    builder.emit(
      LayerNormalization(
        axis: axis,
        epsilon: try node.float("epsilon") ?? 1e-5,
        hasBias: parameters["bias"] != nil
      ),
      [try node.input(0)],
      parameters: parameters
    )
  }

  /// Scale or bias, repeated where ONNX lets it broadcast to the normalized axes.
  private static func parameter(
    _ index: Int,
    of node: ONNXNode,
    axis: Int
  ) throws(ONNXError) -> any ParameterEncoding {
    let given = try node.constant(index)
    guard let x = try node.input(0).spec?.shape, let first = x.axis(axis) else { return given }
    let shape = Shape(Array(x.dimensions[first...]))
    guard given.shape != shape, given.type.isReal, shape.broadcast(with: given.shape) == shape
    else {
      return given
    }
    let scalars = given.decoded().scalars
    return Dense(
      Tensor(shape, broadcast(scalars, given.shape, [0], [], to: shape) { value, _ in value })
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let bias = hasBias ? [node.parameter("bias")] : []
    writer.node(
      "LayerNormalization",
      node,
      inputs: node.inputs + [node.parameter("scale")] + bias,
      attributes: ["axis": .int(axis), "epsilon": .float(epsilon)]
    )
  }
}
