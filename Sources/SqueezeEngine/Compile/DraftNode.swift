import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A node on its way into a plan, with what was merged into it.
struct DraftNode {
  /// The nodes of the model it stands for, in order.
  var names: [String]
  var op: any Operator
  var inputs: [String]
  var outputs: [String]
  /// The parameters, decoded only when the node's kernel packs them.
  var parameters: [any ParameterEncoding]
  /// Whether the last input is added to the output before the clip.
  var addsResidual = false
  /// What each input channel goes through before the operator sees it.
  var prologue: ChannelPrologue?
  /// The max pooling that follows, the clip between them done.
  var pooling: MergedPooling?
  /// The depthwise convolution that follows, the clip between them done.
  var depthwise: MergedDepthwise?
  /// What follows the operator before its output is written.
  var clip = SQClip.none
  /// The functions that take the operator's place, where several nodes became one pass.
  var program: ElementwiseProgram?
}

extension Model {
  /// The nodes with their parameters, which the model then no longer holds.
  mutating func takeDraftNodes(_ inference: Inference) throws(ModelError) -> [DraftNode] {
    defer { parameters = [:] }
    var drafts: [DraftNode] = []
    for node in nodes {
      let specs: [ParameterSpec]
      do {
        specs = try node.op.parameters(for: inference.inputs(of: node))
      } catch {
        throw .shape(error.at(node.name))
      }
      drafts.append(
        DraftNode(
          names: [node.name],
          op: node.op,
          inputs: node.inputs,
          outputs: node.outputs,
          parameters: specs.compactMap { parameter($0.name, of: node) }
        )
      )
    }
    return drafts
  }
}

/// Merges activations that only clip, such as ReLU, into the node before them.
///
/// A node takes the activation in where nothing else uses its output, which is `float32`.
func fuseActivations(
  _ nodes: [DraftNode],
  outputs: [String],
  _ inference: Inference
) -> [DraftNode] {
  var uses: [String: Int] = [:]
  for name in nodes.flatMap(\.inputs) + outputs { uses[name, default: 0] += 1 }
  var fused: [DraftNode] = []
  var makers: [String: Int] = [:]
  for node in nodes {
    if let clip = clip(of: node.op), let value = node.inputs.first, uses[value] == 1,
      inference.values[value]?.type == .float32, let maker = makers[value], canClip(fused[maker].op)
    {
      fused[maker].clip = fused[maker].clip.then(clip)
      fused[maker].names += node.names
      fused[maker].outputs = node.outputs
      makers[node.outputs[0]] = maker
    } else {
      for name in node.outputs { makers[name] = fused.count }
      fused.append(node)
    }
  }
  return fused
}

/// The clip an operator is, or `nil` where it is something else.
private func clip(of op: any Operator) -> SQClip? {
  (op as? any VectorFunction)?.vectorFunction?.asClip
}

/// Whether every kernel of an operator clips its output when asked to.
private func canClip(_ op: any Operator) -> Bool {
  op is Convolution || op is BinaryLayer || op is FullyConnected || op is MaxPool
    || op is AveragePool
    || op is any ChannelOperator || op is any VectorFunction || op is any VectorCombination
}

/// Removes nodes that change nothing.
///
/// - Returns: the other nodes, and for every value that is gone the one that replaces it.
func removeIdentities(_ nodes: [DraftNode]) -> (nodes: [DraftNode], renamed: [String: String]) {
  var renamed: [String: String] = [:]
  var kept: [DraftNode] = []
  for var node in nodes {
    node.inputs = node.inputs.map { renamed[$0] ?? $0 }
    if node.op is Identity || node.op is Dropout, node.outputs.count == 1 {
      renamed[node.outputs[0]] = node.inputs[0]
    } else {
      kept.append(node)
    }
  }
  return (kept, renamed)
}
