import SqueezeGraph
import SqueezeTensor

/// An operator that no fast layer computes: its own plain loops, forwards and backwards.
final class ReferenceLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  private let node: Node
  private let position: Int
  private let parameters: [LayerParameter]
  private let specs: [ParameterSpec]
  private let values: (inputs: [TrainingValue], outputs: [TrainingValue])
  private let momentum: Float
  private let table: KernelTable
  private var places: LayerPlaces?
  private var tensors: [Tensor]
  private var kept: BackwardPass?

  init(
    _ node: Node,
    position: Int,
    inputs: [Int],
    outputs: [Int],
    values: (inputs: [TrainingValue], outputs: [TrainingValue]),
    parameters: [LayerParameter],
    specs: [ParameterSpec],
    momentum: Float,
    table: KernelTable
  ) {
    self.node = node
    self.position = position
    self.inputs = inputs
    self.outputs = outputs
    self.values = values
    self.parameters = parameters
    self.specs = specs
    self.momentum = momentum
    self.table = table
    tensors = specs.map { Tensor(zeros: $0.spec.shape, type: $0.spec.type) }
  }

  /// The running statistics by the position of the parameter.
  var statistics: [(parameter: Int, values: [Float])] {
    zip(specs, parameters).enumerated().compactMap { index, pair in
      pair.0.kind == .statistic ? (pair.1.value, tensors[index].scalars) : nil
    }
  }

  func bind(_ places: LayerPlaces) { self.places = places }

  func load(_ parameters: ParameterValues, _ pool: ThreadPool) {
    for (index, parameter) in self.parameters.enumerated() {
      if let value = parameters.tensor(parameter.value) { tensors[index] = value }
    }
  }

  func forward(_ run: TrainingRun) throws {
    guard let places else { return }
    let inputs = zip(values.inputs, places.inputs).map {
      $0.tensor($1, run.memory, table, run.pool)
    }
    let result: TrainingOutputs
    do throws(ShapeError) {
      if let op = node.op as? any Differentiable {
        let context = TrainingContext(seed: run.seed, statisticsMomentum: momentum)
        result = try op.trainingForward(
          inputs,
          parameters: tensors,
          context: context.at(node: position)
        )
      } else {
        result = TrainingOutputs(try node.op.forward(inputs, parameters: tensors))
      }
    } catch {
      throw ModelError.shape(error.at(node.name))
    }
    for (index, value) in result.statistics { tensors[index] = value }
    for (position, tensor) in result.outputs.enumerated() where position < places.outputs.count {
      values.outputs[position]
        .store(tensor, places.outputs[position], run.memory, table, run.pool)
    }
    kept = BackwardPass(
      inputs: inputs,
      parameters: tensors,
      outputs: result.outputs,
      saved: result.saved,
      gradients: []
    )
  }

  func backward(_ run: TrainingRun) throws {
    guard let places, var pass = kept, let op = node.op as? any Differentiable else { return }
    pass.gradients = pass.outputs.enumerated().map { index, output in
      guard index < places.outputGradients.count, let layout = places.outputGradients[index] else {
        return Tensor(zeros: output.shape)
      }
      return values.outputs[index]
        .tensor(layout, run.memory, table, run.pool, isGradient: true)
    }
    kept = nil
    let gradients: Gradients
    do throws(ShapeError) {
      gradients = try op.backward(pass)
    } catch {
      throw ModelError.shape(error.at(node.name))
    }
    for (parameter, gradient) in zip(parameters, gradients.parameters) {
      guard let gradient else { continue }
      run.gradients.fill(parameter.gradient) {
        $0.update(from: gradient.scalars, count: gradient.count)
      }
    }
    for (index, target) in places.inputGradients.enumerated() {
      guard let target else { continue }
      var gradient = gradients.inputs[index] ?? Tensor(zeros: values.inputs[index].spec.shape)
      if places.accumulates[index] {
        let old = values.inputs[index]
          .tensor(target, run.memory, table, run.pool, isGradient: true)
        gradient = Tensor(gradient.shape, zip(gradient.scalars, old.scalars).map { $0 + $1 })
      }
      values.inputs[index].store(gradient, target, run.memory, table, run.pool)
    }
  }
}
