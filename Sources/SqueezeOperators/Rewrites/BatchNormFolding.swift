public import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// Merges batch normalization into the convolution or fully connected layer before it.
///
/// `w' = w · γ/√(σ² + ε)` and `b' = (b − μ) · γ/√(σ² + ε) + β`, per output channel. Integer weights
/// keep their integers; other encodings become dense.
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), §3.2.
public struct BatchNormFolding: Rewrite {
  /// Creates the rewrite.
  public init() {}

  public func apply(to model: consuming Model) throws -> Model {
    let inference = try model.sampleInferences()[0]
    let (consumers, producers) = (model.consumers(), model.producers())
    var removed: Set<Int> = []
    for position in model.nodes.indices {
      let node = model.nodes[position]
      guard let norm = node.op as? BatchNormalization,
        let before = producers[node.inputs[0]],
        model.isPrivate(node.inputs[0], to: [position], consumers),
        let rank = inference.values[node.inputs[0]]?.shape.rank
      else { continue }
      let layerNode = model.nodes[before]
      guard let layer = LinearLayer(layerNode.op, outputRank: rank), layer.channelAxis == 1,
        let weight = model.parameter("weight", of: layerNode)
      else { continue }
      let statistics = ["scale", "bias", "mean", "variance"]
        .compactMap { model.parameter($0, of: node)?.decoded() }
      guard statistics.count == 4 else { continue }
      let (factors, offsets) = norm.affine(statistics)
      let bias = layer.hasBias ? model.parameter("bias", of: layerNode)?.decoded().scalars : nil
      let shifted = (0..<layer.channels).map { (bias?[$0] ?? 0) * factors[$0] + offsets[$0] }
      // Where nobody else holds the model, the old weight is let go of here.
      model.parameters[Model.key(layerNode.name, "weight")] = layer.scaled(weight, by: factors)
      model.parameters[Model.key(layerNode.name, "bias")] = Dense(
        Tensor([layer.channels], shifted)
      )
      model.nodes[before].op = layer.withBias
      model.nodes[before].outputs = node.outputs
      removed.insert(position)
    }
    model.removeNodes(at: removed)
    return model
  }
}
