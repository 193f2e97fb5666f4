import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
public import SqueezeTensor

/// How much a set of channels matters: the least important go first.
public enum ChannelImportance: Sendable {
  /// `Σ |w|` over the weights that make the channels.
  ///
  /// Source: Li et al., "Pruning Filters for Efficient ConvNets" (2017), §3.1.
  case l1
  /// `√Σ w²` over the weights that make the channels.
  case l2
  /// `√Σ w²` over the weights that make the channels and those that read them.
  ///
  /// Source: Fang et al., "DepGraph: Towards Any Structural Pruning" (2023), §3.3.
  case coupledL2
  /// `Σ |γ|` of the batch normalizations the channels pass; channels without one stay.
  ///
  /// Source: Liu et al., "Learning Efficient Convolutional Networks through Network Slimming" (2017), §3.
  case batchNormalizationScale
  /// `Σ s(w)` over the weights that make the channels, `s` given for every element of a weight by key: for
  /// Taylor's first order `|w · ∂L/∂w|` (Molchanov et al., "Importance Estimation for Neural Network
  /// Pruning", 2019, equation 8).
  case elements(@Sendable (_ key: String, _ weight: Tensor) throws -> [Float])
  /// A number for each set, from its channels by value.
  case custom(@Sendable (_ group: ChannelGroup, _ channels: [String: [Int]]) throws -> Double)
}

/// The importance of sets of channels, with the sums over weights that it needs made once.
struct ChannelScores {
  private let groups: ChannelGroups
  private let importance: ChannelImportance
  /// The sum over weights by value and channel, `nil` for values that nothing scores.
  private var sums: [[Double]?]

  init(_ importance: ChannelImportance, _ groups: ChannelGroups, _ model: Model) throws {
    self.groups = groups
    self.importance = importance
    sums = [[Double]?](repeating: nil, count: groups.values.count)
    for node in model.nodes { try add(node, model) }
  }

  /// The importance of every set of a group; `nil` where the group has nothing to judge by.
  func scores(of group: ChannelGroup) throws -> [Double]? {
    var scores: [Double] = []
    for set in group.sets {
      if case .custom(let score) = importance {
        scores.append(try score(group, groups.channels(of: set)))
      } else {
        var (sum, isScored) = (0.0, false)
        groups.forEachChannel(of: set) { value, channel in
          guard let sums = sums[value] else { return }
          sum += sums[channel]
          isScored = true
        }
        guard isScored else { return nil }
        scores.append(sum)
      }
      guard scores.last?.isNaN == false else {
        throw PruningError("importance", expected: "numbers", actual: "NaN in \"\(group.name)\"")
      }
    }
    switch importance {
    case .l2, .coupledL2: return scores.map { $0.squareRoot() }
    default: return scores
    }
  }

  /// Adds what a node says of the channels it makes or reads.
  private mutating func add(_ node: Node, _ model: Model) throws {
    let inputs = groups.inference.inputs(of: node)
    switch importance {
    case .custom: return
    case .batchNormalizationScale:
      guard node.op is BatchNormalization, let scale = model.parameter("scale", of: node) else {
        return
      }
      add(scale.decoded().reals.map { Double(abs($0)) }, to: node.outputs[0])
    case .l1, .l2, .coupledL2, .elements:
      for spec in try node.op.parameters(for: inputs) {
        let key = Model.key(node.name, spec.name)
        guard let axes = node.channelAxes(of: spec, for: inputs), let input = axes.input,
          axes.output != nil, let encoding = model.parameters[key]
        else { continue }
        let (made, read) = sums(
          try saliency(key, encoding.decoded()),
          spec.spec.shape,
          inputIsFirst: input == 0,
          groups: node.channelBlocks
        )
        add(made, to: node.outputs[0])
        // A depthwise weight makes and reads the same channel: it counts once.
        let isDepthwise = node.channelBlocks > 1 && inputs[0].shape[1] == node.channelBlocks
        if case .coupledL2 = importance, !isDepthwise { add(read, to: node.inputs[0]) }
      }
    }
  }

  private mutating func add(_ list: [Double], to name: String) {
    guard let position = groups.positions[name], groups.values[position].count == list.count else {
      return
    }
    sums[position] = sums[position].map { zip($0, list).map { $0 + $1 } } ?? list
  }

  /// What each element of a weight adds.
  private func saliency(_ key: String, _ weight: Tensor) throws -> [Float] {
    switch importance {
    case .l2, .coupledL2: return weight.reals.map { $0 * $0 }
    case .elements(let score):
      let scores = try score(key, weight)
      guard scores.count == weight.count else {
        let expected = "\(weight.count) scores"
        throw PruningError("scores of \"\(key)\"", expected: expected, actual: scores.count)
      }
      return scores
    default: return weight.reals.map { abs($0) }
    }
  }

  /// Sums over the elements of a weight by output channel and by input channel.
  private func sums(
    _ elements: [Float],
    _ shape: Shape,
    inputIsFirst: Bool,
    groups: Int
  ) -> (made: [Double], read: [Double]) {
    let (rows, columns, inner) = (shape[0], shape[1], shape.count(from: 2))
    var rowSums = [Double](repeating: 0, count: rows)
    var columnSums = [Double](repeating: 0, count: columns * groups)
    let rowsPerGroup = max(1, rows / groups)
    elements.withUnsafeBufferPointer { elements in
      var next = 0
      for row in 0..<rows {
        let block = row / rowsPerGroup * columns
        for column in 0..<columns {
          var sum = 0.0
          for _ in 0..<inner {
            sum += Double(elements[next])
            next += 1
          }
          rowSums[row] += sum
          columnSums[block + column] += sum
        }
      }
    }
    return inputIsFirst ? (columnSums, rowSums) : (rowSums, columnSums)
  }
}
