public import SqueezeGraph
public import SqueezeTensor

/// The runtime that compiles a model and runs it once.
///
/// To run a model often, keep a ``CompiledModel``.
public struct FastRuntime: Runtime {
  /// How many threads share the work.
  public var threadCount: Int
  /// The kernels to use; `nil` chooses as ``InstructionSet/chosen()`` does.
  public var instructionSet: InstructionSet?
  /// In what numbers to compute.
  public var precision: Precision

  /// Creates a runtime.
  public init(
    threadCount: Int = 1,
    instructionSet: InstructionSet? = nil,
    precision: Precision = .float32
  ) {
    self.threadCount = threadCount
    self.instructionSet = instructionSet
    self.precision = precision
  }

  public func run(_ model: Model, inputs: [String: Tensor]) throws -> [String: Tensor] {
    let inputs = try model.checked(inputs)
    let compiled = try CompiledModel(
      model,
      shapes: inputs.mapValues(\.shape),
      threadCount: threadCount,
      instructionSet: instructionSet,
      precision: precision
    )
    return try compiled.run(inputs)
  }
}
