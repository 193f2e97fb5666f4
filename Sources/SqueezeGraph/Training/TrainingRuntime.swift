public import SqueezeTensor

/// Whatever can run a model forwards and backwards.
public protocol TrainingRuntime: Sendable {
  /// Prepares to train a model.
  ///
  /// - Parameters:
  ///   - model: the graph; of its parameters only shapes and kinds matter.
  ///   - shapes: the shape of every input, batch included.
  ///   - options: threads and what to compute.
  /// - Returns: a program that runs as many steps as wanted.
  /// - Throws: ``ModelError`` where graph and shapes do not fit.
  func program(
    _ model: Model,
    shapes: [String: Shape],
    options: TrainingOptions
  ) throws -> any TrainingProgram

  /// The precision of its arithmetic, as a training that goes on must have it again.
  var arithmetic: String { get }
}

extension TrainingRuntime {
  public var arithmetic: String { "float32" }
}

/// How a training program computes.
public struct TrainingOptions: Sendable {
  /// The number of threads; results do not depend on it.
  public var threadCount: Int
  /// How far running statistics move towards those of each batch, in `0...1`.
  public var statisticsMomentum: Float
  /// Parameters that stay as they are, by key; their gradients are not computed.
  ///
  /// Statistics among them do not move, while those of the batch are still what is computed with.
  public var frozen: Set<String>
  /// Keep fewer values from forward to backward pass and compute them again, to fit memory.
  public var recomputes: Bool
  /// Lets batch normalization see the batches of all processes together; `nil` for its own alone.
  public var moments: (any MomentExchange)?

  /// Creates options.
  public init(
    threadCount: Int = 1,
    statisticsMomentum: Float = 0.1,
    frozen: Set<String> = [],
    recomputes: Bool = false,
    moments: (any MomentExchange)? = nil
  ) {
    self.threadCount = threadCount
    self.statisticsMomentum = statisticsMomentum
    self.frozen = frozen
    self.recomputes = recomputes
    self.moments = moments
  }
}

/// A model made ready to run forwards and backwards on batches of one size; used by one task at a time.
public protocol TrainingProgram: AnyObject {
  /// The keys of the parameters that get gradients, in a fixed order: by node, then as the operator
  /// names them.
  var trained: [String] { get }

  /// Takes the values to compute with: decoded parameters by key, statistics included. Keys that are
  /// left out keep their values.
  func load(_ parameters: [String: Tensor]) throws

  /// Runs forwards in training mode and keeps what ``backward(_:)`` needs.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for every input of the model, of the program's shapes.
  ///   - seed: for dropout; another one each step.
  /// - Returns: the model's outputs by name.
  /// - Throws: ``ModelError`` where inputs do not fit.
  func forward(_ inputs: [String: Tensor], seed: UInt64) throws -> [String: Tensor]

  /// Runs backwards from the gradients of the outputs of the last forward pass.
  ///
  /// - Parameter gradients: the gradient of the loss by output name; none means zero.
  /// - Returns: the gradient of the loss for each of ``trained``, of the decoded parameter's shape.
  /// - Throws: ``ModelError`` where a gradient fits no output, or nothing ran forwards before.
  func backward(_ gradients: [String: Tensor]) throws -> [Tensor]

  /// Runs backwards and hands out each gradient as soon as nothing changes it any more, so that it can be
  /// sent to other processes while the rest is computed.
  ///
  /// - Parameters:
  ///   - gradients: the gradient of the loss by output name; none means zero.
  ///   - ready: gets every position in ``trained`` once, with its gradient, on the calling thread.
  /// - Throws: as ``backward(_:)``, and what `ready` throws.
  func backward(_ gradients: [String: Tensor], ready: (Int, Tensor) throws -> Void) throws

  /// The running statistics after the last forward pass, by parameter key.
  var statistics: [String: Tensor] { get }
}

extension TrainingProgram {
  /// Hands all gradients out at the end, for programs that know no better.
  public func backward(
    _ gradients: [String: Tensor],
    ready: (Int, Tensor) throws -> Void
  ) throws {
    for (position, gradient) in try backward(gradients).enumerated() {
      try ready(position, gradient)
    }
  }
}
