public import SqueezeGraph
public import SqueezeTensor
import SqueezeOperators
import Synchronization

/// One step of a compiled model.
public struct PlanStep: Sendable, Hashable {
  /// The nodes of the model the step computes; for a change of form the value it changes.
  public var nodes: [String]
  /// The operator's name; empty for steps that only move numbers.
  public var operatorName: String
  /// The kernel's name.
  public var kernel: String
  /// Whether nothing is computed or moved, because the output is its input's memory.
  public var isFree: Bool
}

/// A model made ready to run many times on inputs of one shape.
///
/// Compiling folds and fuses nodes, packs weights, chooses a kernel and a layout for every node and
/// plans one arena for all values. Any number of tasks may run the same compiled model at once.
public final class CompiledModel: Sendable {
  /// What the model takes.
  public let inputs: [String: TensorSpec]
  /// What the model gives.
  public let outputs: [String: TensorSpec]
  /// The instruction set of the kernels.
  public let instructionSet: InstructionSet
  let plan: Plan
  let inputIndices: [String: Int]
  let outputIndices: [String: Int]
  /// Inputs and outputs, which are let go of after a run.
  private let boundary: [Int]
  let pool: ThreadPool
  private let idle = Mutex<[Workspace]>([])

  /// Compiles a model.
  ///
  /// - Parameters:
  ///   - model: the graph and its parameters; handed over by `consume` where it is not needed any
  ///     more, each parameter is let go of as soon as its kernel has packed it.
  ///   - shapes: the shapes of some inputs; the others take their own, open sizes 1.
  ///   - threadCount: how many threads share the work; results do not depend on it.
  ///   - instructionSet: the kernels to use; `nil` chooses as ``InstructionSet/chosen()`` does.
  ///   - tuned: choices among kernels by measurement; `nil` takes the first that fits. Other kernels
  ///     round differently.
  ///   - precision: in what numbers to compute; quantized layers run in whole numbers in any case.
  ///   - avoiding: names of kernels that are not to be used, to compare others with them.
  /// - Throws: `ModelError` where the graph does not hold together, ``EngineError`` where the
  ///   instruction set is not there or the values need too much memory.
  public convenience init(
    _ model: consuming Model,
    shapes: [String: Shape] = [:],
    threadCount: Int = 1,
    instructionSet: InstructionSet? = nil,
    tuned: TunedChoices? = nil,
    precision: Precision = .float32,
    avoiding: Set<String> = []
  ) throws {
    try self.init(
      consume model,
      shapes: shapes,
      pool: ThreadPool(threadCount: threadCount),
      instructionSet: instructionSet,
      tuned: tuned,
      precision: precision,
      avoiding: avoiding
    )
  }

  /// Compiles a model that shares the threads of a pool with others.
  public init(
    _ model: consuming Model,
    shapes: [String: Shape] = [:],
    pool: ThreadPool,
    instructionSet: InstructionSet? = nil,
    tuned: TunedChoices? = nil,
    precision: Precision = .float32,
    avoiding: Set<String> = []
  ) throws {
    let set = try instructionSet.map { try InstructionSet.named($0.rawValue) } ?? .chosen()
    let inference = try model.infer(shapes)
    var (nodes, renamed, outline) = try Self.draft(consume model, inference, precision)
    var builder = PlanBuilder(
      table: .of(set),
      threadCount: pool.threadCount,
      precision: precision,
      chooser: KernelChooser(tuned: tuned, pool: pool, avoided: avoiding)
    )
    builder.valuesReadAsFloats = builder.valuesReadAsFloats(nodes.reversed(), inference)
    var sources: [String: Int] = [:]
    for input in outline.inputs {
      sources[input.name] = inference.values[input.name].map { builder.addSource(input.name, $0) }
    }
    while let node = nodes.popLast() {
      if node.op is Constant {
        builder.addConstant(node.outputs[0], node.parameters[0].decoded())
        continue
      }
      builder.add(node, outputs: node.outputs.compactMap { inference.values[$0] })
    }
    var targets: [String: Int] = [:]
    for output in outline.outputs {
      targets[output] = builder.value(renamed[output] ?? output, .tensor)
    }
    inputs = inference.values.filter { sources[$0.key] != nil }
    outputs = inference.values.filter { targets[$0.key] != nil }
    inputIndices = sources
    outputIndices = targets
    plan = Plan(builder, kept: Array(targets.values) + Array(sources.values))
    guard plan.arenaCount <= Self.maximumArenaByteCount / 4 else {
      throw EngineError.memory(
        expected: "at most \(Self.maximumArenaByteCount) bytes",
        actual: "\(plan.arenaCount) floats"
      )
    }
    let known = Set(plan.constants.map(\.index))
    boundary = Set(sources.values).union(targets.values).subtracting(known).sorted()
    self.instructionSet = set
    self.pool = pool
  }

