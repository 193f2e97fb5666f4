public import SqueezeGraph
public import SqueezeTensor

extension FastRuntime {
  /// Compiles the model once for each choice of input shapes; the last two stay compiled.
  public func prepared(_ model: Model) throws -> ([String: Tensor]) throws -> [String: Tensor] {
    var compiled: [(shapes: [String: Shape], model: CompiledModel)] = []
    return { inputs in
      let shapes = try model.checked(inputs).mapValues(\.shape)
      if let ready = compiled.first(where: { $0.shapes == shapes }) {
        return try ready.model.run(inputs)
      }
      let new = try CompiledModel(
        model,
        shapes: shapes,
        threadCount: threadCount,
        instructionSet: instructionSet,
        precision: precision
      )
      compiled = compiled.suffix(1) + [(shapes, new)]
      return try new.run(inputs)
    }
  }
}
