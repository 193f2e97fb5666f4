public import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

extension ChannelGroups {
  /// The model without some sets of channels.
  ///
  /// Weights, biases and normalizations lose their slices, encodings and masks stay, and attributes such as
  /// channel counts, groups and sizes of a split follow. Where the removed channels contribute nothing, the
  /// function is the same.
  ///
  /// - Parameters:
  ///   - sets: sets of these groups; those of balanced groups such that groups of convolutions stay
  ///     equally wide.
  ///   - model: the model that the groups were found in.
  /// - Returns: a smaller model.
  /// - Throws: ``PruningError`` where a value would lose all its channels, groups would differ in width, or
  ///   an encoding cannot lose channels.
  public func removing(_ sets: [ChannelSet], from model: Model) throws -> Model {
    let kept = try keptChannels(without: sets)
    var result = model
    for (position, node) in model.nodes.enumerated() {
      let inputs = inference.inputs(of: node)
      for spec in try node.op.parameters(for: inputs) {
        let key = Model.key(node.name, spec.name)
        guard let encoding = model.parameters[key],
          let selection = try selection(of: spec, node, inputs, kept)
        else { continue }
        result.parameters[key] = try encoding.selecting(selection, key)
      }
      result.nodes[position].op = resized(node, kept.map(\.count))
    }
    var shapes: [String: Shape] = [:]
    for input in model.inputs { shapes[input.name] = inference.values[input.name]?.shape }
    _ = try result.infer(shapes)
    return result
  }

  /// Parameters and multiply–accumulates with so many channels in every value.
  func cost(_ model: Model, _ counts: [Int]) throws -> (parameters: Int, macs: Int) {
    var specs = inference.values
    var (parameters, macs) = (0, 0)
    for node in model.nodes {
      let op = resized(node, counts)
      let inputs = node.inputs.compactMap { specs[$0] }
      for (name, spec) in zip(node.outputs, try op.outputs(for: inputs)) { specs[name] = spec }
      macs += try op.macs(for: inputs)
      for parameter in try op.parameters(for: inputs) where parameter.kind == .trained {
        parameters += parameter.spec.shape.count
      }
    }
    return (parameters, macs)
  }

  /// The operator of a node with so many channels in every value.
  private func resized(_ node: Node, _ counts: [Int]) -> any Operator {
    let isSame = (node.inputs + node.outputs).allSatisfy { name in
      positions[name].map { counts[$0] == values[$0].count } ?? true
    }
    if isSame { return node.op }
    return node.resized(
      for: inference.inputs(of: node),
      inputChannels: node.inputs.map { positions[$0].map { counts[$0] } ?? 0 },
      outputChannels: node.outputs.map { positions[$0].map { counts[$0] } ?? 0 }
    )
  }

  /// The channels that stay in every value, ascending.
  private func keptChannels(without sets: [ChannelSet]) throws -> [[Int]] {
    var isGone = [Bool](repeating: false, count: values.last.map { $0.first + $0.count } ?? 0)
    for set in sets {
      for element in set.elements { isGone[Int(element)] = true }
    }
    let kept = values.map { value in
      value.elements.filter { !isGone[$0] }.map { $0 - value.first }
    }
    for (value, channels) in zip(values, kept) where channels.isEmpty && value.count > 0 {
      throw PruningError(
        "value \"\(value.name)\"",
        expected: "at least one channel",
        actual: "none"
      )
    }
    for group in groups {
      for balance in group.balances {
        let widths = blocks(kept[balance.value], balance).map(\.count)
        guard Set(widths).count == 1 else {
          throw PruningError(
            "value \"\(values[balance.value].name)\"",
            expected: "equally many channels in each of \(balance.blocks) groups",
            actual: "\(widths)"
          )
        }
      }
    }
    return kept
  }

  /// The channels of a value by blocks, counted from the beginning of each.
  private func blocks(_ channels: [Int], _ balance: ChannelTies.Balance) -> [[Int]] {
    let size = values[balance.value].count / balance.blocks
    var blocks = [[Int]](repeating: [], count: balance.blocks)
    for channel in channels { blocks[channel / size].append(channel % size) }
    return blocks
  }

  /// What stays of a parameter; `nil` where it has no channels.
  private func selection(
    of spec: ParameterSpec,
    _ node: Node,
    _ inputs: [TensorSpec],
    _ kept: [[Int]]
  ) throws -> ParameterSelection? {
    guard let axes = node.channelAxes(of: spec, for: inputs) else { return nil }
    let shape = spec.spec.shape
    func position(_ name: String?) -> Int? { name.flatMap { positions[$0] } }
    let (x, y) = (position(node.inputs.first), position(node.outputs.first))
    switch (axes.input, axes.output) {
    case (nil, nil): return nil
    case (let axis?, nil), (nil, let axis?):
      guard let value = axes.input == nil ? y : x else { return nil }
      return axis == 0
        ? ParameterSelection(shape, rows: kept[value])
        : ParameterSelection(shape, rows: Array(0..<shape[0]), columns: kept[value])
    case (let input?, _?):
      guard let x, let y else { return nil }
      let (rows, columns) = input == 0 ? (x, y) : (y, x)
      let balance = ChannelTies.Balance(value: columns, blocks: node.channelBlocks)
      if balance.blocks == 1 {
        return ParameterSelection(shape, rows: kept[rows], columns: kept[columns])
      }
      // A group that is gone as a whole has no rows left that would ask for its columns.
      let blocks = blocks(kept[columns], balance)
      let width = blocks.map(\.count).max() ?? 0
      return ParameterSelection(
        shape,
        rows: kept[rows],
        blocks: blocks.map { $0.isEmpty ? Array(0..<width) : $0 }
      )
    }
  }
}