  /// The nodes to compile, the last first so that each can be taken off the end and let go of; which
  /// value replaces one that is gone; and the model without parameters.
  private static func draft(
    _ model: consuming Model,
    _ inference: Inference,
    _ precision: Precision
  ) throws -> (nodes: [DraftNode], renamed: [String: String], outline: Model) {
    var outline = try model.folded(inference)
    let isQuantized = outline.nodes.contains { $0.op is QuantizeLinear }
    let encodings = isQuantized ? outline.parameters : [:]
    let (plain, renamed) = removeIdentities(try outline.takeDraftNodes(inference))
    let outputs = outline.outputs.map { renamed[$0] ?? $0 }
    let drafts = Quantization.applied(to: plain, of: encodings, outputs: outputs, inference)
    let binarized = mergeBinaryLayers(drafts, outputs: outputs, inference)
    var nodes = fuseActivations(binarized, outputs: outputs, inference)
    // Only float kernels take these in.
    if precision != .bfloat16 {
      nodes = fuseResiduals(nodes, outputs: outputs, inference)
      nodes = fusePrologues(nodes, outputs: outputs, inference)
      nodes = fusePoolings(nodes, outputs: outputs, inference)
      nodes = fuseDepthwise(nodes, outputs: outputs, inference)
    }
    nodes = fuseElementwise(nodes, outputs: outputs, inference)
    return (nodes.reversed(), renamed, outline)
  }

  /// The steps in the order in which they run.
  public var steps: [PlanStep] { plan.steps.map(\.info) }
  /// The largest arena that is granted, 64 GiB.
  public static let maximumArenaByteCount = 1 << 36

  /// The bytes of the arena that holds all values of one run.
  public var arenaByteCount: Int { plan.arenaCount * 4 }
  /// The most bytes of values and scratch memory needed at one time.
  public var peakActivationBytes: Int { plan.peakBytes }
  /// The number of threads that share the work.
  public var threadCount: Int { pool.threadCount }

  /// Computes the outputs.
  ///
  /// - Parameter inputs: a tensor for every input of the model, by name.
  /// - Returns: every output by name.
  /// - Throws: ``EngineError`` where inputs do not fit, `ModelError` where a node refuses its own.
  public func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
    try run(inputs) { _, step in try step() }
  }

  /// Computes the outputs and measures every step.
  ///
  /// - Returns: the outputs, and the time of each of ``steps``.
  public func profile(
    _ inputs: [String: Tensor]
  ) throws -> (outputs: [String: Tensor], times: [Duration]) {
    var times = [Duration](repeating: .zero, count: plan.steps.count)
    let clock = ContinuousClock()
    let outputs = try run(inputs) { index, step in
      let start = clock.now
      try step()
      times[index] = clock.now - start
    }
    return (outputs, times)
  }

  private func run(
    _ inputs: [String: Tensor],
    _ perform: (Int, () throws -> Void) throws -> Void
  ) throws -> [String: Tensor] {
    try check(inputs)
    let workspace = idle.withLock { $0.popLast() } ?? Workspace(plan)
    defer { idle.withLock { $0.append(workspace) } }
    for (name, tensor) in inputs {
      if let index = inputIndices[name] { workspace.tensors[index] = tensor }
    }
    defer { workspace.tensors.forget(boundary) }
    try workspace.run(plan, pool, perform)
    return outputIndices.mapValues { workspace.tensors[$0] }
  }

  /// Lends a session, so that many tasks may each have one for a while.
  ///
  /// - Parameter body: uses the session, which must not outlive the call.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  public func withSession<Result>(_ body: (Session) throws -> Result) throws -> Result {
    let workspace = idle.withLock { $0.popLast() } ?? Workspace(plan)
    defer { idle.withLock { $0.append(workspace) } }
    return try body(Session(self, workspace))
  }

  /// Makes a session, which takes memory of its own.
  public func makeSession() -> Session { Session(self, Workspace(plan)) }

  private func check(_ tensors: [String: Tensor]) throws(EngineError) {
    for name in tensors.keys.sorted() where inputs[name] == nil {
      throw .unknownInput(name, known: inputs.keys.sorted())
    }
    for (name, spec) in inputs.sorted(by: { $0.key < $1.key }) {
      guard let tensor = tensors[name] else { throw .missingInput(name) }
      guard tensor.spec == spec else {
        throw .input(name, expected: "\(spec)", actual: "\(tensor.spec)")
      }
    }
  }
}
