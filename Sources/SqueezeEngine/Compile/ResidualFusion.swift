import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Merges additions into the convolution that makes one of their inputs.
///
/// The convolution adds the other input, a residual connection as in He et al., "Deep Residual
/// Learning for Image Recognition" (2016), §3.2, before it writes its output. It takes an addition in
/// where nothing else uses its own output and the other input is made before it.
func fuseResiduals(
  _ nodes: [DraftNode],
  outputs: [String],
  _ inference: Inference
) -> [DraftNode] {
  var uses: [String: Int] = [:]
  for name in nodes.flatMap(\.inputs) + outputs { uses[name, default: 0] += 1 }
  var fused = nodes
  var makers: [String: Int] = [:]
  for (position, node) in nodes.enumerated() {
    for name in node.outputs { makers[name] = position }
  }
  var removed: Set<Int> = []
  for (position, sum) in nodes.enumerated() where sum.op is Add && sum.inputs.count == 2 {
    let specs = (sum.inputs + sum.outputs).map { inference.values[$0] }
    guard let spec = specs[0], spec.type == .float32, spec.shape.rank == 4, spec.shape.count > 0,
      specs.allSatisfy({ $0 == spec })
    else { continue }
    // The later of the two makers, since the other input exists when it runs.
    let candidates = [(0, 1), (1, 0)].filter { makers[sum.inputs[$0.0]] != nil }
      .sorted { makers[sum.inputs[$0.0], default: 0] > makers[sum.inputs[$1.0], default: 0] }
    guard let (own, other) = candidates.first, let maker = makers[sum.inputs[own]],
      uses[sum.inputs[own]] == 1, canAddResidual(fused[maker], inference),
      makers[sum.inputs[other], default: -1] < maker
    else { continue }
    fused[maker].inputs.append(sum.inputs[other])
    fused[maker].addsResidual = true
    fused[maker].names += sum.names
    fused[maker].outputs = sum.outputs
    fused[maker].clip = sum.clip
    makers[sum.outputs[0]] = maker
    removed.insert(position)
  }
  return fused.indices.filter { !removed.contains($0) }.map { fused[$0] }
}

/// Whether a node is a convolution whose kernels can add another value to its output.
private func canAddResidual(_ node: DraftNode, _ inference: Inference) -> Bool {
  guard let op = node.op as? Convolution ?? (node.op as? BinaryLayer)?.real, op.groups == 1,
    !node.addsResidual, !node.clip.clips,
    let input = inference.values[node.inputs[0]], let output = inference.values[node.outputs[0]]
  else { return false }
  return input.type == .float32
    && WindowGeometry(op.window, input: input.shape, output: output.shape).hasModestHalo
}
