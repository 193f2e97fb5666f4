import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A convolution of numbers that are ±1 with weights that are ±1 times a scale per output channel.
///
/// Its definition is the convolution; kernels count bits. See ``SignPacking`` for its input.
/// Source: Rastegari et al., "XNOR-Net" (2016), §3.2.
struct BinaryLayer: Operator {
  var real: Convolution

  static let name = "BinaryConvolution"
  static let examples: [Example<Self>] = []

  var channelFlow: ChannelFlow { .opaque }

  func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    try real.outputs(for: inputs)
  }

  func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    try real.parameters(for: inputs)
  }

  func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int { try real.macs(for: inputs) }

  func forward(_ inputs: [Tensor], parameters: [Tensor]) throws(ShapeError) -> [Tensor] {
    try real.forward(inputs, parameters: parameters)
  }
}

/// ``Binarize`` whose result only ``BinaryLayer`` reads, so that it is kept in bits.
struct PackedBinarize: Operator {
  static let name = "PackedBinarize"
  static let examples: [Example<Self>] = []

  var channelFlow: ChannelFlow { .opaque }

  func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    try Binarize().outputs(for: inputs)
  }

  func forward(_ inputs: [Tensor], parameters: [Tensor]) throws(ShapeError) -> [Tensor] {
    try Binarize().forward(inputs, parameters: parameters)
  }
}

/// Lets convolutions of binarized values with binary weights count bits.
///
/// A value becomes bits where all that read it are such convolutions. Weights need no certain encoding:
/// it is enough that all of an output channel have one magnitude.
func mergeBinaryLayers(
  _ nodes: [DraftNode],
  outputs: [String],
  _ inference: Inference
) -> [DraftNode] {
  guard nodes.contains(where: { $0.op is Binarize }) else { return nodes }
  var users: [String: [Int]] = [:]
  for (position, node) in nodes.enumerated() {
    for name in node.inputs { users[name, default: []].append(position) }
  }
  var merged = nodes
  for (position, node) in nodes.enumerated() where node.op is Binarize {
    let value = node.outputs[0]
    guard !outputs.contains(value), let readers = users[value],
      readers.allSatisfy({ isBinary(nodes[$0], inference) })
    else { continue }
    merged[position].op = PackedBinarize()
    for reader in readers {
      guard let real = nodes[reader].op as? Convolution else { continue }
      merged[reader].op = BinaryLayer(real: real)
    }
  }
  return merged
}

/// Whether a node is a convolution whose kernel can take its input in bits.
private func isBinary(_ node: DraftNode, _ inference: Inference) -> Bool {
  guard let op = node.op as? Convolution, op.groups == 1,
    let input = inference.values[node.inputs[0]], let output = inference.values[node.outputs[0]],
    input.type == .float32, output.type == .float32, input.shape.rank == 4,
    input.shape.count > 0, output.shape.count > 0, !node.parameters.isEmpty
  else { return false }
  let geometry = WindowGeometry(op.window, input: input.shape, output: output.shape)
  return geometry.hasModestHalo
    && BinaryWeights.areBinary(node.parameters[0].decoded(), channels: op.outputChannels)
}
