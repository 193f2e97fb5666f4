import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// The max pooling after a convolution that makes the map for it alone.
struct MergedPooling {
  var op: MaxPool
  /// What the convolution would have made.
  var input: TensorSpec
  /// What follows the pooling.
  var clip: SQClip
}

/// Merges max poolings into the strided or large convolution before them.
///
/// The first layers of many networks make their largest map only to pool it. Convolutions that
/// Winograd's algorithm suits keep their own output.
func fusePoolings(
  _ nodes: [DraftNode],
  outputs: [String],
  _ inference: Inference
) -> [DraftNode] {
  mergeNeighbours(nodes, outputs: outputs) { maker, node in
    guard let pool = node.op as? MaxPool, node.outputs.count == 1, isOverlapping(pool.window),
      canPool(maker, inference), let spec = inference.values[node.inputs[0]]
    else { return nil }
    var merged = maker
    merged.pooling = MergedPooling(op: pool, input: spec, clip: node.clip)
    merged.names += node.names
    merged.outputs = node.outputs
    return merged
  }
}

/// Whether windows touch every row at most a few times and are not spread out.
private func isOverlapping(_ window: SlidingWindow) -> Bool {
  let planar = window.planar
  return planar.dilation == [1, 1] && planar.kernelSize[0] <= 2 * planar.stride[0]
    && planar.stride[0] <= planar.kernelSize[0]
}

/// Whether a node is a convolution on which direct sums are the fastest way.
private func canPool(_ node: DraftNode, _ inference: Inference) -> Bool {
  guard let op = node.op as? Convolution, !node.addsResidual, node.prologue == nil,
    node.pooling == nil, node.depthwise == nil, op.groups == 1,
    let input = inference.values[node.inputs[0]],
    let output = inference.values[node.outputs[0]], input.type == .float32,
    input.shape.rank == 4, input.shape.count > 0, output.shape.count > 0
  else { return false }
  let geometry = WindowGeometry(op.window, input: input.shape, output: output.shape)
  return geometry.hasModestHalo && geometry.input[1] < 16
}
