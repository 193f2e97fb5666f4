public import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// Merges the addition of a constant into the layer before it, where the layer has no bias and the
/// constant is one number per output channel.
public struct BiasFolding: Rewrite {
  /// Creates the rewrite.
  public init() {}

  public func apply(to model: Model) throws -> Model {
    let inference = try model.sampleInferences()[0]
    let (consumers, producers) = (model.consumers(), model.producers())
    var model = model
    var removed: Set<Int> = []
    for (position, node) in model.nodes.enumerated() where node.op is Add {
      for (value, other) in [(0, 1), (1, 0)].map({ (node.inputs[$0], node.inputs[$1]) }) {
        guard let before = producers[value], let after = producers[other],
          model.nodes[after].op is Constant,
          let constant = model.parameter("value", of: model.nodes[after]),
          model.isPrivate(value, to: [position], consumers),
          let rank = inference.values[value]?.shape.rank,
          let layer = LinearLayer(model.nodes[before].op, outputRank: rank), !layer.hasBias,
          let bias = Self.bias(constant, layer, rank: rank)
        else { continue }
        model.parameters[Model.key(model.nodes[before].name, "bias")] = bias
        model.nodes[before].op = layer.withBias
        model.nodes[before].outputs = node.outputs
        removed.insert(position)
        break
      }
    }
    model.removeNodes(at: removed)
    model.removeUnusedConstants()
    return model
  }

  /// The constant as a bias, or `nil` where it changes along other axes than the channels.
  private static func bias(
    _ constant: any ParameterEncoding,
    _ layer: LinearLayer,
    rank: Int
  ) -> (any ParameterEncoding)? {
    let shape = constant.shape
    guard constant.type.isReal, shape.rank <= rank else { return nil }
    if shape == [layer.channels], layer.channelAxis == rank - 1 { return constant }
    for (axis, size) in shape.dimensions.enumerated() where size != 1 {
      guard axis + rank - shape.rank == layer.channelAxis, size == layer.channels else {
        return nil
      }
    }
    let scalars = constant.decoded().scalars
    let bias = scalars.count == 1 ? [Float](repeating: scalars[0], count: layer.channels) : scalars
    return Dense(Tensor([layer.channels], bias))
  }
}
