public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Makes the weights of neighbouring layers alike in range, channel by channel, without changing the model.
///
/// Between two layers joined by `f` with `f(s·x) = s·f(x)` for `s > 0`, channel `i` may be made smaller in
/// the first by `s` and larger in the second: `s_i = √(r₁ᵢ / r₂ᵢ)` with `r` the largest weight of the
/// channel makes both `√(r₁ᵢ r₂ᵢ)`. Pairs are equalized in turn until nothing moves. What a depthwise
/// network needs to be quantized with one scale per tensor; pruned weights stay 0.
///
/// Batch normalizations are folded first. A ReLU6 stops at 6 whatever the scale; with ``relaxesClips`` it
/// becomes a ReLU where it joins two layers, which changes the model where it used to clip.
/// Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction"
/// (2019), §4.1.
public struct CrossLayerEqualization: Rewrite, Hashable {
  /// Whether clips from 0 to some limit between two layers become ReLU.
  public var relaxesClips: Bool
  /// The most times all pairs are equalized.
  public var rounds: Int

  /// Creates the rewrite.
  public init(relaxesClips: Bool = false, rounds: Int = 20) {
    self.relaxesClips = relaxesClips
    self.rounds = rounds
  }

  public func apply(to model: consuming Model) throws -> Model {
    var model = try model.applying([BiasFolding(), BatchNormFolding()])
    let pairs = pairs(&model)
    for _ in 0..<rounds {
      var largest: Float = 0
      for pair in pairs { largest = max(largest, equalize(pair, &model)) }
      // A factor within a thousandth of 1 moves no range that matters.
      if largest < 1e-3 { break }
    }
    return model
  }

  // MARK: Pairs

  /// Two layers of which the second alone takes what the first gives.
  private struct Pair {
    var first: String
    var second: String
    /// The groups of the second, and the elements of its input per channel of the first.
    var groups: Int
    var area: Int
  }

  private func pairs(_ model: inout Model) -> [Pair] {
    var users: [String: [Int]] = [:]
    for (index, node) in model.nodes.enumerated() {
      for name in node.inputs { users[name, default: []].append(index) }
    }
    var pairs: [Pair] = []
    for node in model.nodes {
      guard let channels = Self.outputChannels(node.op) else { continue }
      var name = node.outputs[0]
      var clips: [Int] = []
      walk: while !model.outputs.contains(name), let next = users[name], next.count == 1 {
        let user = model.nodes[next[0]]
        switch user.op {
        case let op as Convolution:
          pairs.append(Pair(first: node.name, second: user.name, groups: op.groups, area: 1))
        case is FullyConnected:
          guard let weight = model.parameter("weight", of: user)?.shape,
            weight[1].isMultiple(of: channels)
          else { break walk }
          pairs.append(
            Pair(first: node.name, second: user.name, groups: 1, area: weight[1] / channels)
          )
        case is ReLU, is LeakyReLU, is Identity, is Dropout, is MaxPool, is AveragePool,
          is GlobalAveragePool, is GlobalMaxPool:
          guard user.outputs.count == 1 else { break walk }
          name = user.outputs[0]
          continue walk
        case let op as Flatten where op.axis == 1:
          name = user.outputs[0]
          continue walk
        case let op as Clip where relaxesClips && op.lower == 0:
          clips.append(next[0])
          name = user.outputs[0]
          continue walk
        default: break walk
        }
        for clip in clips { model.nodes[clip].op = ReLU() }
        break walk
      }
    }
    return pairs
  }

  private static func outputChannels(_ op: any Operator) -> Int? {
    switch op {
    case let op as Convolution: op.outputChannels
    case let op as FullyConnected: op.outputFeatures
    default: nil
    }
  }

  // MARK: One pair

  /// Equalizes a pair; the result is how far the factor furthest from 1 is from it.
  private func equalize(_ pair: Pair, _ model: inout Model) -> Float {
    let (firstKey, secondKey) = (
      Model.key(pair.first, "weight"), Model.key(pair.second, "weight")
    )
    guard let firstWeight = model.parameters[firstKey],
      let secondWeight = model.parameters[secondKey]
    else { return 0 }
    var (first, second) = (firstWeight.decoded(), secondWeight.decoded())
    let channels = first.shape[0]
    let columns = InputColumns(second.shape, groups: pair.groups, area: pair.area)
    guard columns.channels == channels else { return 0 }
    let rowSize = first.shape.count(from: 1)
    var largestMove: Float = 0
    let biasKey = Model.key(pair.first, "bias")
    var bias = model.parameters[biasKey]?.decoded()
    for channel in 0..<channels {
      let row = channel * rowSize..<(channel + 1) * rowSize
      let own = row.reduce(Float(0)) { max($0, abs(first.scalars[$1])) }
      var next: Float = 0
      columns.forEach(channel) { next = max(next, abs(second.scalars[$0])) }
      let factor = (own / next).squareRoot()
      guard factor.isFinite, factor > 1e-6, factor < 1e6 else { continue }
      largestMove = max(largestMove, abs(factor - 1))
      for i in row { first.scalars[i] /= factor }
      if bias != nil { bias?.scalars[channel] /= factor }
      columns.forEach(channel) { second.scalars[$0] *= factor }
    }
    model.parameters[firstKey] = encoded(first, like: firstWeight)
    model.parameters[secondKey] = encoded(second, like: secondWeight)
    if let bias { model.parameters[biasKey] = Dense(bias) }
    return largestMove
  }

  private func encoded(
    _ tensor: Tensor,
    like old: any ParameterEncoding
  ) -> any ParameterEncoding {
    old.keptElements.map { Masked(tensor, mask: $0) } ?? Dense(tensor)
  }
}

/// The elements of a weight `[O, I/groups, …]` that multiply one channel of the input.
private struct InputColumns {
  let channels: Int
  private let perGroup: Int
  private let size: Int
  private let rowsPerGroup: Int

  init(_ shape: Shape, groups: Int, area: Int) {
    perGroup = shape[1] / area
    size = shape.count(from: 2) * area
    rowsPerGroup = shape[0] / groups
    channels = perGroup * groups
  }

  func forEach(_ channel: Int, _ body: (Int) -> Void) {
    let (group, column) = (channel / perGroup, channel % perGroup)
    for row in group * rowsPerGroup..<(group + 1) * rowsPerGroup {
      let start = (row * perGroup + column) * size
      for i in start..<start + size { body(i) }
    }
  }
}
