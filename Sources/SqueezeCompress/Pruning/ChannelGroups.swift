public import SqueezeGraph
public import SqueezeTensor

/// Channels of several values that can only be removed together.
public struct ChannelSet: Sendable, Hashable {
  /// The elements of ``ChannelTies``, ascending.
  let elements: [Int32]
}

/// The sets of channels that the same layers make, such as the 64 filters of a convolution.
///
/// Layers whose outputs are added, or meet in any other way, share one group.
public struct ChannelGroup: Sendable {
  /// The first layer that makes the channels.
  public var name: String { producers[0] }
  /// The layers whose output channels these are, in the order of the graph.
  public let producers: [String]
  /// The layers whose input channels these are.
  public let consumers: [String]
  /// What can be removed, each by itself but for ``isBalanced``.
  public let sets: [ChannelSet]
  /// The number of sets that have to stay.
  public let fixedSets: Int
  /// Why sets have to stay; `nil` where none has to.
  public let refusal: String?
  /// Whether groups of a convolution have to stay equally wide, so that sets go several at a time.
  public var isBalanced: Bool { !balances.isEmpty }
  let balances: [ChannelTies.Balance]
}

/// All channels of a model that can be removed, found once by following `ChannelFlow` through the graph.
///
/// Concatenations, splits, residual additions, depthwise and grouped convolutions, shuffles and flattening
/// are followed; the model's inputs and outputs, and whatever an operator needs as a whole, stay.
///
/// Sources: Li et al., "Pruning Filters for Efficient ConvNets" (2017), §3; Fang et al., "DepGraph: Towards
/// Any Structural Pruning" (2023), §3, on what is coupled.
public struct ChannelGroups: Sendable {
  /// Every group of channels, in the order of the graph, also those of which nothing can go.
  public let groups: [ChannelGroup]
  let values: [ChannelTies.Value]
  let positions: [String: Int]
  let inference: Inference
  /// The value that each node makes first, by the node's name.
  private let outputs: [String: String]

  /// Follows the channels of a model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - shapes: the shapes of inputs whose sizes are open beyond the batch; 1 where left out.
  /// - Throws: ``ModelError`` where the graph does not hold together.
  public init(of model: Model, shapes: [String: Shape] = [:]) throws {
    inference = try model.infer(shapes)
    var ties = ChannelTies(model, inference)
    values = ties.values
    positions = ties.positions
    outputs = Dictionary(
      model.nodes.compactMap { node in node.outputs.first.map { (node.name, $0) } },
      uniquingKeysWith: { first, _ in first }
    )
    groups = Self.groups(model, inference, &ties)
  }

  /// The group that has a layer's output channels.
  public func group(producedBy node: String) -> ChannelGroup? {
    groups.first { $0.producers.contains(node) }
  }

  /// The channels of a set by value, ascending.
  public func channels(of set: ChannelSet) -> [String: [Int]] {
    var result: [String: [Int]] = [:]
    forEachChannel(of: set) { result[values[$0].name, default: []].append($1) }
    return result
  }

  /// Visits the channels of a set in order, as positions of values and channels.
  func forEachChannel(of set: ChannelSet, _ body: (_ value: Int, _ channel: Int) -> Void) {
    var value = 0
    for element in set.elements {
      let element = Int(element)
      if !values[value].elements.contains(element) { value = valuePosition(of: element) }
      body(value, element - values[value].first)
    }
  }

  /// The value an element belongs to.
  private func valuePosition(of element: Int) -> Int {
    var (low, high) = (0, values.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if values[middle].first <= element { low = middle } else { high = middle }
    }
    return low
  }

  /// The position of the value that a layer makes.
  func output(of node: String) -> Int? { outputs[node].flatMap { positions[$0] } }

  // MARK: - Finding groups

  /// Gathers sets whose channels come from the same layer, or share a balance.
  private static func groups(
    _ model: Model,
    _ inference: Inference,
    _ ties: inout ChannelTies
  ) -> [ChannelGroup] {
    let count = ties.values.last.map { $0.first + $0.count } ?? 0
    var members: [Int: [Int32]] = [:]
    var pins: [Int: String] = [:]
    for element in 0..<count {
      let root = ties.root(element)
      members[root, default: []].append(Int32(element))
      if pins[root] == nil, let reason = ties.pins[element] { pins[root] = reason }
    }
    var families = Families()
    var producers: [(node: String, root: Int)] = []
    var consumers: [(node: String, roots: Set<Int>)] = []
    for node in model.nodes {
      let inputs = inference.inputs(of: node)
      guard node.mixesChannels(for: inputs), let x = ties.positions[node.inputs[0]],
        let y = ties.positions[node.outputs[0]]
      else { continue }
      consumers.append((node.name, Set(ties.values[x].elements.map { ties.root($0) })))
      // A depthwise convolution has channels of its own of no other.
      if node.channelBlocks > 1, ties.values[x].count == node.channelBlocks { continue }
      let roots = ties.values[y].elements.map { ties.root($0) }
      families.join(roots)
      producers.append((node.name, roots[0]))
    }
    for balance in ties.balances {
      families.join(ties.values[balance.value].elements.map { ties.root($0) })
    }

    var order: [Int] = []
    var names: [Int: [String]] = [:]
    for (node, root) in producers {
      let family = families.root(root)
      if names[family] == nil { order.append(family) }
      names[family, default: []].append(node)
    }
    var sets: [Int: [Int]] = [:]
    for root in members.keys.sorted() { sets[families.root(root), default: []].append(root) }
    var takers: [Int: [String]] = [:]
    for (node, roots) in consumers {
      for family in Set(roots.map { families.root($0) }) {
        takers[family, default: []].append(node)
      }
    }
    var balances: [Int: [ChannelTies.Balance]] = [:]
    for balance in ties.balances {
      let family = families.root(ties.root(ties.values[balance.value].first))
      balances[family, default: []].append(balance)
    }
    return order.map { family in
      let roots = sets[family] ?? []
      let free = roots.filter { pins[$0] == nil }
      return ChannelGroup(
        producers: names[family] ?? [],
        consumers: takers[family] ?? [],
        sets: free.map { ChannelSet(elements: members[$0] ?? []) },
        fixedSets: roots.count - free.count,
        refusal: roots.compactMap { pins[$0] }.first,
        balances: balances[family] ?? []
      )
    }
  }
}

/// Disjoint families of numbers.
private struct Families {
  private var parents: [Int: Int] = [:]

  mutating func root(_ number: Int) -> Int {
    var root = number
    while let parent = parents[root], parent != root { root = parent }
    var next = number
    while let parent = parents[next], parent != root {
      parents[next] = root
      next = parent
    }
    return root
  }

  mutating func join(_ numbers: [Int]) {
    guard let first = numbers.first else { return }
    for number in numbers.dropFirst() {
      let (a, b) = (root(first), root(number))
      if a != b { parents[max(a, b)] = min(a, b) }
    }
  }
}
