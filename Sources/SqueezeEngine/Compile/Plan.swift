import CSqueezeKernels
import SqueezeTensor

/// Steps bound to their places, and the memory they need.
struct Plan: Sendable {
  struct Step: Sendable {
    var info: PlanStep
    var kernel: any BoundKernel
    /// The tensors that nothing needs after this step.
    var freed: [Int]
  }

  private(set) var steps: [Step] = []
  /// The floats of the arena.
  private(set) var arenaCount = 0
  /// The most bytes of values and scratch memory needed at one time.
  private(set) var peakBytes = 0
  private(set) var tensorCount: Int
  /// The tensors known before any run.
  private(set) var constants: [(index: Int, tensor: Tensor)] = []

  /// Places all values, those `kept` until after the last step, and binds the kernels.
  init(_ builder: PlanBuilder, kept: [Int]) {
    let (values, drafts) = (builder.values, builder.steps)
    tensorCount = values.count
    for (index, value) in values.enumerated() {
      if let tensor = value.constant { constants.append((index, tensor)) }
    }
    let memories = Memories(values)
    let lifetimes = Self.lifetimes(values, drafts, memories, kept: kept)
    let roots = values.indices.filter {
      values[$0].form != .tensor && values[$0].form != .scattered && memories.root(of: $0) == $0
    }
    let shared = SharedPlaces(roots, memories.layouts, lifetimes)
    var requests = shared.places.map {
      ArenaPlan.Request(count: memories.layouts[$0.first].floatCount, steps: $0.steps)
    }
    for (position, draft) in drafts.enumerated() {
      let perThread = (draft.kernel.scratchCount + 15) / 16 * 16
      requests.append(
        ArenaPlan.Request(count: perThread * builder.threadCount, steps: position...position)
      )
    }
    let arena = ArenaPlan(requests)
    arenaCount = arena.count + Self.overreach
    func layout(_ index: Int) -> Layout {
      var layout = memories.layouts[index]
      let start = shared.position(of: memories.root(of: index)).map { arena.offsets[$0] } ?? 0
      layout.origin += start * 4 / layout.form.elementBytes
      return layout
    }
    func place(_ index: Int) -> Place {
      switch values[index].form {
      case .tensor: .tensor(index)
      case .scattered:
        .channels(ScatteredLayout(values[index].channels.map { (layout($0.value), $0.channel) }))
      default: .memory(layout(index))
      }
    }
    for (position, draft) in drafts.enumerated() {
      for memory in shared.places where memory.steps.lowerBound == position {
        guard memories.layouts[memory.first].halo != .none else { continue }
        var kernel = HaloClearing(values[memory.first].form)
        kernel.bind(inputs: [], outputs: [place(memory.first)], scratch: 0)
        append(["halo"], "", kernel, freed: [])
      }
      var kernel = draft.kernel
      kernel.bind(
        inputs: draft.inputs.map(place),
        outputs: draft.outputs.map(place),
        scratch: arena.offsets[shared.places.count + position]
      )
      let freed = values.indices.filter {
        values[$0].form == .tensor && values[$0].constant == nil
          && lifetimes[$0]?.upperBound == position
      }
      append(draft.names, draft.operatorName, kernel, freed: freed)
    }
    peakBytes = Self.peak(
      values,
      drafts,
      memories,
      lifetimes,
      requests.dropFirst(shared.places.count)
    )
  }

  /// The floats that kernels may read, but not use, beyond the last value.
  private static let overreach = 64

  private mutating func append(
    _ names: [String],
    _ operatorName: String,
    _ kernel: any BoundKernel,
    freed: [Int]
  ) {
    let info = PlanStep(
      nodes: names,
      operatorName: operatorName,
      kernel: type(of: kernel).title,
      isFree: kernel.isDone
    )
    steps.append(Step(info: info, kernel: kernel, freed: freed))
  }

