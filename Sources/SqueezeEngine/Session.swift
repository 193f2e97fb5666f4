import SqueezeGraph
public import SqueezeTensor

/// A compiled model with memory of its own for inputs, values and outputs.
///
/// Where every node has a fast kernel, ``run()`` allocates nothing:
///
/// ```swift
/// let session = compiled.makeSession()
/// try session.withInput("data") { fill($0) }
/// try session.run()
/// let best = try session.withOutput("prob") { $0.max() }
/// ```
///
/// A session is used by one task at a time; any number of sessions of one model run side by side.
public final class Session {
  /// The model that runs.
  public let compiled: CompiledModel
  private let workspace: Workspace

  init(_ compiled: CompiledModel, _ workspace: Workspace) {
    self.compiled = compiled
    self.workspace = workspace
    for (name, index) in compiled.inputIndices {
      if let spec = compiled.inputs[name] { workspace.tensors.provide(index, spec) }
    }
  }

  /// Lets `body` write a real input, row-major; what it does not write stays as it was.
  ///
  /// - Throws: ``EngineError`` where the model has no such real input, and what `body` throws.
  public func withInput<Result>(
    _ name: String,
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) throws -> Result {
    let (index, spec) = try input(name)
    guard spec.type.isReal else {
      throw EngineError.input(name, expected: "a real input", actual: "\(spec)")
    }
    return try workspace.tensors.withScalars(index, body)
  }

  /// Sets an input of any type.
  ///
  /// - Throws: ``EngineError`` where the model has no such input or the tensor does not fit.
  public func setInput(_ name: String, _ tensor: Tensor) throws {
    let (index, spec) = try input(name)
    guard tensor.spec == spec else {
      throw EngineError.input(name, expected: "\(spec)", actual: "\(tensor.spec)")
    }
    workspace.tensors[index] = tensor
  }

  private func input(_ name: String) throws -> (index: Int, spec: TensorSpec) {
    guard let index = compiled.inputIndices[name], let spec = compiled.inputs[name] else {
      throw EngineError.unknownInput(name, known: compiled.inputs.keys.sorted())
    }
    return (index, spec)
  }

  /// Computes the outputs from the inputs as they are now.
  ///
  /// - Throws: `ModelError` where a node refuses its inputs.
  public func run() throws { try workspace.run(compiled.plan, compiled.pool) }

  /// Lets `body` read a real output of the last run, row-major.
  ///
  /// - Throws: ``EngineError`` where there is no such output, and what `body` throws.
  public func withOutput<Result>(
    _ name: String,
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result {
    try output(name).scalars.withUnsafeBufferPointer(body)
  }

  /// An output of the last run; the next run then writes its own elsewhere.
  ///
  /// - Throws: ``EngineError`` where the model has no such output or has not run yet.
  public func output(_ name: String) throws -> Tensor {
    guard let index = compiled.outputIndices[name], let tensor = workspace.tensors.known(index)
    else { throw EngineError.unknownOutput(name, known: compiled.outputs.keys.sorted()) }
    return tensor
  }
}

/// The memory of one run at a time.
final class Workspace: Sendable {
  let arena: AlignedBuffer<Float>
  let tensors: TensorList

  init(_ plan: Plan) {
    arena = AlignedBuffer(count: plan.arenaCount, use: .sparse)
    tensors = TensorList(count: plan.tensorCount)
    for (index, tensor) in plan.constants { tensors[index] = tensor }
  }

  /// Runs every step of a plan; `perform` may do something around each.
  @inline(__always)
  func run(
    _ plan: Plan,
    _ pool: ThreadPool,
    _ perform: (Int, () throws -> Void) throws -> Void = { _, step in try step() }
  ) throws {
    let run = Run(memory: arena.pointer, tensors: tensors, pool: pool)
    for index in plan.steps.indices {
      do {
        try perform(index) { try plan.steps[index].kernel.run(run) }
      } catch let error as ShapeError {
        throw ModelError.shape(error.at(plan.steps[index].info.nodes[0]))
      }
      tensors.forget(plan.steps[index].freed)
    }
  }
}
