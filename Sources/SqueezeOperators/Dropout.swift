public import SqueezeGraph
public import SqueezeTensor

/// Zeroes a fraction of the elements while training; the identity at inference.
///
/// Source: Srivastava et al., "Dropout" (2014), §4.
public struct Dropout: Operator {
  /// The fraction of elements dropped while training, in `[0, 1)`.
  public var ratio: Float
  /// Whether a second output says which elements are kept: at inference all.
  public var hasMask: Bool

  /// Creates the operator.
  public init(ratio: Float = 0.5, hasMask: Bool = false) {
    self.ratio = ratio
    self.hasMask = hasMask
  }

  public static let examples = [
    Example(Self(ratio: 0.25), inputs: [[2, 3, 4]]),
    Example(Self(hasMask: true), inputs: [[1, 5]]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard (0..<1).contains(ratio) else { throw error(expected: "a ratio in 0..<1", actual: ratio) }
    return inputs + (hasMask ? [TensorSpec(inputs[0].shape, .bool)] : [])
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    guard hasMask else { return inputs }
    let kept = [Int](repeating: 1, count: inputs[0].count)
    return inputs + [Tensor(inputs[0].shape, integers: kept, type: .bool)]
  }
}

// MARK: - Gradient

extension Dropout: Differentiable {
  /// Keeps each element with probability `1 − ratio` and divides it by that, so that means stay.
  ///
  /// Element `i` is kept where the generator's number `i` in `[0, 1)` is at least the ratio.
  public func trainingForward(
    _ inputs: [Tensor],
    parameters: [Tensor],
    context: TrainingContext
  ) throws(ShapeError) -> TrainingOutputs {
    let x = inputs[0]
    guard x.type.isReal else { throw error(expected: "a real input", actual: "\(x.spec)") }
    let factors = factors(count: x.count, context)
    let y = Tensor(x.shape, zip(x.scalars, factors).map { $0 * $1 }, type: x.type)
    let kept = Tensor(x.shape, integers: factors.map { $0 > 0 ? 1 : 0 }, type: .bool)
    return TrainingOutputs(hasMask ? [y, kept] : [y], saved: [Tensor(x.shape, factors)])
  }

  /// The factor of every element in one pass: 0 where it is dropped.
  public func factors(count: Int, _ context: TrainingContext) -> [Float] {
    let (kept, ratio) = (1 / (1 - ratio), ratio)
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      var random = SeededGenerator(seed: context.seed)
      for i in 0..<count { buffer[i] = random.uniform() >= ratio ? kept : 0 }
      initialized = count
    }
  }

  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let products = zip(pass.gradients[0].scalars, pass.saved[0].scalars).map { $0 * $1 }
    return Gradients(inputs: [Tensor(pass.inputs[0].shape, products)])
  }
}

// MARK: - ONNX

extension Dropout: ONNXConvertible {
  public static let onnxTypes = ["Dropout"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    if let training = try node.optionalTensor(2), training.integers.first != 0 {
      throw node.unsupported("training_mode = true")
    }
    var ratio = try node.float("ratio") ?? 0.5
    if let given = try node.optionalTensor(1)?.scalars.first { ratio = given }
    builder.emit(
      Dropout(ratio: ratio, hasMask: node.outputs.count > 1),
      [try node.input(0)]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let ratio = writer.initializer("\(node.name)/ratio", Tensor([], [ratio]))
    writer.node("Dropout", node, inputs: node.inputs + [ratio])
  }
}
