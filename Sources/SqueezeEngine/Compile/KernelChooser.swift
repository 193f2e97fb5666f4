import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Synchronization

/// Which kernel was the fastest where several could compute a node, by measurement on this machine.
///
/// One value belongs to one processor, one instruction set and one number of threads. Compiling with
/// it looks choices up and measures those that are missing.
public final class TunedChoices: Sendable {
  private let state: Mutex<(choices: [String: String], measured: Int)>

  /// Starts with what is known from before: the name of a kernel for every key.
  public init(_ choices: [String: String] = [:]) {
    state = Mutex((choices: choices, measured: 0))
  }

  /// All choices, those known from before included.
  public var choices: [String: String] { state.withLock { $0.choices } }
  /// How many choices were measured since the beginning.
  public var measuredCount: Int { state.withLock { $0.measured } }

  subscript(key: String) -> String? { state.withLock { $0.choices[key] } }

  func record(_ kernel: String, for key: String) {
    state.withLock {
      $0.choices[key] = kernel
      $0.measured += 1
    }
  }
}

/// Chooses the kernel of a node: the first that accepts it, or the fastest of those that do.
struct KernelChooser {
  var tuned: TunedChoices?
  var pool: ThreadPool?
  /// The kernels that are not to be used.
  var avoided: Set<String> = []

  func kernel(for op: any Operator, _ site: Site) -> any BoundKernel {
    // What a concatenation costs is decided by the kernels before it.
    guard let tuned, let pool, !(op is Concatenate) else {
      return KernelCatalog.kernel(for: op, site, avoiding: avoided)
    }
    let key = Self.key(op, site)
    if let known = tuned[key],
      let type = KernelCatalog.kernels(for: site).first(where: { $0.title == known }),
      !avoided.contains(known),
      let kernel = type.attempt(op, site)
    {
      return kernel
    }
    let candidates = candidates(for: op, site)
    guard let first = candidates.first else { return ReferenceKernel(op, site: site) }
    guard candidates.count > 1 else { return first }
    let times = candidates.map { seconds($0, op, site, pool) }
    let best = times.indices.min { times[$0] < times[$1] } ?? 0
    tuned.record(type(of: candidates[best]).title, for: key)
    return candidates[best]
  }

  /// The kernels that take and make the same forms as the first that accepts: others would need
  /// changes of form whose cost depends on their neighbours.
  private func candidates(for op: any Operator, _ site: Site) -> [any BoundKernel] {
    let all = KernelCatalog.kernels(for: site).filter { !avoided.contains($0.title) }
      .compactMap { $0.attempt(op, site) }
    guard let first = all.first else { return [] }
    return all.filter {
      $0.inputs.map(\.form) == first.inputs.map(\.form) && $0.outputs == first.outputs
    }
  }

  /// What decides how fast kernels are: the operator, its inputs, the forms they come in, and how many
  /// weights are not zero.
  private static func key(_ op: any Operator, _ site: Site) -> String {
    let inputs = zip(site.inputs, site.forms).map { "\($0) \($1)" }.joined(separator: ", ")
    let tenths = Int((site.density * 10).rounded(.up))
    let sparsity = tenths < 10 ? ", \(tenths) of 10 weights" : ""
    return "\(type(of: op).name) \(inputs) \(op)\(sparsity)"
  }

  /// The least time of some runs of a kernel on zeros.
  private func seconds(
    _ kernel: any BoundKernel,
    _ op: any Operator,
    _ site: Site,
    _ pool: ThreadPool
  ) -> Double {
    var builder = PlanBuilder(table: site.table, threadCount: site.threadCount)
    let inputs = site.inputs.indices.map { "x\($0)" }
    let sources = zip(inputs, site.inputs).map { builder.addSource($0, $1) }
    let node = DraftNode(
      names: ["node"],
      op: op,
      inputs: inputs,
      outputs: site.outputs.indices.map { "y\($0)" },
      parameters: []
    )
    builder.add(node, outputs: site.outputs, kernel: kernel)
    let plan = Plan(builder, kept: [])
    let arena = AlignedBuffer<Float>(count: plan.arenaCount)
    let tensors = TensorList(count: plan.tensorCount)
    for (source, spec) in zip(sources, site.inputs) {
      tensors[source] = Tensor(zeros: spec.shape, type: spec.type)
    }
    let run = Run(memory: arena.pointer, tensors: tensors, pool: pool)
    let clock = ContinuousClock()
    var (least, total) = (Duration.seconds(1_000), Duration.zero)
    for step in plan.steps.dropLast() { try? step.kernel.run(run) }
    guard let last = plan.steps.last else { return 0 }
    var runs = 0
    while runs < 3 || (total < Self.duration && runs < 100) {
      let start = clock.now
      try? last.kernel.run(run)
      let time = clock.now - start
      // The first run brings weights and code into the caches.
      if runs > 0 { least = min(least, time) }
      total += time
      runs += 1
    }
    return Double(least.components.seconds) + Double(least.components.attoseconds) * 1e-18
  }

  /// How long one kernel is measured.
  private static let duration = Duration.milliseconds(4)
}
