import SqueezeTensor

/// Which way gradients flow back through a model.
///
/// A value *carries* gradient where it depends on a trained parameter through operators with
/// gradients, and is *reached* where an output of the model depends on it likewise. Only reached
/// values need gradients, and only nodes that make one run backwards; all others can be left out
/// without changing any result.
public struct GradientFlow: Sendable, Hashable {
  /// The keys of the parameters that get gradients: by node, then as the operator names them.
  public var trained: [String] = []
  /// The names of the values that need gradients.
  public var values: Set<String> = []
  /// The positions of the nodes that run backwards, last first.
  public var nodes: [Int] = []

  /// Creates a flow in which nothing is trained.
  public init() {}
}

extension Model {
  /// Finds which nodes run backwards, and for which values and parameters.
  ///
  /// Derivatives of operators that only give integers, such as comparisons, are 0 almost everywhere,
  /// so gradients end there. Where that cuts a trained parameter off from every output, or where an
  /// operator without gradient gives reals, training would silently do something else than meant.
  ///
  /// - Parameters:
  ///   - inference: the specs of all values.
  ///   - frozen: the keys of parameters that need no gradients.
  /// - Returns: what runs backwards.
  /// - Throws: ``ModelError/notDifferentiable(node:operatorName:)`` naming the operator that cuts a
  ///   trained parameter off.
  public func gradientFlow(
    _ inference: Inference,
    frozen: Set<String> = []
  ) throws(ModelError) -> GradientFlow {
    let keys = try nodes.map { node throws(ModelError) in
      try trainedKeys(of: node, inference, frozen: frozen)
    }
    var carrying: Set<String> = []
    for (node, keys) in zip(nodes, keys) {
      guard !keys.isEmpty || node.inputs.contains(where: carrying.contains) else { continue }
      for output in node.outputs {
        let isReal = inference.values[output]?.type.isReal ?? false
        if isReal || node.op is any Differentiable { carrying.insert(output) }
      }
    }
    var flow = GradientFlow()
    flow.values = carrying.intersection(outputs)
    for (position, node) in nodes.enumerated().reversed()
    where node.outputs.contains(where: flow.values.contains) {
      guard node.op is any Differentiable else { throw Self.obstacle(node) }
      flow.nodes.append(position)
      flow.values.formUnion(node.inputs.filter(carrying.contains))
    }
    let running = Set(flow.nodes)
    for position in nodes.indices where !keys[position].isEmpty {
      if running.contains(position) {
        flow.trained += keys[position]
      } else if !nodes[position].inputs.isEmpty, let node = obstacle(after: position) {
        // Constants without inputs may steer a comparison; they simply are not trained.
        throw Self.obstacle(node)
      }
    }
    return flow
  }

  /// The keys of a node's parameters that may be trained.
  private func trainedKeys(
    of node: Node,
    _ inference: Inference,
    frozen: Set<String>
  ) throws(ModelError) -> [String] {
    do {
      return try node.op.parameters(for: inference.inputs(of: node))
        .filter { $0.kind == .trained && $0.spec.type.isReal }
        .map { Self.key(node.name, $0.name) }
        .filter { !frozen.contains($0) }
    } catch {
      throw .shape(error.at(node.name))
    }
  }

  /// The last operator without gradient between a node and the model's outputs, if there is one.
  private func obstacle(after position: Int) -> Node? {
    var dependent = Set(nodes[position].outputs)
    for node in nodes[(position + 1)...] where node.inputs.contains(where: dependent.contains) {
      dependent.formUnion(node.outputs)
    }
    var needed = dependent.intersection(outputs)
    for node in nodes.reversed() where node.outputs.contains(where: needed.contains) {
      guard node.op is any Differentiable else { return node }
      needed.formUnion(node.inputs.filter(dependent.contains))
    }
    return nil
  }

  private static func obstacle(_ node: Node) -> ModelError {
    .notDifferentiable(node: node.name, operatorName: type(of: node.op).name)
  }
}
