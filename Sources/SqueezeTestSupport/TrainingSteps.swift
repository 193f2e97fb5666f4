public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
public import SqueezeTensor

/// What some training steps on one model give: all that two training runtimes must agree on.
public struct TrainingSteps: Sendable {
  /// The outputs and gradients of every step, and the statistics after it, by `step.name`.
  public var tensors: [String: Tensor] = [:]

  /// Runs forwards and backwards from random gradients of all real outputs, without changing
  /// parameters in between; several steps show what one leaves behind.
  ///
  /// - Parameters:
  ///   - runtime: the runtime to try.
  ///   - model: what to train.
  ///   - inputs: a tensor for every input, the same in every step.
  ///   - options: how to compute.
  ///   - count: how many steps, each with another seed.
  /// - Throws: what the runtime throws.
  public init(
    of runtime: any TrainingRuntime,
    on model: Model,
    inputs: [String: Tensor],
    options: TrainingOptions = TrainingOptions(),
    count: Int = 2
  ) throws {
    let shapes = inputs.mapValues(\.shape)
    let program = try runtime.program(model, shapes: shapes, options: options)
    try program.load(model.parameters.mapValues { $0.decoded() })
    for step in 0..<count {
      var random = SeededGenerator(seed: UInt64(step) &+ 31)
      let outputs = try program.forward(inputs, seed: UInt64(step))
      var slopes: [String: Tensor] = [:]
      for (name, output) in outputs.sorted(by: { $0.key < $1.key }) where output.type.isReal {
        slopes[name] = random.tensor(TensorSpec(output.shape))
      }
      for (name, output) in outputs { tensors["\(step).\(name)"] = output }
      for (key, gradient) in zip(program.trained, try program.backward(slopes)) {
        tensors["\(step).gradient of \(key)"] = gradient
      }
      for (key, value) in program.statistics { tensors["\(step).statistic \(key)"] = value }
    }
  }

  /// Where these steps differ from expected ones beyond a tolerance; empty where they agree.
  public func faults(against expected: TrainingSteps, _ tolerance: Tolerance) -> [String] {
    var faults: [String] = []
    for name in Set(tensors.keys).union(expected.tensors.keys).sorted() {
      guard let actual = tensors[name], let expected = expected.tensors[name] else {
        faults.append("\(name): \(tensors[name] == nil ? "missing" : "unexpected")")
        continue
      }
      guard !tolerance.accepts(actual, expected: expected) else { continue }
      let excess = tolerance.worstExcess(actual, expected: expected)
      faults.append("\(name): \(actual.spec) for \(expected.spec), \(excess) beyond the tolerance")
    }
    return faults
  }
}

extension Problem {
  /// The problem as a model whose trained parameters see the gradients of the inputs too.
  ///
  /// Every real input `x0` is shifted by a constant 0, the parameter `shift0.value`, whose gradient is
  /// that of the input.
  public func trainingModel() throws -> Model {
    var model = try model()
    for (index, input) in inputs.enumerated() where input.type.isReal {
      let (shift, sum) = ("shift\(index)", "shifted\(index)")
      model.nodes[model.nodes.count - 1].inputs[index] = sum
      model.nodes.insert(
        contentsOf: [
          Node(shift, Constant(TensorSpec(input.shape)), inputs: []),
          Node(sum, Add(), inputs: ["x\(index)", shift]),
        ],
        at: model.nodes.count - 1
      )
      model.parameters[Model.key(shift, "value")] = Dense(Tensor(zeros: input.shape))
    }
    return model
  }
}
