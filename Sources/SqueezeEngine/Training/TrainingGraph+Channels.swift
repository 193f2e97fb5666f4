import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// How pools, concatenations and selections of channels become layers of a training plan.
extension TrainingGraph {
  mutating func pooling(_ node: Node, _ input: Int) -> (any TrainingLayer)? {
    guard values[input].kind == .maps else { return nil }
    let output = value(node.outputs[0])
    let (x, y) = (values[input].spec.shape, values[output].spec.shape)
    switch node.op {
    case let op as MaxPool:
      let geometry = WindowGeometry(op.window, input: x, output: y)
      return PoolingLayer(input: input, output: output, geometry: geometry, table: table)
    case let op as AveragePool:
      return PoolingLayer(
        input: input,
        output: output,
        geometry: WindowGeometry(op.window, input: x, output: y),
        counts: op.windowCounts(input: x, output: y),
        table: table
      )
    default: return GlobalAverageLayer(input: input, output: output, table: table)
    }
  }

  mutating func concatenation(
    _ node: Node,
    _ position: Int,
    _ inputs: [Int]
  ) -> any TrainingLayer {
    let output = value(node.outputs[0])
    var sources: [(input: Int, channel: Int)] = []
    var hosted: Set<Int> = []
    for (index, input) in inputs.enumerated() {
      let start = sources.count
      let channels = values[input].spec.shape[1]
      sources += (0..<channels).map { (index, $0) }
      let isAligned = start % 16 == 0 && (channels % 16 == 0 || index == inputs.count - 1)
      // Users after the concatenation would write their gradients before its users do.
      let isLastUser = (consumers[values[input].name] ?? []).allSatisfy { $0 <= position }
      guard isAligned, isLastUser, values[input].host == nil,
        inputs.count(where: { $0 == input }) == 1, isMade(input)
      else { continue }
      values[input].host = (output, start)
      hosted.insert(index)
    }
    return ChannelLayer(
      inputs: inputs,
      outputs: [output],
      sources: [sources],
      inputChannels: inputs.map { values[$0].spec.shape[1] },
      hosted: hosted,
      table: table
    )
  }

  /// Whether a layer makes a value, and in blocks.
  private func isMade(_ index: Int) -> Bool {
    (values[index].kind == .maps || values[index].kind == .rows)
      && layers.contains { $0.outputs.contains(index) }
      && !model.outputs.contains(values[index].name)
  }

  /// The integers of a constant.
  private func constant(_ name: String) -> Tensor? {
    guard let node = model.nodes.first(where: { $0.outputs == [name] }), node.op is Constant,
      let value = model.parameters[Model.key(node.name, "value")]?.decoded(), !value.type.isReal
    else { return nil }
    return value
  }

  mutating func selection(_ node: Node, _ input: Int) -> (any TrainingLayer)? {
    let shape = values[input].spec.shape
    var sources: [[(input: Int, channel: Int)]] = []
    switch node.op {
    case let op as ChannelShuffle:
      let size = shape[1] / op.groups
      sources = [(0..<size).flatMap { i in (0..<op.groups).map { (0, $0 * size + i) } }]
    case let op as Split where (op.axis + shape.rank) % shape.rank == 1:
      var first = 0
      for name in node.outputs {
        let count = inference.values[name]?.shape[1] ?? 0
        sources.append((first..<first + count).map { (0, $0) })
        first += count
      }
    case let op as Gather where (op.axis + shape.rank) % shape.rank == 1:
      guard let order = constant(node.inputs[1]), order.shape.rank == 1 else { return nil }
      let channels = order.integers.map { $0 < 0 ? $0 + shape[1] : $0 }
      // A wrong index is an error when it runs.
      guard channels.allSatisfy((0..<shape[1]).contains) else { return nil }
      sources = [channels.map { (0, $0) }]
    default: return nil
    }
    return ChannelLayer(
      inputs: [input],
      outputs: node.outputs.map { value($0) },
      sources: sources,
      inputChannels: [shape[1]],
      hosted: [],
      table: table
    )
  }
}
