/// The order of the nodes of an ONNX graph.
enum ONNXTopology {
  /// The positions of the nodes that the outputs need, each after what it takes.
  ///
  /// The file's own order is kept where it works. Time is linear in the size of the graph.
  ///
  /// - Parameters:
  ///   - nodes: the nodes of the file.
  ///   - given: the names of inputs and initializers.
  ///   - outputs: the names of the graph's outputs.
  /// - Returns: positions in `nodes`.
  /// - Throws: ``FormatError`` for a value that nothing or more than one node makes, and for cycles.
  static func order(
    of nodes: [ONNXNodeProto],
    given: Set<String>,
    outputs: [String]
  ) throws(FormatError) -> [Int] {
    var producer: [String: Int] = [:]
    for (position, node) in nodes.enumerated() {
      for name in node.output where !name.isEmpty {
        guard !given.contains(name), producer.updateValue(position, forKey: name) == nil else {
          throw FormatError(
            "value \"\(name)\"",
            expected: "one node or input that makes it",
            actual: "two"
          )
        }
      }
    }
    for name in outputs where producer[name] == nil && !given.contains(name) {
      throw FormatError("output \"\(name)\"", expected: "a node that makes it", actual: "none")
    }
    let needed = try needed(nodes, producer, given, outputs)
    // Kahn's algorithm; nodes that are ready are taken in the file's order within one sweep.
    var missing = [Int](repeating: 0, count: nodes.count)
    var users: [Int: [Int]] = [:]
    for position in nodes.indices where needed[position] {
      for made in Set(nodes[position].input.compactMap { producer[$0] }) {
        missing[position] += 1
        users[made, default: []].append(position)
      }
    }
    var ready = nodes.indices.filter { needed[$0] && missing[$0] == 0 }
    if isOrdered(nodes, needed, producer) { return nodes.indices.filter { needed[$0] } }
    var next = 0
    while next < ready.count {
      for user in users[ready[next]] ?? [] {
        missing[user] -= 1
        if missing[user] == 0 { ready.append(user) }
      }
      next += 1
    }
    guard ready.count == needed.count(where: { $0 }) else {
      throw FormatError("graph", expected: "no cycle", actual: "nodes that need each other")
    }
    return ready
  }

  /// Whether each needed node comes after those whose values it takes.
  private static func isOrdered(
    _ nodes: [ONNXNodeProto],
    _ needed: [Bool],
    _ producer: [String: Int]
  ) -> Bool {
    nodes.indices.allSatisfy { position in
      !needed[position] || nodes[position].input.allSatisfy { (producer[$0] ?? -1) < position }
    }
  }

  /// Which nodes the outputs depend on.
  private static func needed(
    _ nodes: [ONNXNodeProto],
    _ producer: [String: Int],
    _ given: Set<String>,
    _ outputs: [String]
  ) throws(FormatError) -> [Bool] {
    var needed = [Bool](repeating: false, count: nodes.count)
    var open = outputs.compactMap { producer[$0] }
    for position in open { needed[position] = true }
    while let position = open.popLast() {
      for name in nodes[position].input where !name.isEmpty && !given.contains(name) {
        guard let made = producer[name] else {
          throw FormatError(
            "\(ONNXSourceGraph.type(of: nodes[position])) \"\(nodes[position].name)\"",
            expected: "inputs that an input, an initializer or a node makes",
            actual: "\"\(name)\""
          )
        }
        if !needed[made] {
          needed[made] = true
          open.append(made)
        }
      }
    }
    return needed
  }
}
