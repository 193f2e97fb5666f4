import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Makes channels exactly zero, by rules of the operators' own formulas and none of the pruning's code.
enum Silencing {
  /// The channels of some sets by value.
  static func channels(_ sets: [ChannelSet], _ groups: ChannelGroups) -> [String: Set<Int>] {
    var result: [String: Set<Int>] = [:]
    for set in sets {
      for (value, channels) in groups.channels(of: set) {
        result[value, default: []].formUnion(channels)
      }
    }
    return result
  }

  /// The model whose layers make nothing but zeros in some channels: weights, biases and normalizations.
  static func makers(_ model: Model, _ channels: [String: Set<Int>]) throws -> Model {
    try changing(model) { node, name, row, column, inputs in
      let gone = channels[node.outputs[0]] ?? []
      switch (node.op, name) {
      case (let op as TransposedConvolution, "weight"):
        let perGroup = op.outputChannels / op.groups
        return gone.contains(row / (inputs[0].shape[1] / op.groups) * perGroup + column)
      case (is Convolution, _), (is TransposedConvolution, _): return gone.contains(row)
      case (is FullyConnected, _): return gone.contains(row)
      case (is BatchNormalization, "scale"), (is BatchNormalization, "bias"):
        return gone.contains(row)
      default: return false
      }
    }
  }

  /// The model whose layers read nothing of some channels.
  static func readers(_ model: Model, _ channels: [String: Set<Int>]) throws -> Model {
    try changing(model) { node, name, row, column, inputs in
      guard name == "weight" else { return false }
      let gone = channels[node.inputs[0]] ?? []
      switch node.op {
      case is TransposedConvolution: return gone.contains(row)
      case let op as Convolution:
        let perGroup = inputs[0].shape[1] / op.groups
        return gone.contains(row / (op.outputChannels / op.groups) * perGroup + column)
      case is FullyConnected: return inputs[0].shape.rank == 2 && gone.contains(column)
      default: return false
      }
    }
  }

  /// Zeroes the elements of parameters that a rule picks.
  private static func changing(
    _ model: Model,
    _ isZero: (Node, _ parameter: String, _ row: Int, _ column: Int, [TensorSpec]) -> Bool
  ) throws -> Model {
    var result = model
    let inference = try model.infer()
    for node in model.nodes {
      let inputs = inference.inputs(of: node)
      for spec in try node.op.parameters(for: inputs) {
        let key = Model.key(node.name, spec.name)
        let shape = spec.spec.shape
        guard let encoding = model.parameters[key], shape.rank >= 1, spec.spec.type.isReal else {
          continue
        }
        var tensor = encoding.decoded()
        let columns = shape.rank > 1 ? shape[1] : 1
        let inner = shape.rank > 2 ? shape.count(from: 2) : 1
        for row in 0..<shape[0] {
          for column in 0..<columns where isZero(node, spec.name, row, column, inputs) {
            let first = (row * columns + column) * inner
            for i in first..<first + inner { tensor.scalars[i] = 0 }
          }
        }
        result.parameters[key] = Dense(tensor)
      }
    }
    return result
  }

  /// Numbers for every input of a model.
  static func inputs(_ model: Model, seed: UInt64) -> [String: Tensor] {
    var random = SeededGenerator(seed: seed)
    var result: [String: Tensor] = [:]
    for input in model.inputs { result[input.name] = random.tensor(TensorSpec(input.shape())) }
    return result
  }

  /// An importance that is as good as random, the same for the same channels and seed.
  static func randomImportance(seed: UInt64) -> ChannelImportance {
    .custom { group, channels in
      var hash = seed
      for (value, list) in channels.sorted(by: { $0.key < $1.key }) {
        for byte in value.utf8 { hash = hash &* 31 &+ UInt64(byte) }
        for channel in list { hash = hash &* 31 &+ UInt64(channel) }
      }
      var random = SeededGenerator(seed: hash)
      return 0.5 + Double(random.uniform())
    }
  }
}
