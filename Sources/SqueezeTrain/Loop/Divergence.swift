import SqueezeGraph
import SqueezeTensor

/// Finds where numbers stopped being finite, so that the error can say so.
struct Divergence {
  let runtime: any TrainingRuntime
  let options: TrainingOptions
  let step: Int

  /// The error for a loss that is not finite or too large.
  ///
  /// Looks at inputs, then parameters, then runs the batch once more with every value as an output, which
  /// finds the first node whose value is not finite.
  func error(
    loss: Double,
    _ model: Model,
    parameters: [String: Tensor],
    inputs: [String: Tensor],
    seed: UInt64
  ) -> TrainingError {
    for (name, input) in inputs.sorted(by: { $0.key < $1.key }) where !isFinite(input.scalars) {
      return error(at: "input \(name)", input.scalars)
    }
    for key in parameters.keys.sorted() {
      if let tensor = parameters[key], !isFinite(tensor.scalars) {
        return error(at: "parameter \(key)", tensor.scalars)
      }
    }
    // Other ranks do not take part in this pass.
    var options = options
    options.moments = nil
    let names = model.nodes.flatMap(\.outputs)
    var open = model
    open.outputs = names
    if let program = try? runtime.program(
      open,
      shapes: inputs.mapValues(\.shape),
      options: options
    ), (try? program.load(parameters)) != nil,
      let values = try? program.forward(inputs, seed: seed)
    {
      for node in model.nodes {
        for name in node.outputs {
          if let value = values[name], !isFinite(value.scalars) {
            return error(at: "node \(node.name)", value.scalars)
          }
        }
      }
      if let value = model.outputs.first.flatMap({ values[$0] }) {
        return .diverged(
          step: step,
          place: "loss \(loss)",
          statistics: "output: \(ValueStatistics(value.scalars))"
        )
      }
    }
    return .diverged(step: step, place: "loss \(loss)", statistics: "all parameters are finite")
  }

  /// The error for gradients that are not finite: names the parameter nearest to the loss.
  func error(gradients: [(key: String, values: [Float])]) -> TrainingError {
    let place = gradients.last { !isFinite($0.values) }
    guard let place else {
      return .diverged(step: step, place: "gradients", statistics: "their norm is not finite")
    }
    return error(at: "gradient of \(place.key)", place.values)
  }

  /// The error for one list of values.
  func error(at place: String, _ values: [Float]) -> TrainingError {
    .diverged(step: step, place: place, statistics: "\(ValueStatistics(values))")
  }
}
