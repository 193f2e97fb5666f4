public import SqueezeGraph
public import SqueezeTensor

/// The rectifier with trained slopes, `y = x` where positive, `y = a · x` elsewhere.
///
/// Source: He et al., "Delving Deep into Rectifiers" (2015), §2.1.
///
/// | value | shape |
/// |---|---|
/// | input `x` | any |
/// | slope `a` | broadcasts to `x`, usually `[C, 1, 1]` |
/// | output `y` | as `x` |
public struct PReLU: Operator {
  /// The shape of the slopes.
  public var slopeShape: Shape

  /// Creates the operator.
  public init(slopeShape: Shape) { self.slopeShape = slopeShape }

  public static let examples = [
    Example(Self(slopeShape: [3, 1, 1]), inputs: [[2, 3, 4, 5]]),
    Example(Self(slopeShape: [1]), inputs: [[1, 17, 3, 2]]),
    Example(Self(slopeShape: [6]), inputs: [[2, 6]]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
    guard x.type.isReal, slopeShape.checkedCount != nil,
      x.shape.broadcast(with: slopeShape) == x.shape
    else { throw error(expected: "slopes that broadcast to \(x)", actual: slopeShape) }
    return [x]
  }

  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    [ParameterSpec("slope", slopeShape)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let (x, a) = (inputs[0], parameters[0])
    let y = broadcast(x.scalars, x.shape, a.scalars, a.shape, to: x.shape) { $0 < 0 ? $0 * $1 : $0 }
    return [Tensor(x.shape, y, type: x.type)]
  }
}

// MARK: - Gradient

extension PReLU: Differentiable {
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, dy) = (pass.inputs[0], pass.gradients[0].scalars)
    let a = pass.parameters[0].scalars
    let slopes = broadcastPositions(slopeShape, to: x.shape)
    var dx = dy
    var da = [Double](repeating: 0, count: a.count)
    for (i, value) in x.scalars.enumerated() where value <= 0 {
      dx[i] = a[slopes[i]] * dy[i]
      da[slopes[i]] += Double(value) * Double(dy[i])
    }
    return Gradients(inputs: [Tensor(x.shape, dx)], parameters: [Tensor(slopeShape, sums: da)])
  }
}

// MARK: - ONNX

extension PReLU: ONNXConvertible {
  public static let onnxTypes = ["PRelu"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let slope = try node.constant(1)
    builder.emit(
      PReLU(slopeShape: slope.shape),
      [try node.input(0)],
      parameters: ["slope": slope]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("PRelu", node, inputs: node.inputs + [node.parameter("slope")])
  }
}
