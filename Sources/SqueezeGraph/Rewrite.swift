/// A change of a model that keeps or redesigns its function.
public protocol Rewrite: Sendable {
  /// The rewritten model.
  ///
  /// A caller that needs the model no longer hands it over by `consume`; a rewrite that replaces
  /// parameters one by one then lets go of each old one at once.
  func apply(to model: consuming Model) throws -> Model
}

extension Model {
  /// The model after some rewrites, one after the other.
  public consuming func applying(_ rewrites: [any Rewrite]) throws -> Model {
    for rewrite in rewrites { self = try rewrite.apply(to: self) }
    return self
  }

  /// Lets every user of some values take others instead; the model's outputs too.
  ///
  /// Replacements are followed to their end, so chains are allowed.
  public mutating func replaceUses(_ replacement: [String: String]) {
    guard !replacement.isEmpty else { return }
    func final(_ name: String) -> String {
      var name = name
      var steps = 0
      while let next = replacement[name], steps <= replacement.count {
        name = next
        steps += 1
      }
      return name
    }
    for i in nodes.indices { nodes[i].inputs = nodes[i].inputs.map(final) }
    outputs = outputs.map(final)
  }

  /// Removes nodes by position, with their parameters.
  public mutating func removeNodes(at positions: Set<Int>) {
    guard !positions.isEmpty else { return }
    let gone = Set(positions.map { nodes[$0].name })
    nodes = nodes.enumerated().filter { !positions.contains($0.offset) }.map(\.element)
    parameters = parameters.filter { key, _ in
      guard let dot = key.lastIndex(of: ".") else { return true }
      return !gone.contains(String(key[..<dot]))
    }
  }

  /// Removes nodes of which no output is used.
  public mutating func removeUnusedNodes() {
    var needed = Set(outputs)
    var unused: Set<Int> = []
    for position in nodes.indices.reversed() {
      if nodes[position].outputs.contains(where: needed.contains) {
        needed.formUnion(nodes[position].inputs)
      } else {
        unused.insert(position)
      }
    }
    removeNodes(at: unused)
  }
}