  /// From which to which step each value's memory is needed; of shared memory, together.
  private static func lifetimes(
    _ values: [PlanValue],
    _ steps: [DraftStep],
    _ memories: Memories,
    kept: [Int]
  ) -> [Int: ClosedRange<Int>] {
    var lifetimes: [Int: ClosedRange<Int>] = [:]
    func use(_ value: Int, _ step: Int) {
      if values[value].form == .scattered {
        return Set(values[value].channels.map(\.value)).forEach { use($0, step) }
      }
      let root = memories.root(of: value)
      guard let known = lifetimes[root] else { return lifetimes[root] = step...step }
      lifetimes[root] = min(known.lowerBound, step)...max(known.upperBound, step)
    }
    for (position, step) in steps.enumerated() {
      for value in step.inputs + step.outputs { use(value, position) }
    }
    for value in kept { use(value, steps.count) }
    return lifetimes
  }

  private static func peak(
    _ values: [PlanValue],
    _ steps: [DraftStep],
    _ memories: Memories,
    _ lifetimes: [Int: ClosedRange<Int>],
    _ scratch: some RandomAccessCollection<ArenaPlan.Request>
  ) -> Int {
    var change = [Int](repeating: 0, count: steps.count + 2)
    func add(_ bytes: Int, _ range: ClosedRange<Int>) {
      change[range.lowerBound] += bytes
      change[range.upperBound + 1] -= bytes
    }
    for (index, range) in lifetimes where values[index].constant == nil {
      let isTensor = values[index].form == .tensor
      add(isTensor ? values[index].spec.byteCount : memories.layouts[index].floatCount * 4, range)
    }
    for request in scratch { add(request.count * 4, request.steps) }
    var (alive, peak) = (0, 0)
    for delta in change {
      alive += delta
      peak = max(peak, alive)
    }
    return peak
  }
}

/// The layouts of all values, shared memory included.
struct Memories {
  private(set) var layouts: [Layout]
  private let roots: [Int]

  init(_ values: [PlanValue]) {
    let roots = values.indices.map { index in
      var root = index
      while let host = values[root].host { root = host.value }
      return root
    }
    let halos = Self.halos(values, roots)
    self.roots = roots
    layouts = roots.indices.map {
      Layout(values[$0].form, values[$0].spec.shape, halo: halos[roots[$0]] ?? .none)
    }
    for index in values.indices { layouts[index] = layout(index, values) }
  }

  /// The halo of every root: what it and all that share rows with it ask for.
  ///
  /// Values in one memory share rows, and so do the values whose channels one scattered value takes.
  private static func halos(_ values: [PlanValue], _ roots: [Int]) -> [Int: Halo] {
    var groups = Array(values.indices)
    func group(of index: Int) -> Int {
      var group = index
      while groups[group] != group { group = groups[group] }
      return group
    }
    for (index, value) in values.enumerated() {
      groups[group(of: index)] = group(of: roots[index])
      for source in Set(value.channels.map(\.value)) {
        groups[group(of: roots[source])] = group(of: roots[index])
      }
    }
    var halos: [Int: Halo] = [:]
    for (index, value) in values.enumerated() {
      halos[group(of: index), default: .none] =
        halos[group(of: index), default: .none].union(value.halo)
    }
    return Dictionary(
      uniqueKeysWithValues: Set(roots).map { ($0, halos[group(of: $0)] ?? .none) }
    )
  }

  private func layout(_ index: Int, _ values: [PlanValue]) -> Layout {
    guard let host = values[index].host else { return layouts[index] }
    let whole = layout(host.value, values)
    if let channels = host.channels { return whole.slice(channels: channels) }
    guard whole.form == .planar || whole.form.isPlanarBytes else { return whole }
    var own = Layout(whole.form, values[index].spec.shape)
    own.origin = whole.origin
    return own
  }

  /// The value whose memory holds this one.
  func root(of index: Int) -> Int { roots[index] }
}
