/// Lets nodes become one with the node that makes their first input, where nothing else uses that.
///
/// - Parameters:
///   - nodes: in the order in which they run.
///   - outputs: the values that are kept whoever uses them.
///   - merge: the one node that replaces both, or `nil` where they stay apart; it takes the place of
///     the later one, where all that either reads is there.
/// - Returns: the nodes that are left.
func mergeNeighbours(
  _ nodes: [DraftNode],
  outputs: [String],
  _ merge: (_ maker: DraftNode, _ node: DraftNode) -> DraftNode?
) -> [DraftNode] {
  var uses: [String: Int] = [:]
  for name in nodes.flatMap(\.inputs) + outputs { uses[name, default: 0] += 1 }
  var merged: [DraftNode?] = nodes
  var makers: [String: Int] = [:]
  for (position, node) in nodes.enumerated() {
    if let input = node.inputs.first, uses[input] == 1, let place = makers[input],
      let maker = merged[place], maker.outputs.count == 1, let both = merge(maker, node)
    {
      merged[place] = nil
      merged[position] = both
    }
    for name in node.outputs { makers[name] = position }
  }
  return merged.compactMap { $0 }
}
