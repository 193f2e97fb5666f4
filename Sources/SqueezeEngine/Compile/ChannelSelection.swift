import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An operator whose outputs are channels of its inputs, unchanged.
protocol ChannelSelection: Operator {
  /// For each output, input and channel that each of its channels is; `nil` where the operator does
  /// something else to inputs of these shapes `[N, C, H, W]`.
  func selectedChannels(_ inputs: [Shape]) -> [[SelectedChannel]]?
}

/// A channel of one of several inputs.
struct SelectedChannel: Hashable {
  var input: Int
  var channel: Int
}

extension Concatenate: ChannelSelection {
  func selectedChannels(_ inputs: [Shape]) -> [[SelectedChannel]]? {
    guard inputs[0].axis(axis) == 1 else { return nil }
    return [
      inputs.enumerated().flatMap { input, shape in
        (0..<shape[1]).map { SelectedChannel(input: input, channel: $0) }
      }
    ]
  }
}

extension Split: ChannelSelection {
  func selectedChannels(_ inputs: [Shape]) -> [[SelectedChannel]]? {
    guard inputs[0].axis(axis) == 1, let sizes = try? sizes(of: inputs[0][1]) else { return nil }
    var first = 0
    return sizes.map { size in
      defer { first += size }
      return (first..<first + size).map { SelectedChannel(input: 0, channel: $0) }
    }
  }
}

extension Slice: ChannelSelection {
  func selectedChannels(_ inputs: [Shape]) -> [[SelectedChannel]]? {
    guard axes.count == 1, inputs[0].axis(axes[0]) == 1, let positions = positions(of: inputs[0])
    else { return nil }
    return [positions.map { SelectedChannel(input: 0, channel: $0) }]
  }

  /// The positions that a cut along one axis keeps, in order.
  private func positions(of shape: Shape) -> [Int]? {
    guard let count = try? outputs(for: [TensorSpec(shape)])[0].shape[1] else { return nil }
    let indices = Tensor([1, shape[1], 1, 1], (0..<shape[1]).map(Float.init))
    let kept = try? forward([indices], parameters: [])
    guard let kept, kept[0].count == count else { return nil }
    return kept[0].scalars.map { Int($0) }
  }
}

extension ChannelShuffle: ChannelSelection {
  func selectedChannels(_ inputs: [Shape]) -> [[SelectedChannel]]? {
    let channels = inputs[0][1]
    guard groups > 0, channels % groups == 0 else { return nil }
    let perGroup = channels / groups
    return [
      (0..<channels).map {
        SelectedChannel(input: 0, channel: $0 % groups * perGroup + $0 / groups)
      }
    ]
  }
}
