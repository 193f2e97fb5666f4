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

// MARK: - Gradient

extension BatchNormalization: Differentiable {
  /// Normalizes with the batch's own mean `μ` and variance `σ²` (divided by the `M` elements of a
  /// channel), and moves the running ones towards them, the variance as divided by `M − 1`.
  ///
  /// It saves `μ` and `1/√(σ² + ε)`, each `[C]`. Source: Ioffe and Szegedy, Algorithm 1.
  ///
  /// - Throws: where a channel has fewer than two elements, which have no variance.
  public func trainingForward(
    _ inputs: [Tensor],
    parameters: [Tensor],
    context: TrainingContext
  ) throws(ShapeError) -> TrainingOutputs {
    let x = try trainable(inputs[0])
    let (channels, area) = (x.shape[1], x.shape.count(from: 2))
    let momentum = Double(context.statisticsMomentum)
    let values = parameters.map(\.scalars)
    var y = x.scalars
    var (means, inverses): ([Float], [Float]) = ([], [])
    var running = (mean: values[2], variance: values[3])
    var moments = BatchMoments(count: Double(x.shape[0] * area), means: [], squares: [])
    for channel in 0..<channels {
      let positions = positions(of: channel, in: x.shape)
      let mean = positions.reduce(0.0) { $0 + Double(y[$1]) } / moments.count
      moments.means.append(mean)
      moments.squares.append(
        positions.reduce(0.0) { $0 + (Double(y[$1]) - mean) * (Double(y[$1]) - mean) }
      )
    }
    if let exchange = context.moments { moments = moments.joined(by: exchange) }
    let count = moments.count
    for channel in 0..<channels {
      let positions = positions(of: channel, in: x.shape)
      let (mean, squares) = (moments.means[channel], moments.squares[channel])
      let inverse = 1 / (squares / count + Double(epsilon)).squareRoot()
      let (scale, bias) = (Double(values[0][channel]), Double(values[1][channel]))
      for i in positions { y[i] = Float((Double(y[i]) - mean) * inverse * scale + bias) }
      means.append(Float(mean))
      inverses.append(Float(inverse))
      func moved(_ old: Float, _ new: Double) -> Float {
        Float(Double(old) + momentum * (new - Double(old)))
      }
      running.mean[channel] = moved(running.mean[channel], mean)
      running.variance[channel] = moved(running.variance[channel], squares / (count - 1))
    }
    return TrainingOutputs(
      [Tensor(x.shape, y, type: x.type)],
      saved: [Tensor([channels], means), Tensor([channels], inverses)],
      statistics: [2: Tensor([channels], running.mean), 3: Tensor([channels], running.variance)]
    )
  }

  /// `dβ = Σ dy`, `dγ = Σ dy · x̂`, `dx = γ/√(σ² + ε) · (dy − dβ/M − x̂ · dγ/M)`, through the
  /// statistics.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, dy) = (pass.inputs[0], pass.gradients[0].scalars)
    let channels = x.shape[1]
    let (means, inverses) = (pass.saved[0].scalars, pass.saved[1].scalars)
    func normal(_ i: Int, _ channel: Int) -> Double {
      (Double(x.scalars[i]) - Double(means[channel])) * Double(inverses[channel])
    }
    // Of x̂ instead of x − μ: the factor between them is the same for all processes.
    var own = GradientMoments(
      count: Double(x.shape[0] * x.shape.count(from: 2)),
      sums: [],
      products: []
    )
    for channel in 0..<channels {
      let positions = positions(of: channel, in: x.shape)
      own.sums.append(positions.reduce(0.0) { $0 + Double(dy[$1]) })
      own.products.append(positions.reduce(0.0) { $0 + Double(dy[$1]) * normal($1, channel) })
    }
    let all = pass.moments.map { own.joined(by: $0) } ?? own
    var dx = dy
    for channel in 0..<channels {
      let factor = Double(pass.parameters[0].scalars[channel]) * Double(inverses[channel])
      let (sum, correlation) = (all.sums[channel], all.products[channel])
      for i in positions(of: channel, in: x.shape) {
        let shift = sum / all.count + normal(i, channel) * correlation / all.count
        dx[i] = Float(factor * (Double(dy[i]) - shift))
      }
    }
    return Gradients(
      inputs: [Tensor(x.shape, dx)],
      parameters: [
        Tensor([channels], sums: own.products), Tensor([channels], sums: own.sums), nil, nil,
      ]
    )
  }

  /// The input, where every channel has at least two elements.
  private func trainable(_ x: Tensor) throws(ShapeError) -> Tensor {
    _ = try outputs(for: [x.spec])
    guard x.shape[0] * x.shape.count(from: 2) >= 2 else {
      throw error(expected: "at least 2 elements per channel while training", actual: x.shape)
    }
    return x
  }

  /// Where the elements of a channel lie.
  private func positions(of channel: Int, in x: Shape) -> [Int] {
    let area = x.count(from: 2)
    return (0..<x[0]).flatMap { n in
      let start = (n * x[1] + channel) * area
      return start..<start + area
    }
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
