public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// The training runtime that compiles a model: fused layers, one arena for both passes, fast kernels and
/// threads.
///
/// Results are bit-identical whatever the number of threads.
public struct FastTrainingRuntime: TrainingRuntime {
  /// The kernels to use; `nil` chooses as ``InstructionSet/chosen()`` does.
  public var instructionSet: InstructionSet?
  /// The precision of the factors of convolutions and fully connected layers.
  public var precision: TrainingPrecision

  /// Creates a runtime.
  public init(
    instructionSet: InstructionSet? = nil,
    precision: TrainingPrecision = .float32
  ) {
    self.instructionSet = instructionSet
    self.precision = precision
  }

  public var arithmetic: String { precision.rawValue }

  public func program(
    _ model: Model,
    shapes: [String: Shape],
    options: TrainingOptions
  ) throws -> any TrainingProgram {
    try compiled(model, shapes: shapes, options: options)
  }

  private func compiled(
    _ model: Model,
    shapes: [String: Shape],
    options: TrainingOptions
  ) throws -> FastTrainingProgram {
    let set = try instructionSet.map { try InstructionSet.named($0.rawValue) } ?? .chosen()
    try precision.check(on: set)
    return try FastTrainingProgram(model, shapes: shapes, options: options, precision, set)
  }
}

/// A compiled model that runs forwards and backwards.
final class FastTrainingProgram: TrainingProgram {
  let trained: [String]
  private let layers: [any TrainingLayer]
  private let values: [TrainingValue]
  private let plan: TrainingPlan
  private let parameters: [String: (index: Int, spec: TensorSpec)]
  private let keys: [String]
  private let shapes: [Shape]
  private let inputs: [(name: String, value: Int)]
  private let outputs: [(name: String, value: Int)]
  private let table: KernelTable
  private let pool: ThreadPool
  private let memory: AlignedBuffer<Float>
  private let gradients: ParameterGradients
  private let names: [String]
  private var seed: UInt64 = 0
  /// The seconds of every layer, forwards and backwards, where they are measured.
  private var times: [(forward: Double, backward: Double)]?

  init(
    _ model: Model,
    shapes: [String: Shape],
    options: TrainingOptions,
    _ precision: TrainingPrecision,
    _ set: InstructionSet
  ) throws {
    let inference = try model.infer(shapes)
    table = .of(set)
    let graph = try TrainingGraph(
      model,
      inference,
      options: options,
      precision: precision,
      table: table
    )
    layers = graph.layers
    names = graph.names
    values = graph.values
    trained = graph.trained.map(\.key)
    self.shapes = graph.trained.map(\.spec.shape)
    keys = graph.parameters
    var parameters: [String: (index: Int, spec: TensorSpec)] = [:]
    for (index, key) in graph.parameters.enumerated() {
      if let value = model.parameters[key] {
        parameters[key] = (index, TensorSpec(value.shape, value.type))
      }
    }
    self.parameters = parameters
    inputs = model.inputs.compactMap { input in
      graph.position(of: input.name).map { (input.name, $0) }
    }
    outputs = model.outputs.compactMap { name in graph.position(of: name).map { (name, $0) } }
    plan = TrainingPlan(
      graph,
      inputs: inputs.map(\.value),
      outputs: outputs.map(\.value),
      recomputes: options.recomputes
    )
    guard plan.arenaCount <= Self.maximumFloats else {
      throw EngineError.memory(
        expected: "at most \(Self.maximumFloats) floats",
        actual: "\(plan.arenaCount) floats; take smaller batches and accumulate gradients"
      )
    }
    pool = ThreadPool(threadCount: options.threadCount)
    memory = AlignedBuffer(count: plan.arenaCount, use: .large)
    gradients = ParameterGradients(counts: graph.trained.map(\.spec.shape.count))
    for (layer, places) in zip(layers, plan.places) { layer.bind(places) }
    try load(model.parameters.mapValues { $0.decoded() })
  }

  /// The bytes of values, gradients and scratch memory.
  var arenaByteCount: Int { plan.arenaCount * 4 }

  /// 256 GB.
  private static let maximumFloats = 1 << 36

  func load(_ tensors: [String: Tensor]) throws {
    var values = [Tensor?](repeating: nil, count: keys.count)
    for (key, tensor) in tensors {
      guard let known = parameters[key] else { continue }
      guard tensor.spec == known.spec else {
        throw ModelError.parameter(key, expected: "\(known.spec)", actual: "\(tensor.spec)")
      }
      values[known.index] = tensor
    }
    let given = ParameterValues(values)
    for layer in layers { layer.load(given, pool) }
  }

  private var run: TrainingRun {
    TrainingRun(memory: memory.pointer, pool: pool, gradients: gradients, seed: seed)
  }

  func forward(_ tensors: [String: Tensor], seed: UInt64) throws -> [String: Tensor] {
    self.seed = seed
    for (name, value) in inputs {
      guard let tensor = tensors[name] else { throw ModelError.missingInput(name) }
      guard tensor.spec == values[value].spec else {
        throw ModelError.input(
          name,
          expected: "\(values[value].spec)",
          actual: "\(tensor.spec)"
        )
      }
    }
    let run = run
    if layers.isEmpty { return tensors.filter { name, _ in outputs.contains { $0.name == name } } }
    prepare(step: 0, run)
    for (name, value) in inputs {
      guard let tensor = tensors[name] else { continue }
      values[value].store(tensor, plan.data[value], memory.pointer, table, pool)
    }
    for (step, layer) in layers.enumerated() {
      if step > 0 { prepare(step: step, run) }
      try measured(step, \.forward) { try layer.forward(run) }
    }
    return Dictionary(
      uniqueKeysWithValues: outputs.map { name, value in
        (name, values[value].tensor(plan.data[value], memory.pointer, table, pool))
      }
    )
  }

