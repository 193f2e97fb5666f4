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

extension ChannelSelection where Self: SelectingOperator {
  func selectedChannels(_ inputs: [Shape]) -> [[SelectedChannel]]? {
    let input = inputs[0]
    guard let selections = try? selections(for: TensorSpec(input)) else { return nil }
    var result: [[SelectedChannel]] = []
    for selection in selections {
      let isWhole = [0, 2, 3].allSatisfy { selection.positions[$0] == Array(0..<input[$0]) }
      let channels = selection.positions[1]
      guard isWhole, channels.allSatisfy({ $0 >= 0 }) else { return nil }
      result.append(channels.map { SelectedChannel(input: 0, channel: $0) })
    }
    return result
  }
}

extension Split: ChannelSelection {}
extension Slice: ChannelSelection {}
extension ChannelShuffle: ChannelSelection {}
