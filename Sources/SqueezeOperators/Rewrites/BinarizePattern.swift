public import SqueezeGraph
import SqueezeTensor

/// Recognizes ``Binarize`` in the comparison and the choice that ONNX has for it.
///
/// `Where(x ≥ 0, 1, −1)` becomes `Binarize(x)`.
public struct BinarizePattern: Rewrite {
  /// Creates the rewrite.
  public init() {}

  public func apply(to model: Model) throws -> Model {
    guard model.nodes.contains(where: { $0.op is Where }) else { return model }
    let samples = try model.sampleInferences()
    let (consumers, producers) = (model.consumers(), model.producers())
    var model = model
    var removed: Set<Int> = []
    func isConstant(_ value: String, _ expected: Float) -> Bool {
      guard let maker = producers[value], model.nodes[maker].op is Constant,
        let constant = model.parameter("value", of: model.nodes[maker]), constant.type.isReal
      else { return false }
      return constant.shape.count == 1 && constant.decoded().scalars == [expected]
    }
    for (position, choice) in model.nodes.enumerated() where choice.op is Where {
      guard let maker = producers[choice.inputs[0]],
        let comparison = model.nodes[maker].op as? Comparison,
        comparison.relation == .greaterOrEqual,
        model.isPrivate(choice.inputs[0], to: [position], consumers),
        isConstant(model.nodes[maker].inputs[1], 0),
        isConstant(choice.inputs[1], 1), isConstant(choice.inputs[2], -1)
      else { continue }
      let x = model.nodes[maker].inputs[0]
      guard
        samples.allSatisfy({ $0.values[x] != nil && $0.values[x] == $0.values[choice.outputs[0]] })
      else { continue }
      model.nodes[position].op = Binarize()
      model.nodes[position].inputs = [x]
      removed.insert(maker)
    }
    guard !removed.isEmpty else { return model }
    model.removeNodes(at: removed)
    model.removeUnusedConstants()
    return model
  }
}
