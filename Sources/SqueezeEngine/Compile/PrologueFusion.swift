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
  var uses: [String: Int] = [:]
  for name in nodes.flatMap(\.inputs) + outputs { uses[name, default: 0] += 1 }
  var fused = nodes
  var makers: [String: Int] = [:]
  var removed: Set<Int> = []
  for (position, node) in nodes.enumerated() {
    for name in node.outputs { makers[name] = position }
    guard let op = node.op as? Convolution, op.groups == 1, isPointwise(op.window),
      let input = node.inputs.first, uses[input] == 1, let maker = makers[input],
      let channels = fused[maker].op as? any ChannelOperator,
      let source = inference.values[fused[maker].inputs[0]], source.type == .float32,
      source.shape.rank == 4, source.shape.count > 0,
      let formula = channels.channelFormula(
        source.shape,
        fused[maker].parameters.map { $0.decoded() }
      )
    else { continue }
    fused[position].prologue = ChannelPrologue(formula: formula, clip: fused[maker].clip)
    fused[position].inputs[0] = fused[maker].inputs[0]
    fused[position].names = fused[maker].names + fused[position].names
    removed.insert(maker)
  }
  return fused.indices.filter { !removed.contains($0) }.map { fused[$0] }
}

/// Whether a window is one pixel at every place of the input.
private func isPointwise(_ window: SlidingWindow) -> Bool {
  let planar = window.planar
  return planar.kernelSize == [1, 1] && planar.stride == [1, 1]
    && planar.resolvedPadding(for: [1, 1]).begin == [0, 0]
    && planar.resolvedPadding(for: [1, 1]).end == [0, 0]
}
