public import SqueezeGraph
public import SqueezeTensor

/// Numbers cut to a range, `y = min(max(x, lower), upper)`; ReLU6 is `Clip(lower: 0, upper: 6)`.
///
/// - Input and output: any shape, real or integer.
public struct Clip: Operator {
  /// The smallest result; `nil` for no limit.
  public var lower: Float?
  /// The largest result; `nil` for no limit.
  public var upper: Float?

  /// Creates the operator.
  public init(lower: Float? = nil, upper: Float? = nil) {
    self.lower = lower
    self.upper = upper
  }

  /// The rectifier that stops at 6, of Howard et al., "MobileNets" (2017).
  public static let relu6 = Clip(lower: 0, upper: 6)

  public static let examples = [
    Example(Self(lower: -0.25, upper: 0.5), inputs: [[2, 3, 4, 5]]),
    Example(Self.relu6, inputs: [[1, 17, 3]]),
    Example(Self(upper: 0.1), inputs: [[7]]),
    Example(Self(lower: 0.1), inputs: [[7]]),
    Example(Self(lower: -5, upper: 60), specs: [TensorSpec([2, 9], .int64)]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    for limit in [lower, upper].compactMap({ $0 }) where !limit.isFinite {
      throw error(expected: "finite limits", actual: limit)
    }
    return inputs
  }

  // MARK: Reference forward

  /// The function of one element; the upper limit wins where the limits cross.
  public func apply(_ x: Float) -> Float {
    var y = x
    if let lower, y < lower { y = lower }
    if let upper, y > upper { y = upper }
    return y
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    if x.type.isReal { return [x.mapScalars(apply)] }
    let limits = Tensor([2], [lower ?? -.infinity, upper ?? .infinity]).converted(to: x.type)
    let clipped = x.integers.map { min(max($0, limits.integers[0]), limits.integers[1]) }
    return [Tensor(x.shape, integers: clipped, type: x.type)]
  }
}

// MARK: - Gradient

extension Clip: Differentiable {
  /// 1 inside the limits, 0 outside.
  public func derivative(_ x: Float) -> Float {
    x > lower ?? -.infinity && x <= upper ?? .infinity ? 1 : 0
  }

  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, dy) = (pass.inputs[0], pass.gradients[0].scalars)
    guard x.type.isReal else { return Gradients(inputs: [nil]) }
    return Gradients(inputs: [Tensor(x.shape, zip(x.scalars, dy).map { derivative($0) * $1 })])
  }
}

// MARK: - ONNX

extension Clip: ONNXConvertible {
  public static let onnxTypes = ["Clip"]

  /// The limits are attributes before operator set 11, inputs after.
  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var op = Clip(lower: try node.float("min"), upper: try node.float("max"))
    if let lower = try node.optionalTensor(1)?.reals.first { op.lower = lower }
    if let upper = try node.optionalTensor(2)?.reals.first { op.upper = upper }
    if op.lower == -.infinity { op.lower = nil }
    if op.upper == .infinity { op.upper = nil }
    builder.emit(op, [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    func limit(_ name: String, _ value: Float?) -> String {
      guard let value else { return "" }
      let tensor = Tensor([], [value]).converted(to: node.inputSpecs[0].type)
      return writer.initializer("\(node.name)/\(name)", tensor)
    }
    let limits = [limit("min", lower), limit("max", upper)]
    writer.node("Clip", node, inputs: node.inputs + limits)
  }
}
