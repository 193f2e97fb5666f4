public import SqueezeGraph
import SqueezeTensor

/// Recognizes a channel shuffle that an exporter wrote as a reshape, a transpose and a reshape back.
///
/// `[N, C, …] → [N, G, C/G, …] → [N, C/G, G, …] → [N, C, …]` becomes ``ChannelShuffle`` with `G`
/// groups.
public struct ChannelShufflePattern: Rewrite {
  /// Creates the rewrite.
  public init() {}

  public func apply(to model: Model) throws -> Model {
    let samples = try model.sampleInferences()
    let (consumers, producers) = (model.consumers(), model.producers())
    var model = model
    var removed: Set<Int> = []
    for (position, last) in model.nodes.enumerated() where last.op is Reshape {
      guard let middle = producers[last.inputs[0]],
        let transpose = model.nodes[middle].op as? Transpose,
        model.isPrivate(last.inputs[0], to: [position], consumers),
        let first = producers[model.nodes[middle].inputs[0]], model.nodes[first].op is Reshape,
        model.isPrivate(model.nodes[middle].inputs[0], to: [middle], consumers)
      else { continue }
      let groups = samples.map { sample -> Int? in
        guard let x = sample.values[model.nodes[first].inputs[0]],
          let split = sample.values[model.nodes[first].outputs[0]],
          sample.values[last.outputs[0]] == x
        else { return nil }
        return Self.groups(from: x.shape, to: split.shape, transpose.order)
      }
      guard let count = groups[0], groups.allSatisfy({ $0 == count }) else { continue }
      model.nodes[position].op = ChannelShuffle(groups: count)
      model.nodes[position].inputs = model.nodes[first].inputs
      removed.formUnion([first, middle])
    }
    model.removeNodes(at: removed)
    return model
  }

  /// The number of groups of a split of channels whose two axes are exchanged, or `nil`.
  private static func groups(from x: Shape, to split: Shape, _ order: [Int]) -> Int? {
    guard x.rank >= 2, split.rank >= 3, order == [0, 2, 1] + Array(3..<split.rank) else {
      return nil
    }
    guard x[0] == split[0], x[1] == split[1] * split[2] else { return nil }
    return split[1]
  }
}
