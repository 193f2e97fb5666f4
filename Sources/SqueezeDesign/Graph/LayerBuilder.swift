import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Collects the nodes and parameters that take the place of one node.
struct LayerBuilder {
  private(set) var nodes: [Node] = []
  private(set) var parameters: [String: any ParameterEncoding] = [:]
  private var taken: Set<String>
  private var random: SeededGenerator

  /// Creates an empty builder.
  ///
  /// - Parameters:
  ///   - taken: names of nodes and values that new nodes must not have.
  ///   - seed: of new weights.
  init(taken: Set<String>, seed: UInt64) {
    self.taken = taken
    random = SeededGenerator(seed: seed)
  }

  /// The name itself, or with a number where it is taken.
  private mutating func unique(_ name: String) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(name).\(number)"
      number += 1
    }
    return candidate
  }

  /// Adds a node of a new name, or in the place of `node`: with its name and outputs.
  mutating func add(
    _ name: String,
    _ op: any Operator,
    _ inputs: [String],
    as node: Node? = nil,
    _ parameters: [String: any ParameterEncoding] = [:]
  ) -> String {
    let name = node?.name ?? unique(name)
    let outputs = node?.outputs ?? [name]
    nodes.append(Node(name, op, inputs: inputs, outputs: outputs))
    for (key, value) in parameters { self.parameters[Model.key(name, key)] = value }
    return outputs[0]
  }

  /// Adds a node that makes another node's outputs under a new name.
  mutating func finish(_ name: String, _ op: any Operator, _ inputs: [String], for node: Node) {
    nodes.append(Node(unique(name), op, inputs: inputs, outputs: node.outputs))
  }

  /// Adds a convolution.
  ///
  /// Without a weight one is drawn; without a bias it is zeros where `op` has one. With `node` it takes that node's
  /// place.
  mutating func convolution(
    _ name: String,
    _ op: Convolution,
    weight: Tensor? = nil,
    bias: (any ParameterEncoding)? = nil,
    channels inputs: Int,
    _ input: String,
    as node: Node? = nil
  ) -> String {
    let shape = Shape([op.outputChannels, inputs / op.groups] + op.window.kernelSize)
    var parameters: [String: any ParameterEncoding] = [
      "weight": Dense(weight ?? drawn(shape))
    ]
    if op.hasBias { parameters["bias"] = bias ?? Dense(Tensor(zeros: [op.outputChannels])) }
    return add(name, op, [input], as: node, parameters)
  }

  /// Uniform numbers of deviation `√(2 / inputs)`, after He et al., "Delving deep into rectifiers" (2015), §2.2.
  private mutating func drawn(_ shape: Shape) -> Tensor {
    let limit = (6 / Float(max(1, shape.count(from: 1)))).squareRoot()
    return Tensor(shape, (0..<shape.count).map { _ in random.uniform(-limit, limit) })
  }

  /// Adds the style's normalization, if any, and activation.
  mutating func active(_ name: String, _ style: LayerStyle, channels: Int, _ input: String)
    -> String
  {
    var value = input
    if let epsilon = style.epsilon {
      let (ones, zeros) = (
        Tensor([channels], [Float](repeating: 1, count: channels)), Tensor(zeros: [channels])
      )
      value = add(
        "\(name)/bn",
        BatchNormalization(epsilon: epsilon),
        [value],
        ["scale": Dense(ones), "bias": Dense(zeros), "mean": Dense(zeros), "variance": Dense(ones)]
      )
    }
    return add("\(name)/relu", style.activation, [value])
  }
}
