package import SqueezeGraph
package import SqueezeTensor

/// Runs a model on some inputs part by part, so that its parameters may change between the parts.
///
/// Between two parts only the values are kept that later nodes take; each node runs once.
package struct ActivationWalk {
  private let runtime: any Runtime
  /// The values at hand, per input of the model.
  package private(set) var values: [[String: Tensor]]
  /// The nodes that have run.
  private var position = 0

  /// Begins before the first node.
  package init(_ inputs: [[String: Tensor]], runtime: any Runtime) {
    values = inputs
    self.runtime = runtime
  }

  /// Runs the nodes before the one at `end` with the parameters that `model` has now.
  package mutating func advance(to end: Int, in model: Model) throws {
    let names = Self.live(at: end, in: model)
    let made = Set(model.nodes[position..<max(position, end)].flatMap(\.outputs))
    let outputs = names.filter(made.contains)
    if !outputs.isEmpty, let first = values.first {
      let run = try runtime.prepared(part(of: model, until: end, making: outputs, given: first))
      let taken = Set(model.nodes[position..<end].flatMap(\.inputs))
      for index in values.indices {
        let sample = values[index].filter { taken.contains($0.key) }
        values[index].merge(try run(sample)) { $1 }
      }
    }
    for index in values.indices { values[index] = values[index].filter { names.contains($0.key) } }
    position = max(position, end)
  }

  /// The nodes from ``position`` on as a model of their own.
  private func part(
    of model: Model,
    until end: Int,
    making outputs: [String],
    given sample: [String: Tensor]
  ) -> Model {
    let nodes = Array(model.nodes[position..<end])
    let taken = Set(nodes.flatMap(\.inputs))
    let inputs = sample.keys.sorted().filter(taken.contains).compactMap { name in
      sample[name].map { tensor in
        // Any size: samples may differ in theirs.
        let dimensions = tensor.shape.dimensions.indices.map { Dimension.named("\(name).\($0)") }
        return ModelInput(name, dimensions, type: tensor.type)
      }
    }
    let owners = Set(nodes.map(\.name))
    return Model(
      inputs: inputs,
      outputs: outputs,
      nodes: nodes,
      parameters: model.parameters.filter { key, _ in
        key.lastIndex(of: ".").map { owners.contains(String(key[..<$0])) } ?? false
      }
    )
  }

  /// What nodes from the one at `position` on take of what was there before, in a fixed order.
  package static func live(at position: Int, in model: Model) -> [String] {
    let made = Set(model.nodes[position...].flatMap(\.outputs))
    var seen: Set<String> = []
    return model.nodes[position...].flatMap(\.inputs).filter {
      !made.contains($0) && seen.insert($0).inserted
    }
  }

  /// The most bytes that one walk over one input keeps between parts that end at some nodes.
  package static func bytes(_ ends: [Int], in model: Model, _ inference: Inference) -> Int {
    ends.map { end in
      live(at: end, in: model).reduce(0) { $0 + 4 * (inference.values[$1]?.shape.count ?? 0) }
    }.max() ?? 0
  }
}
