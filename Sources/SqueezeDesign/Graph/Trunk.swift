import SqueezeGraph
import SqueezeOperators

/// The values that everything passes through on its way from a model's inputs to its outputs.
struct Trunk {
  /// The values behind which a pool may stand: ends of convolutions or modules, with a layer to come.
  private(set) var slots: [String] = []
  /// The positions of pools with a stride that lie on the trunk.
  private(set) var pools: [Int] = []

  /// Finds the trunk of a model.
  ///
  /// - Parameters:
  ///   - model: the model; only its graph counts.
  ///   - ranks: the number of axes of every value.
  init(_ model: Model, _ ranks: [String: Int]) {
    let lastUse = model.lifetimes().lastUse
    let links = Links(model)
    var isData = Set(model.inputs.map(\.name))
    var live = isData
    var trunk = live.count == 1 ? live : []
    let lastLayer = model.nodes.lastIndex { $0.op is Convolution || $0.op is FullyConnected } ?? -1
    var hasLayer = false
    for (position, node) in model.nodes.enumerated() {
      // A layer that only squeezes is the beginning of a module, not an end.
      if let op = node.op as? Convolution, op.window.kernelCount > 1 { hasLayer = true }
      if node.inputs.contains(where: isData.contains) {
        isData.formUnion(node.outputs)
        live.formUnion(node.outputs)
      }
      live = live.filter { (lastUse[$0] ?? 0) > position }
      guard live.count == 1, let value = live.first else { continue }
      let isNew = trunk.insert(value).inserted
      if Self.isPool(node.op), node.inputs.allSatisfy(trunk.contains), node.outputs == [value] {
        pools.append(position)
      }
      guard isNew, hasLayer, position < lastLayer, (ranks[value] ?? 0) >= 3,
        !Self.continues(value, model, links)
      else { continue }
      slots.append(value)
      hasLayer = false
    }
  }

  private static func isPool(_ op: any Operator) -> Bool {
    switch op {
    case let op as MaxPool: op.window.stride.contains { $0 > 1 }
    case let op as AveragePool: op.window.stride.contains { $0 > 1 }
    default: false
    }
  }

  /// Whether an activation or normalization follows, which belongs to the layer before.
  private static func continues(_ value: String, _ model: Model, _ links: Links) -> Bool {
    guard let next = links.onlyConsumer(of: value).map({ model.nodes[$0].op }) else { return false }
    return ChannelwiseOperators.isElementwise(next) && !(next is Dropout)
      || next is BatchNormalization || next is LocalResponseNormalization
  }
}

extension Model {
  /// Puts a node of one input and one output behind a value: whoever took the value takes the node's.
  mutating func insert(_ node: Node, behind value: String) {
    let position = producers()[value].map { $0 + 1 } ?? 0
    replaceUses([value: node.outputs[0]])
    nodes.insert(
      Node(node.name, node.op, inputs: [value], outputs: node.outputs),
      at: position
    )
  }
}
