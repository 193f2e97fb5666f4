public import SqueezeEngine
public import SqueezeGraph
public import SqueezeTensor

extension ExecutionProfile {
  /// Measures every step of a compiled model on seeded random inputs.
  ///
  /// - Parameters:
  ///   - compiled: the model's plan.
  ///   - model: the model it was compiled from.
  ///   - shapes: the shapes it was compiled for.
  ///   - machine: what the machine can do.
  ///   - iterations: over how many runs the medians are taken.
  /// - Throws: `ModelError` where the graph does not hold together, ``MeasureError`` where the
  ///   machine was not measured for the plan's threads, and what a run throws.
  public init(
    of compiled: CompiledModel,
    _ model: Model,
    shapes: [String: Shape],
    on machine: Machine,
    iterations: Int
  ) throws {
    let set = compiled.instructionSet
    guard let roofline = machine.roofline(set, threads: compiled.threadCount) else {
      throw MeasureError(
        machine.processor,
        expected: "measured limits of \(set.rawValue) on \(compiled.threadCount) threads",
        actual: machine.peaks.map { "\($0.instructionSet) on \($0.threads)" }
          .joined(separator: ", ")
      )
    }
    // One run apart warms caches and pages up.
    _ = try compiled.stepTimes(iterations: 1)
    let fullRate = roofline.peakGMACsPerSecond / Double(compiled.threadCount)
    var pace = ProcessorPace(set, fullRate: fullRate)
    let times = try compiled.stepTimes(iterations: iterations) { pace.sample() }
    let ledger = try StepLedger(compiled, model, shapes)
    let steps = zip(compiled.steps, times).map { step, seconds in
      let entry = ledger.entry(of: step)
      return Step(
        nodes: step.nodes,
        operatorName: step.operatorName,
        kernel: step.kernel,
        outputShape: entry.shape,
        seconds: seconds,
        work: entry.work,
        limit: roofline.limit(of: entry.work)
      )
    }
    self.init(
      steps: steps,
      machine: machine,
      instructionSet: set,
      threads: compiled.threadCount,
      roofline: roofline,
      pace: pace.median
    )
  }
}

/// What every step of a plan does and touches, found from the nodes it stands for.
private struct StepLedger {
  private var nodes: [String: Node] = [:]
  private var costs: [String: NodeCost] = [:]
  private let values: [String: TensorSpec]
  private var runBytes: Int

  init(_ compiled: CompiledModel, _ model: Model, _ shapes: [String: Shape]) throws {
    values = try model.infer(shapes).values
    for node in model.nodes { nodes[node.name] = node }
    let cost = try model.cost(for: shapes)
    for node in cost.nodes { costs[node.node] = node }
    runBytes = compiled.arenaByteCount
    for node in cost.nodes { runBytes += Self.weightBytes(node) }
  }

  /// Kernels keep parameters as floats, whatever their encoding in the file.
  private static func weightBytes(_ cost: NodeCost) -> Int {
    4 * (cost.parameters + cost.statistics)
  }

  func entry(of step: PlanStep) -> (shape: [Int], work: Roofline.Work) {
    var work = Roofline.Work(macs: 0, activationBytes: 0, weightBytes: 0, runBytes: runBytes)
    let own = step.nodes.compactMap { nodes[$0] }
    guard !step.operatorName.isEmpty, let last = own.last else {
      // A change of form reads and writes one value.
      let spec = step.nodes.first.flatMap { values[$0] }
      work.activationBytes = 2 * (spec?.byteCount ?? 0)
      return (spec?.shape.dimensions ?? [], work)
    }
    let made = Set(own.flatMap(\.outputs))
    let inputs = Set(own.flatMap(\.inputs)).subtracting(made)
    let touched = step.isFree ? [] : inputs.union(last.outputs)
    for name in touched { work.activationBytes += values[name]?.byteCount ?? 0 }
    for name in step.nodes {
      guard let cost = costs[name] else { continue }
      work.macs += cost.macs
      work.weightBytes += Self.weightBytes(cost)
    }
    return (last.outputs.first.flatMap { values[$0] }?.shape.dimensions ?? [], work)
  }
}
