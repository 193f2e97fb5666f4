import SqueezeGraph
import SqueezeTensor

/// Which channels of all values of a model stand and fall together.
///
/// Every channel of every value is one element; operators tie elements by their `ChannelFlow`, in a forest
/// of disjoint sets. What no operator can spare is pinned, with the reason.
struct ChannelTies {
  /// A value that has channels, and where its elements begin.
  struct Value {
    let name: String
    let first: Int
    let count: Int
    var elements: Range<Int> { first..<first + count }
  }

  /// Blocks of equal size of a value of which equally many elements have to stay.
  struct Balance {
    let value: Int
    let blocks: Int
  }

  private(set) var values: [Value] = []
  private(set) var positions: [String: Int] = [:]
  private(set) var balances: [Balance] = []
  /// Why an element cannot go.
  private(set) var pins: [Int: String] = [:]
  private var parents: [Int32] = []

  /// Follows the channels through a model.
  init(_ model: Model, _ inference: Inference) {
    let names = model.inputs.map(\.name) + model.nodes.flatMap(\.outputs)
    for name in names {
      guard let shape = inference.values[name]?.shape, shape.rank >= 2 else { continue }
      positions[name] = values.count
      values.append(Value(name: name, first: parents.count, count: shape[1]))
      parents += (parents.count..<parents.count + shape[1]).map { Int32($0) }
    }
    for input in model.inputs { pin(input.name, "an input of the model") }
    for output in model.outputs { pin(output, "an output of the model") }
    for node in model.nodes { follow(node, inference) }
  }

  /// The representative of an element's set.
  mutating func root(_ element: Int) -> Int {
    var root = element
    while Int(parents[root]) != root { root = Int(parents[root]) }
    var next = element
    while Int(parents[next]) != root {
      let parent = Int(parents[next])
      parents[next] = Int32(root)
      next = parent
    }
    return root
  }

  private mutating func tie(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    // The smaller number leads, so that sets are named in the order of the graph.
    if a < b { parents[b] = Int32(a) } else { parents[a] = Int32(b) }
  }

  private mutating func pin(_ name: String, _ reason: String) {
    guard let position = positions[name] else { return }
    for element in values[position].elements where pins[element] == nil { pins[element] = reason }
  }

  private func value(_ name: String) -> Value? { positions[name].map { values[$0] } }

  // MARK: - One node

  private mutating func follow(_ node: Node, _ inference: Inference) {
    let inputs = inference.inputs(of: node)
    let name = "\(type(of: node.op).name) \"\(node.name)\""
    guard node.followsChannels(for: inputs) else {
      return refuse(node, "\(name) has parameters that cannot lose channels")
    }
    let isFollowed: Bool
    switch node.op.channelFlow {
    case .opaque: isFollowed = false
    case .mixes, .mixesWithin:
      // Over more axes than two a fully connected layer leaves the channels of axis 1 apart.
      isFollowed = node.mixesChannels(for: inputs) ? mix(node) : preserve(node)
    case .preserves: isFollowed = preserve(node)
    case .ties: isFollowed = meet(node, inference)
    case .concatenates: isFollowed = join(node.inputs, into: node.outputs)
    case .splits: isFollowed = join(node.outputs, into: node.inputs)
    case .shuffles(let groups): isFollowed = shuffle(node, groups)
    case .flattens: isFollowed = flatten(node)
    }
    if !isFollowed { refuse(node, "\(name) needs all channels") }
  }

  private mutating func refuse(_ node: Node, _ reason: String) {
    for name in node.inputs + node.outputs { pin(name, reason) }
  }

  /// Input channels end and output channels begin; groups have to stay equally wide.
  private mutating func mix(_ node: Node) -> Bool {
    guard let x = value(node.inputs[0]), let y = value(node.outputs[0]) else { return false }
    let groups = node.channelBlocks
    guard groups > 1 else { return true }
    guard x.count % groups == 0, y.count % groups == 0 else { return false }
    if x.count == groups {
      // Depthwise: a channel takes its whole group along.
      let fan = y.count / groups
      for channel in 0..<y.count { tie(x.first + channel / fan, y.first + channel) }
    } else {
      for name in [node.inputs[0], node.outputs[0]] {
        if let position = positions[name] {
          balances.append(Balance(value: position, blocks: groups))
        }
      }
    }
    return true
  }

  private mutating func preserve(_ node: Node) -> Bool {
    guard let x = value(node.inputs[0]) else { return false }
    for name in node.outputs {
      guard let y = value(name), y.count == x.count else { return false }
      for channel in 0..<x.count { tie(x.first + channel, y.first + channel) }
    }
    return node.inputs.count == 1
  }

  /// Channels of several inputs meet, aligned from the last axis as broadcasting does.
  private mutating func meet(_ node: Node, _ inference: Inference) -> Bool {
    guard let y = value(node.outputs[0]), node.outputs.count == 1,
      let rank = inference.values[node.outputs[0]]?.shape.rank
    else { return false }
    for name in node.inputs {
      guard let shape = inference.values[name]?.shape else { return false }
      let axis = 1 - (rank - shape.rank)
      // One number for all channels ties nothing, but has to stay.
      if axis < 0 { continue }
      if shape[axis] == 1, y.count > 1 {
        pin(name, "a value that \"\(node.name)\" spreads over all channels")
        continue
      }
      guard axis == 1, let x = value(name), x.count == y.count else { return false }
      for channel in 0..<x.count { tie(x.first + channel, y.first + channel) }
    }
    return true
  }

  /// The channels of several values are those of one, one value after the other.
  private mutating func join(_ parts: [String], into whole: [String]) -> Bool {
    guard whole.count == 1, let y = value(whole[0]) else { return false }
    let values = parts.compactMap { value($0) }
    guard values.count == parts.count, values.reduce(0, { $0 + $1.count }) == y.count else {
      return false
    }
    var next = y.first
    for x in values {
      for channel in 0..<x.count { tie(x.first + channel, next + channel) }
      next += x.count
    }
    return true
  }

  /// Position `i` of all groups goes together, so that what is left is shuffled the same way.
  private mutating func shuffle(_ node: Node, _ groups: Int) -> Bool {
    guard let x = value(node.inputs[0]), let y = value(node.outputs[0]), x.count == y.count,
      groups >= 1, x.count % groups == 0
    else { return false }
    let size = x.count / groups
    for i in 0..<size {
      for group in 0..<groups {
        tie(x.first + group * size + i, y.first + i * groups + group)
        tie(x.first + i, x.first + group * size + i)
      }
    }
    return true
  }

  private mutating func flatten(_ node: Node) -> Bool {
    guard let x = value(node.inputs[0]), let y = value(node.outputs[0]), x.count > 0,
      y.count % x.count == 0
    else { return false }
    let positions = y.count / x.count
    for feature in 0..<y.count { tie(x.first + feature / positions, y.first + feature) }
    return true
  }
}
