public import SqueezeGraph
public import SqueezeOperators
import SqueezeParameters
public import SqueezeTensor

/// One operator with inputs and parameters: what every runtime must solve alike.
public struct Problem: Sendable, CustomStringConvertible {
  public var op: any Operator
  public var inputs: [Tensor]
  public var parameters: [Tensor]
  public var seed: UInt64

  /// The problem of an example with seeded random numbers.
  public init(_ op: any Operator, _ specs: [TensorSpec], seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    self.op = op
    self.seed = seed
    inputs = specs.map { random.tensor($0) }
    parameters = try op.parameters(for: specs).map { parameter in
      let tensor = random.tensor(parameter.spec)
      guard parameter.name == "variance" else { return tensor }
      return Tensor(tensor.shape, tensor.scalars.map { 0.5 + abs($0) })
    }
  }

  public var description: String {
    "\(type(of: op).name) \(inputs.map(\.spec)) seed \(seed) \(op)"
  }

  /// The problem as a model of one node, with inputs `x0`, `x1` … and outputs `y0`, `y1` ….
  public func model() throws -> Model {
    let specs = inputs.map(\.spec)
    let names = inputs.indices.map { "x\($0)" }
    let outputs = try op.checkedOutputs(for: specs).indices.map { "y\($0)" }
    var model = Model(
      name: type(of: op).name,
      inputs: zip(names, specs).map { ModelInput($0, $1.shape, type: $1.type) },
      outputs: outputs,
      nodes: [Node("node", op, inputs: names, outputs: outputs)]
    )
    for (spec, value) in zip(try op.parameters(for: specs), parameters) {
      model.parameters[Model.key("node", spec.name)] = Constant.encoding(of: value)
    }
    return model
  }

  /// The inputs by the names they have in ``model()``.
  public var namedInputs: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("x\($0.offset)", $0.element) })
  }
}

extension OperatorCatalog {
  /// A random problem for every example of every operator and every seed.
  public static func problems(seeds: Range<UInt64>) -> [Problem] {
    func problems<Op: Operator>(_ type: Op.Type) -> [Problem] {
      Op.examples.flatMap { example in
        seeds.compactMap { try? Problem(example.op, example.inputs, seed: $0) }
      }
    }
    return all.flatMap { problems($0) }
  }
}
