import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// The depthwise convolution after a convolution that makes the map for it alone.
struct MergedDepthwise {
  var op: Convolution
  var parameters: [Tensor]
  /// What the first convolution would have made.
  var input: TensorSpec
  /// What follows the depthwise convolution.
  var clip: SQClip
}

/// Merges depthwise convolutions into the convolution before them where the map between is large.
///
/// A small map stays in the second-level cache anyway.
func fuseDepthwise(
  _ nodes: [DraftNode],
  outputs: [String],
  _ inference: Inference
) -> [DraftNode] {
  mergeNeighbours(nodes, outputs: outputs) { maker, node in
    guard let spec = inference.values[node.inputs[0]], let op = depthwise(node, spec),
      spec.shape.count >= smallestMap * spec.shape[0], canHandOver(maker, inference)
    else { return nil }
    var merged = maker
    merged.depthwise = MergedDepthwise(
      op: op,
      parameters: node.parameters.map { $0.decoded() },
      input: spec,
      clip: node.clip
    )
    merged.names += node.names
    merged.outputs = node.outputs
    return merged
  }
}

/// The floats of a map that fills a usual second-level cache; smaller ones gained nothing where it was
/// measured.
private let smallestMap = 1 << 18

/// The depthwise convolution that a node is, one kernel per channel with a small window.
private func depthwise(_ node: DraftNode, _ input: TensorSpec) -> Convolution? {
  guard let op = node.op as? Convolution, !node.addsResidual, node.prologue == nil,
    node.pooling == nil, input.type == .float32, input.shape.rank == 4, input.shape.count > 0,
    op.groups == input.shape[1], op.outputChannels == op.groups, op.groups > 1
  else { return nil }
  let window = op.window.planar
  let reach = zip(window.kernelSize, window.dilation).map { ($0 - 1) * $1 + 1 }
  return reach[0] <= 7 && reach[1] <= 7 && window.stride[0] <= reach[0] ? op : nil
}

/// Whether a node is a convolution that can give its rows away.
private func canHandOver(_ node: DraftNode, _ inference: Inference) -> Bool {
  guard let op = node.op as? Convolution, !node.addsResidual, node.prologue == nil,
    node.pooling == nil, node.depthwise == nil, op.groups == 1,
    let input = inference.values[node.inputs[0]], let output = inference.values[node.outputs[0]],
    input.type == .float32, input.shape.rank == 4, input.shape.count > 0
  else { return false }
  let geometry = WindowGeometry(op.window, input: input.shape, output: output.shape)
  return geometry.hasModestHalo
    && (geometry.kernel != [3, 3] || geometry.stride != [1, 1] || geometry.input[1] < 16)
}
