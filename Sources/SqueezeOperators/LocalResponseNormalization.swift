public import SqueezeGraph
public import SqueezeTensor

/// Channels damped by the energy of their neighbours.
///
/// `y[c] = x[c] / (k + α/size · Σ x[j]²)^β`, the sum over the `size` channels around `c`.
/// Source: Krizhevsky, Sutskever and Hinton, "ImageNet Classification" (2012), §3.3, with the sum
/// divided by its size as in Caffe and ONNX.
///
/// - Input and output: `[N, C, …]`.
public struct LocalResponseNormalization: Operator {
  /// How many channels are summed.
  public var size: Int
  public var alpha: Float
  public var beta: Float
  /// The constant `k`.
  public var bias: Float

  /// Creates the operator.
  public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
  }

  public static let examples = [
    Example(Self(size: 5), inputs: [[1, 7, 3, 4]]),
    Example(Self(size: 3, alpha: 0.5, beta: 0.5, bias: 2), inputs: [[2, 4, 5, 1]]),
    Example(Self(size: 7, alpha: 1), inputs: [[1, 6, 2, 2]]),
  ]

  public var channelFlow: ChannelFlow { .opaque }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
    guard x.shape.rank >= 2, x.type.isReal else {
      throw error(expected: "a real input [N, C, …]", actual: "\(x)")
    }
    guard (1...SlidingWindow.maximumSize).contains(size) else {
      throw error(expected: "a size in 1...\(SlidingWindow.maximumSize)", actual: size)
    }
    guard alpha.isFinite, beta.isFinite, bias.isFinite else {
      throw error(expected: "finite alpha, beta and bias", actual: "\(self)")
    }
    return [x]
  }

  // MARK: Cost

  /// One multiply–accumulate per neighbour.
  public func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int {
    inputs[0].shape.count * min(size, inputs[0].shape[1])
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    _ = try outputs(for: [x.spec])
    let (channels, area) = (x.shape[1], x.shape.count(from: 2))
    let source = x.scalars
    var y = source
    for map in 0..<x.shape[0] * channels {
      let channel = map % channels
      let first = max(0, channel - (size - 1) / 2)
      let last = min(channels - 1, channel + size / 2)
      for position in 0..<area {
        let base = (map - channel) * area + position
        let energy = (first...last).reduce(0.0) { sum, neighbour in
          sum + Double(source[base + neighbour * area]) * Double(source[base + neighbour * area])
        }
        let damping = Double(bias) + Double(alpha) / Double(size) * energy
        y[map * area + position] =
          Float(
            Double(source[map * area + position]) * exponential(-Double(beta) * logarithm(damping))
          )
      }
    }
    return [Tensor(x.shape, y, type: x.type)]
  }
}

// MARK: - Gradient

extension LocalResponseNormalization: Differentiable {
  /// With `d = k + α/size · Σ x²`:
  /// `dx[i] = dy[i] · d[i]^−β − 2αβ/size · x[i] · Σ dy[c] · x[c] · d[c]^(−β−1)`, the sum over the
  /// channels `c` that `i` damps.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (shape, dy) = (pass.inputs[0].shape, pass.gradients[0].scalars)
    let x = pass.inputs[0].scalars.map { Double($0) }
    let (channels, area) = (shape[1], shape.count(from: 2))
    let (alpha, beta) = (Double(alpha) / Double(size), Double(beta))
    var dx = [Double](repeating: 0, count: x.count)
    for i in x.indices {
      let channel = i / area % channels
      let first = max(0, channel - (size - 1) / 2)
      let last = min(channels - 1, channel + size / 2)
      let neighbours = (first...last).map { i + ($0 - channel) * area }
      let damping = Double(bias) + alpha * neighbours.reduce(0) { $0 + x[$1] * x[$1] }
      let power = exponential(-beta * logarithm(damping))
      dx[i] += Double(dy[i]) * power
      let shared = 2 * alpha * beta * Double(dy[i]) * x[i] * power / damping
      for neighbour in neighbours { dx[neighbour] -= shared * x[neighbour] }
    }
    return Gradients(inputs: [Tensor(shape, sums: dx)])
  }
}

// MARK: - ONNX

extension LocalResponseNormalization: ONNXConvertible {
  public static let onnxTypes = ["LRN"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let size = try node.int("size") else { throw node.malformed("attribute size is missing") }
    builder.emit(
      LocalResponseNormalization(
        size: size,
        alpha: try node.float("alpha") ?? 1e-4,
        beta: try node.float("beta") ?? 0.75,
        bias: try node.float("bias") ?? 1
      ),
      [try node.input(0)]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node(
      "LRN",
      node,
      attributes: [
        "size": .int(size), "alpha": .float(alpha), "beta": .float(beta), "bias": .float(bias),
      ]
    )
  }
}
