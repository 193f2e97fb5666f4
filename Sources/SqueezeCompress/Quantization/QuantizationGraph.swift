import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Which values of a model go on grids, which share one, and the model that results.
struct QuantizationGraph {
  private let model: Model
  /// The values that go on grids, in the order in which they are made.
  let values: [String]

  init(_ model: Model, _ inference: Inference) {
    self.model = model
    var users: [String: [Int]] = [:]
    for (index, node) in model.nodes.enumerated() {
      for name in node.inputs { users[name, default: []].append(index) }
    }
    // A layer's inputs and its result; with an activation that only clips, the result of that. What
    // only changes shape goes along.
    var chosen: Set<String> = []
    for node in model.nodes where Self.takesPart(node, inference) {
      chosen.formUnion(node.inputs)
      chosen.formUnion(node.outputs)
    }
    for node in model.nodes where Self.takesPart(node, inference) {
      let result = node.outputs[0]
      guard let next = users[result], next.count == 1, !model.outputs.contains(result),
        Self.clips(model.nodes[next[0]].op)
      else { continue }
      chosen.remove(result)
      chosen.insert(model.nodes[next[0]].outputs[0])
    }
    for node in model.nodes where node.op is Flatten || node.op is Reshape {
      if node.inputs.allSatisfy(chosen.contains) { chosen.formUnion(node.outputs) }
    }
    chosen.subtract(Self.idle(chosen, model, inference, users))
    let order = model.inputs.map(\.name) + model.nodes.flatMap(\.outputs)
    values = order.filter { chosen.contains($0) && inference.values[$0]?.type == .float32 }
  }

  /// Whether integers can compute a node.
  private static func takesPart(_ node: Node, _ inference: Inference) -> Bool {
    let inputs = inference.inputs(of: node)
    guard node.outputs.count == 1, !inputs.isEmpty, inputs.allSatisfy({ $0.type == .float32 })
    else {
      return false
    }
    switch node.op {
    case is Convolution, is MaxPool, is AveragePool, is GlobalAveragePool: return true
    case is FullyConnected: return inputs[0].shape.rank == 2
    case is Add: return inputs[0].shape == inputs[1].shape && (2...4).contains(inputs[0].shape.rank)
    case let op as Concatenate:
      let rank = inputs[0].shape.rank
      return (rank == 3 || rank == 4) && (op.axis == 1 || op.axis == 1 - rank)
    default: return false
    }
  }

  /// The chosen values that no integer operator takes and that no layer with weights makes.
  ///
  /// Means right before the scores are such: a grid would only make close scores equal.
  private static func idle(
    _ chosen: Set<String>,
    _ model: Model,
    _ inference: Inference,
    _ users: [String: [Int]]
  ) -> Set<String> {
    var idle: Set<String> = []
    var layers: Set<String> = []
    for node in model.nodes {
      let isLayer = node.op is Convolution || node.op is FullyConnected
      if isLayer || clips(node.op) && node.inputs.allSatisfy(layers.contains) {
        layers.formUnion(node.outputs)
      }
    }
    for node in model.nodes.reversed() {
      for name in node.outputs where chosen.contains(name) && !layers.contains(name) {
        let isUsed = (users[name] ?? []).contains { index in
          let user = model.nodes[index]
          if user.op is Flatten || user.op is Reshape {
            return chosen.contains(user.outputs[0]) && !idle.contains(user.outputs[0])
          }
          return takesPart(user, inference) && !user.outputs.allSatisfy(idle.contains)
        }
        if !isUsed { idle.insert(name) }
      }
    }
    return idle
  }

  private static func clips(_ op: any Operator) -> Bool { op is ReLU || op is Clip }

  /// The values in groups that share a grid because they are the same numbers: what pools by maximum,
  /// what only changes shape, and the parts of a concatenation.
  var groups: [[String]] {
    var groups = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    for node in model.nodes {
      guard node.op is MaxPool || node.op is Flatten || node.op is Reshape || node.op is Concatenate
      else { continue }
      let joined = Set((node.inputs + node.outputs).compactMap { groups[$0] })
      guard let first = joined.min(), joined.count > 1 else { continue }
      groups = groups.mapValues { joined.contains($0) ? first : $0 }
    }
    return Dictionary(grouping: values) { groups[$0] ?? 0 }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The model with pairs around its values.
  func withPairs(_ grids: [String: QuantizationGrid]) -> Model {
    var result = model
    result.nodes = []
    var restored: [String: String] = [:]
    func pair(_ name: String, from source: String, to target: String) {
      guard let grid = grids[name] else { return }
      let middle = "\(name)/quantized"
      result.nodes.append(Node(middle, QuantizeLinear(grid), inputs: [source]))
      result.nodes.append(
        Node("\(name)/restored", DequantizeLinear(grid), inputs: [middle], outputs: [target])
      )
    }
    for input in model.inputs where grids[input.name] != nil {
      let target = "\(input.name)/restored"
      pair(input.name, from: input.name, to: target)
      restored[input.name] = target
    }
    for node in model.nodes {
      var node = node
      node.inputs = node.inputs.map { restored[$0] ?? $0 }
      let made = node.outputs
      node.outputs = made.map { grids[$0] == nil ? $0 : "\($0)/real" }
      result.nodes.append(node)
      for name in made where grids[name] != nil {
        pair(name, from: "\(name)/real", to: name)
      }
    }
    return result
  }
}