  /// Makes ready what a step needs: zeros around values, and values computed again.
  private func prepare(step: Int, _ run: TrainingRun) {
    for layout in plan.cleared[step] { layout.clearHalo(run.memory, run.pool) }
    for (layer, layout) in plan.recomputed[step] {
      (layers[layer] as? NormalizationLayer)?.recompute(run, to: layout)
    }
  }

  func backward(_ slopes: [String: Tensor]) throws -> [Tensor] {
    try pass(slopes)
    guard !layers.isEmpty else { return [] }
    return zip(shapes, gradients.values).map { Tensor($0, $1) }
  }

  func backward(_ slopes: [String: Tensor], ready: (Int, Tensor) throws -> Void) throws {
    var isOpen = [Bool](repeating: true, count: trained.count)
    func hand(_ position: Int) throws {
      guard isOpen[position] else { return }
      isOpen[position] = false
      try ready(position, Tensor(shapes[position], gradients.values[position]))
    }
    try pass(slopes) {
      for position in gradients.filled { try hand(position) }
      gradients.filled = []
    }
    for position in trained.indices { try hand(position) }
  }

  /// Runs backwards; `after` is called after every layer.
  private func pass(_ slopes: [String: Tensor], after: () throws -> Void = {}) throws {
    gradients.filled = []
    let run = run
    for (name, tensor) in slopes.sorted(by: { $0.key < $1.key }) {
      guard let output = outputs.first(where: { $0.name == name }) else {
        throw ModelError.gradient(name, expected: "the name of an output", actual: "another")
      }
      guard tensor.shape == values[output.value].spec.shape else {
        throw ModelError.gradient(
          name,
          expected: "shape \(values[output.value].spec.shape)",
          actual: "\(tensor.shape)"
        )
      }
    }
    guard !layers.isEmpty else { return }
    prepare(step: layers.count, run)
    for (name, value) in outputs {
      guard let layout = plan.gradients[value] else { continue }
      let slope = slopes[name] ?? Tensor(zeros: values[value].spec.shape)
      values[value].store(slope, layout, memory.pointer, table, pool)
    }
    for (position, layer) in layers.enumerated().reversed() {
      let step = 2 * layers.count - 1 - position
      if step > layers.count { prepare(step: step, run) }
      guard layer.outputs.contains(where: { values[$0].needsGradient }) else { continue }
      try measured(position, \.backward) { try layer.backward(run) }
      try after()
    }
  }

  var statistics: [String: Tensor] {
    var statistics: [String: Tensor] = [:]
    for layer in layers {
      let own =
        (layer as? NormalizationLayer)?.statistics ?? (layer as? ReferenceLayer)?.statistics ?? []
      for (parameter, values) in own {
        statistics[keys[parameter]] = Tensor([values.count], values)
      }
    }
    return statistics
  }

  /// Adds the time of `body` to one of a layer's, where times are measured.
  private func measured(
    _ layer: Int,
    _ part: WritableKeyPath<(forward: Double, backward: Double), Double>,
    _ body: () throws -> Void
  ) rethrows {
    guard times != nil else { return try body() }
    let start = ContinuousClock.now
    try body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    times?[layer][keyPath: part] += Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// Measures every layer over some steps on random numbers.
  func layerTimes(steps: Int) throws -> [TrainingLayerTime] {
    var random = SeededGenerator(seed: 1)
    let tensors = Dictionary(
      uniqueKeysWithValues: inputs.map { ($0.name, random.tensor(values[$0.value].spec)) }
    )
    for step in 0...steps {
      // The first step warms up.
      if step == 1 {
        times = [(forward: Double, backward: Double)](repeating: (0, 0), count: layers.count)
      }
      let made = try forward(tensors, seed: UInt64(step))
      _ = try backward(made.filter { $0.value.type.isReal })
    }
    defer { times = nil }
    return zip(zip(names, layers), times ?? []).map { layer, time in
      TrainingLayerTime(
        node: layer.0,
        layer: _typeName(type(of: layer.1), qualified: false),
        forward: time.forward / Double(steps),
        backward: time.backward / Double(steps)
      )
    }
  }
}

/// How long a layer of a training plan takes.
public struct TrainingLayerTime: Sendable, Hashable {
  /// The node, with what is merged into it.
  public var node: String
  /// The kind of layer.
  public var layer: String
  /// Seconds per step forwards and backwards.
  public var forward: Double
  public var backward: Double
}

extension FastTrainingRuntime {
  /// Measures every layer of a model over some steps on random numbers.
  public func layerTimes(
    _ model: Model,
    shapes: [String: Shape],
    options: TrainingOptions,
    steps: Int
  ) throws -> [TrainingLayerTime] {
    try compiled(model, shapes: shapes, options: options).layerTimes(steps: max(1, steps))
  }

  /// The bytes that values, gradients and scratch memory of a step take.
  public func byteCount(
    _ model: Model,
    shapes: [String: Shape],
    options: TrainingOptions
  ) throws -> Int {
    try compiled(model, shapes: shapes, options: options).arenaByteCount
  }
}
