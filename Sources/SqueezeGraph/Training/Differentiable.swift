public import SqueezeTensor

/// An operator through which gradients flow back.
///
/// ``backward(_:)`` is the definition in plain loops, the oracle for every fast kernel. An operator
/// whose forward pass differs in training, such as batch normalization or dropout, says so in
/// ``trainingForward(_:parameters:context:)``.
public protocol Differentiable: Operator {
  /// The outputs while training; ``Operator/forward(_:parameters:)`` unless said otherwise.
  func trainingForward(
    _ inputs: [Tensor],
    parameters: [Tensor],
    context: TrainingContext
  ) throws(ShapeError) -> TrainingOutputs

  /// The gradients of inputs and parameters, given those of the outputs.
  ///
  /// With `L` the loss, `∂L/∂x = Σ ∂L/∂y · ∂y/∂x`. Where a derivative jumps, as that of ReLU at 0,
  /// it is the one from below.
  func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients
}

extension Differentiable {
  public func trainingForward(
    _ inputs: [Tensor],
    parameters: [Tensor],
    context: TrainingContext
  ) throws(ShapeError) -> TrainingOutputs {
    TrainingOutputs(try forward(inputs, parameters: parameters))
  }
}

/// What a forward pass while training is told besides inputs and parameters.
public struct TrainingContext: Sendable {
  /// Differs from step to step and node to node; the same seed gives the same result.
  public var seed: UInt64
  /// How far running statistics move towards those of the batch, in `0...1`.
  public var statisticsMomentum: Float
  /// Joins the moments of the parts of a batch that several processes have; `nil` for a whole batch.
  public var moments: (any MomentExchange)?

  /// Creates a context.
  public init(
    seed: UInt64 = 0,
    statisticsMomentum: Float = 0.1,
    moments: (any MomentExchange)? = nil
  ) {
    self.seed = seed
    self.statisticsMomentum = statisticsMomentum
    self.moments = moments
  }

  /// The context of one node: every node draws its own random numbers.
  public func at(node position: Int) -> TrainingContext {
    var generator = SeededGenerator(seed: seed ^ (UInt64(position) &* 0x9E37_79B9_7F4A_7C15))
    var context = self
    context.seed = generator.next()
    return context
  }
}

/// What a forward pass while training gives.
public struct TrainingOutputs: Sendable {
  public var outputs: [Tensor]
  /// Whatever ``Differentiable/backward(_:)`` needs besides inputs, parameters and outputs.
  public var saved: [Tensor]
  /// New values of statistics, by position in the operator's parameters.
  public var statistics: [Int: Tensor]

  /// Creates the result of a pass.
  public init(_ outputs: [Tensor], saved: [Tensor] = [], statistics: [Int: Tensor] = [:]) {
    self.outputs = outputs
    self.saved = saved
    self.statistics = statistics
  }
}

/// What is known when gradients flow back through one node.
public struct BackwardPass: Sendable {
  public var inputs: [Tensor]
  public var parameters: [Tensor]
  public var outputs: [Tensor]
  /// What the forward pass saved.
  public var saved: [Tensor]
  /// The gradient of every output, a real tensor of the output's shape whatever the output's type:
  /// integers on a quantization grid stand for reals.
  public var gradients: [Tensor]
  /// As in the forward pass.
  public var moments: (any MomentExchange)?

  /// Creates a pass.
  public init(
    inputs: [Tensor],
    parameters: [Tensor] = [],
    outputs: [Tensor],
    saved: [Tensor] = [],
    gradients: [Tensor],
    moments: (any MomentExchange)? = nil
  ) {
    self.inputs = inputs
    self.parameters = parameters
    self.outputs = outputs
    self.saved = saved
    self.gradients = gradients
    self.moments = moments
  }
}

/// The gradients of one node.
public struct Gradients: Sendable {
  /// One per input; `nil` where none flows, as to integers.
  public var inputs: [Tensor?]
  /// One per parameter; `nil` for statistics and constants.
  public var parameters: [Tensor?]

  /// Creates gradients.
  public init(inputs: [Tensor?], parameters: [Tensor?] = []) {
    self.inputs = inputs
    self.parameters = parameters
  }
}
