/// When each value of a model is made and last used.
public struct Lifetimes: Sendable {
  /// The position of the node that uses a value last; a value nobody uses ends where it is made,
  /// an output of the model after the last node.
  public var lastUse: [String: Int] = [:]
  /// The values that end with the node at a position.
  public var endingAt: [Int: [String]] = [:]
}

extension Model {
  /// Finds how long each value must be kept when nodes run in order.
  public func lifetimes() -> Lifetimes {
    var lifetimes = Lifetimes()
    for input in inputs { lifetimes.lastUse[input.name] = 0 }
    for (position, node) in nodes.enumerated() {
      for name in node.inputs + node.outputs { lifetimes.lastUse[name] = position }
    }
    for output in outputs { lifetimes.lastUse[output] = nodes.count }
    for (name, position) in lifetimes.lastUse.sorted(by: { $0.key < $1.key }) {
      lifetimes.endingAt[position, default: []].append(name)
    }
    return lifetimes
  }

  /// The positions of the nodes that take each value.
  public func consumers() -> [String: [Int]] {
    var consumers: [String: [Int]] = [:]
    for (position, node) in nodes.enumerated() {
      for name in Set(node.inputs) { consumers[name, default: []].append(position) }
    }
    return consumers
  }

  /// The position of the node that makes each value.
  public func producers() -> [String: Int] {
    var producers: [String: Int] = [:]
    for (position, node) in nodes.enumerated() {
      for name in node.outputs { producers[name] = position }
    }
    return producers
  }
}
