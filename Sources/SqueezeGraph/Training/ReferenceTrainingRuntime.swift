public import SqueezeTensor

/// The training runtime that defines what training computes: every operator's own plain loops.
///
/// It uses one thread and keeps every value, whatever the options say of threads and memory.
public struct ReferenceTrainingRuntime: TrainingRuntime {
  /// Creates the reference runtime.
  public init() {}

  public func program(
    _ model: Model,
    shapes: [String: Shape],
    options: TrainingOptions
  ) throws -> any TrainingProgram {
    try ReferenceTrainingProgram(model, shapes: shapes, options: options)
  }
}

/// A model's nodes run in order and back, everything in between kept.
public final class ReferenceTrainingProgram: TrainingProgram {
  private let model: Model
  private let options: TrainingOptions
  private let inference: Inference
  private let flow: GradientFlow
  /// Every parameter decoded, by key.
  private var parameters: [String: Tensor]
  /// The specs of every node's parameters.
  private let specs: [[ParameterSpec]]
  /// Every value of the last forward pass, by name; empty before the first.
  private var values: [String: Tensor] = [:]
  /// What every node saved in the last forward pass.
  private var saved: [[Tensor]] = []

  public var trained: [String] { flow.trained }
  public private(set) var statistics: [String: Tensor] = [:]

  /// Prepares a model; its parameters are the values to begin with.
  init(_ model: Model, shapes: [String: Shape], options: TrainingOptions) throws(ModelError) {
    let inference = try model.infer(shapes)
    self.model = model
    self.options = options
    self.inference = inference
    flow = try model.gradientFlow(inference, frozen: options.frozen)
    parameters = model.parameters.mapValues { $0.decoded() }
    var specs: [[ParameterSpec]] = []
    do throws(ShapeError) {
      for node in model.nodes {
        specs.append(try node.op.parameters(for: inference.inputs(of: node)))
      }
    } catch {
      throw .shape(error)
    }
    self.specs = specs
    collectStatistics()
  }

  public func load(_ parameters: [String: Tensor]) throws {
    for (key, tensor) in parameters.sorted(by: { $0.key < $1.key }) {
      guard let known = self.parameters[key]?.spec else {
        throw ModelError.parameter(key, expected: "a key of the model", actual: "another")
      }
      guard tensor.spec == known else {
        throw ModelError.parameter(key, expected: "\(known)", actual: "\(tensor.spec)")
      }
      self.parameters[key] = tensor
    }
    collectStatistics()
  }

  // MARK: Forward

  public func forward(_ inputs: [String: Tensor], seed: UInt64) throws -> [String: Tensor] {
    values = try model.checked(inputs)
    for (name, tensor) in inputs.sorted(by: { $0.key < $1.key }) {
      guard let spec = inference.values[name], tensor.spec != spec else { continue }
      throw ModelError.input(name, expected: "\(spec)", actual: "\(tensor.spec)")
    }
    saved = []
    let context = TrainingContext(
      seed: seed,
      statisticsMomentum: options.statisticsMomentum,
      moments: options.moments
    )
    for (position, node) in model.nodes.enumerated() {
      let pass: TrainingOutputs
      do throws(ShapeError) {
        pass = try run(node, at: position, context.at(node: position))
      } catch {
        throw ModelError.shape(error.at(node.name))
      }
      for (name, tensor) in zip(node.outputs, pass.outputs) { values[name] = tensor }
      saved.append(pass.saved)
      for (index, tensor) in pass.statistics {
        let key = key(node, specs[position][index])
        if !options.frozen.contains(key) { parameters[key] = tensor }
      }
    }
    collectStatistics()
    return values.filter { model.outputs.contains($0.key) }
  }

  /// The outputs of one node, in training mode where it has one.
  private func run(
    _ node: Node,
    at position: Int,
    _ context: TrainingContext
  ) throws(ShapeError) -> TrainingOutputs {
    let (arguments, parameters) = (tensors(node.inputs), parameters(of: position))
    guard let op = node.op as? any Differentiable else {
      return TrainingOutputs(try node.op.forward(arguments, parameters: parameters))
    }
    return try op.trainingForward(arguments, parameters: parameters, context: context)
  }

  // MARK: Backward

  public func backward(_ gradients: [String: Tensor]) throws -> [Tensor] {
    var result = [Tensor](repeating: Tensor(zeros: []), count: trained.count)
    try backward(gradients) { result[$0] = $1 }
    return result
  }

  public func backward(
    _ gradients: [String: Tensor],
    ready: (Int, Tensor) throws -> Void
  ) throws {
    var slopes = try checked(gradients)
    var open = Dictionary(uniqueKeysWithValues: flow.trained.enumerated().map { ($1, $0) })
    for position in flow.nodes {
      let node = model.nodes[position]
      guard node.outputs.contains(where: { slopes[$0] != nil }),
        let op = node.op as? any Differentiable
      else { continue }
      let outputs = tensors(node.outputs)
      let pass = BackwardPass(
        inputs: tensors(node.inputs),
        parameters: parameters(of: position),
        outputs: outputs,
        saved: saved[position],
        gradients: zip(node.outputs, outputs).map { slopes[$0] ?? Tensor(zeros: $1.shape) },
        moments: options.moments
      )
      let own: Gradients
      do throws(ShapeError) {
        own = try op.backward(pass)
      } catch {
        throw ModelError.shape(error.at(node.name))
      }
      for (name, gradient) in zip(node.inputs, own.inputs) where flow.values.contains(name) {
        guard let gradient else { continue }
        slopes[name] = slopes[name].map { $0.adding(gradient) } ?? gradient
      }
      for (spec, gradient) in zip(specs[position], own.parameters) {
        guard let index = open.removeValue(forKey: key(node, spec)) else { continue }
        try ready(index, gradient ?? Tensor(zeros: parameters[flow.trained[index]]?.shape ?? []))
      }
    }
    for (key, index) in open.sorted(by: { $0.value < $1.value }) {
      try ready(index, Tensor(zeros: parameters[key]?.shape ?? []))
    }
  }

  /// The given gradients, of which each belongs to an output and has its shape.
  private func checked(_ gradients: [String: Tensor]) throws -> [String: Tensor] {
    for (name, gradient) in gradients.sorted(by: { $0.key < $1.key }) {
      guard model.outputs.contains(name) else {
        throw ModelError.gradient(name, expected: "an output of the model", actual: "another value")
      }
      guard let value = values[name] else {
        throw ModelError.gradient(name, expected: "a forward pass before", actual: "none")
      }
      guard gradient.type.isReal, gradient.shape == value.shape else {
        throw ModelError.gradient(
          name,
          expected: "\(TensorSpec(value.shape))",
          actual: "\(gradient.spec)"
        )
      }
    }
    return gradients
  }

  // MARK: Look-up

  private func tensors(_ names: [String]) -> [Tensor] { names.compactMap { values[$0] } }

  private func key(_ node: Node, _ spec: ParameterSpec) -> String {
    Model.key(node.name, spec.name)
  }

  private func parameters(of position: Int) -> [Tensor] {
    specs[position].compactMap { parameters[key(model.nodes[position], $0)] }
  }

  private func collectStatistics() {
    for (node, specs) in zip(model.nodes, specs) {
      for spec in specs where spec.kind == .statistic {
        statistics[key(node, spec)] = parameters[key(node, spec)]
      }
    }
  }
}

extension Tensor {
  /// The sum of two gradients of one value.
  fileprivate func adding(_ other: Tensor) -> Tensor {
    Tensor(shape, zip(scalars, other.scalars).map { $0 + $1 })
  }
}
