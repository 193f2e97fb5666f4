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
  var uses: [String: Int] = [:]
  for name in nodes.flatMap(\.inputs) + outputs { uses[name, default: 0] += 1 }
  var fused = nodes
  var makers: [String: Int] = [:]
  var removed: Set<Int> = []
  for (position, node) in nodes.enumerated() {
    for name in node.outputs { makers[name] = position }
    guard let pool = node.op as? MaxPool, node.outputs.count == 1,
      isOverlapping(pool.window), uses[node.inputs[0]] == 1, let maker = makers[node.inputs[0]],
      canPool(fused[maker], inference), let spec = inference.values[node.inputs[0]]
    else { continue }
    fused[maker].pooling = MergedPooling(op: pool, input: spec, clip: node.clip)
    fused[maker].names += node.names
    fused[maker].outputs = node.outputs
    makers[node.outputs[0]] = maker
    removed.insert(position)
  }
  return fused.indices.filter { !removed.contains($0) }.map { fused[$0] }
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
    op.groups == 1, let input = inference.values[node.inputs[0]],
    let output = inference.values[node.outputs[0]], input.type == .float32,
    input.shape.rank == 4, input.shape.count > 0, output.shape.count > 0
  else { return false }
  let geometry = WindowGeometry(op.window, input: input.shape, output: output.shape)
  return geometry.hasModestHalo && geometry.input[1] < 16
}
