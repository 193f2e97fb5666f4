package import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

extension Model {
  /// Lets every user of a value expect its channels in another order.
  ///
  /// The order is carried through operators that work channel by channel to the layers that mix channels,
  /// whose weights are reordered; where that is not possible, a `Gather` restores the old order.
  ///
  /// - Parameters:
  ///   - value: a value that a node makes and that holds channel `order[i]` of old at its place `i`.
  ///   - order: every channel once.
  /// - Throws: `ModelError` where the graph does not hold together.
  package mutating func reorderUsers(of value: String, _ order: [Int]) throws {
    guard order != Array(order.indices) else { return }
    let inference = try infer()
    var reordering = Reordering(self, inference)
    if reordering.carry(value, order) {
      for (key, edits) in reordering.edits {
        guard var tensor = parameters[key]?.decoded() else { continue }
        for edit in edits { tensor = tensor.selecting(edit.order, axis: edit.axis) }
        parameters[key] = Dense(tensor)
      }
    } else {
      restoreOrder(of: value, order, Set(inference.values.keys).union(nodes.map(\.name)))
    }
  }

  /// Puts a `Gather` with fixed indices behind the node that makes a value.
  private mutating func restoreOrder(of value: String, _ order: [Int], _ taken: Set<String>) {
    guard let position = producers()[value],
      let output = nodes[position].outputs.firstIndex(of: value)
    else { preconditionFailure("no node makes \(value)") }
    var inverse = order
    for (place, channel) in order.enumerated() { inverse[channel] = place }
    var builder = LayerBuilder(taken: taken, seed: 0)
    let indices = Tensor([order.count], integers: inverse)
    let name = builder.add(
      "\(value)/order",
      Constant(indices.spec, isFixed: true),
      [],
      ["value": Constant.encoding(of: indices)]
    )
    let mixed = "\(name)/mixed"
    let old = nodes[position]
    var node = old
    node.outputs[output] = mixed
    nodes[position] = node
    builder.finish("\(value)/ordered", Gather(axis: 1), [mixed, name], for: old)
    nodes.insert(contentsOf: builder.nodes, at: position + 1)
    parameters.merge(builder.parameters) { _, new in new }
  }
}

/// Finds which weights change when the channels of a value come in another order.
private struct Reordering {
  private let model: Model
  private let inference: Inference
  private let links: Links
  private(set) var edits: [String: [(axis: Int, order: [Int])]] = [:]

  init(_ model: Model, _ inference: Inference) {
    (self.model, self.inference) = (model, inference)
    links = Links(model)
  }

  /// Whether every user of a value can take the order on.
  mutating func carry(_ value: String, _ order: [Int]) -> Bool {
    guard !model.outputs.contains(value) else { return false }
    for position in links.consumers[value] ?? [] {
      guard carry(through: model.nodes[position], value, order) else { return false }
    }
    return true
  }

  private mutating func carry(through node: Node, _ value: String, _ order: [Int]) -> Bool {
    guard let spec = inference.values[value], node.inputs.count == 1, node.outputs.count == 1 else {
      return false
    }
    func edit(_ parameter: String, _ axis: Int) {
      let key = Model.key(node.name, parameter)
      if model.parameters[key] != nil { edits[key, default: []].append((axis, order)) }
    }
    switch node.op {
    case let op as Convolution:
      if op.groups == 1 {
        edit("weight", 1)
        return true
      }
      guard op.groups == spec.shape[1], op.outputChannels == op.groups else { return false }
      edit("weight", 0)
      edit("bias", 0)
    case is FullyConnected:
      guard spec.shape.rank == 2 else { return false }
      edit("weight", 1)
      return true
    case is BatchNormalization:
      for parameter in ["scale", "bias", "mean", "variance"] { edit(parameter, 0) }
    case let op as Flatten:
      guard op.axis == 1, spec.shape.rank >= 2 else { return false }
      let area = spec.shape.count(from: 2)
      return carry(
        node.outputs[0],
        order.flatMap { channel in (0..<area).map { channel * area + $0 } }
      )
    default:
      guard ChannelwiseOperators.contains(node.op) else { return false }
    }
    return carry(node.outputs[0], order)
  }
}

/// Operators that treat every channel alike and by itself, and have no parameters.
enum ChannelwiseOperators {
  /// Whether an operator is one of them.
  static func contains(_ op: any Operator) -> Bool {
    op is MaxPool || op is AveragePool || op is GlobalAveragePool || op is GlobalMaxPool
      || isElementwise(op)
  }

  /// Whether an operator of one input treats every element alike, and has no parameters.
  static func isElementwise(_ op: any Operator) -> Bool {
    op is any ElementwiseOperator || op is Clip || op is Dropout
  }
}
