import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A formula per channel, then a clip, that a convolution applies to its input as it reads it.
struct ChannelPrologue: Sendable {
  var formula: ChannelFormula
  var clip: SQClip
}

/// Merges batch normalizations with their activations into the pointwise convolution after them.
///
/// Networks that normalize before they convolve, as Huang et al., "Densely Connected Convolutional
/// Networks" (2017), §3, leave a batch normalization that no earlier layer can take in, because
/// several read what it normalizes. It is taken in where only one pointwise convolution uses it.
func fusePrologues(
  _ nodes: [DraftNode],
  outputs: [String],
  _ inference: Inference
) -> [DraftNode] {
  mergeNeighbours(nodes, outputs: outputs) { maker, node in
    guard let op = node.op as? Convolution, op.groups == 1, isPointwise(op.window),
      let channels = maker.op as? any ChannelOperator,
      let source = inference.values[maker.inputs[0]],
      source.type == .float32, source.shape.rank == 4, source.shape.count > 0,
      let formula = channels.channelFormula(source.shape, maker.parameters.map { $0.decoded() })
    else { return nil }
    var merged = node
    merged.prologue = ChannelPrologue(formula: formula, clip: maker.clip)
    merged.inputs[0] = maker.inputs[0]
    merged.names = maker.names + node.names
    return merged
  }
}

/// Whether a window is one pixel at every place of the input.
private func isPointwise(_ window: SlidingWindow) -> Bool {
  let planar = window.planar
  return planar.kernelSize == [1, 1] && planar.stride == [1, 1]
    && planar.resolvedPadding(for: [1, 1]).begin == [0, 0]
    && planar.resolvedPadding(for: [1, 1]).end == [0, 0]
}
