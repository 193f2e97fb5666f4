import SqueezeGraph
import SqueezeTensor

extension Node {
  /// Where channels lie in a parameter of the node; `nil` where that cannot be told.
  ///
  /// An operator that keeps channels apart says it by its parameters' shapes: the axis that doubles with
  /// the channels of the inputs.
  func channelAxes(of parameter: ParameterSpec, for inputs: [TensorSpec]) -> ChannelAxes? {
    if let op = op as? any ChannelResizable { return op.channelAxes(of: parameter, for: inputs) }
    guard op.channelFlow == .preserves else { return nil }
    var doubled = inputs
    for i in doubled.indices where doubled[i].shape.rank >= 2 { doubled[i].shape[1] *= 2 }
    let grown = try? op.parameters(for: doubled).first { $0.name == parameter.name }
    guard let shape = grown?.spec.shape, shape.rank == parameter.spec.shape.rank else { return nil }
    let changed = (0..<shape.rank).filter { shape[$0] != parameter.spec.shape[$0] }
    guard changed.count <= 1 else { return nil }
    return ChannelAxes(output: changed.first)
  }

  /// Whether every parameter of the node can lose channels.
  func followsChannels(for inputs: [TensorSpec]) -> Bool {
    guard let parameters = try? op.parameters(for: inputs) else { return false }
    return parameters.allSatisfy { parameter in
      guard let axes = channelAxes(of: parameter, for: inputs) else { return false }
      return [axes.input, axes.output].allSatisfy { ($0 ?? 0) <= 1 }
    }
  }

  /// Whether the node makes new channels from old ones by a weight that has both.
  func mixesChannels(for inputs: [TensorSpec]) -> Bool {
    switch op.channelFlow {
    case .mixes, .mixesWithin:
      guard let parameters = try? op.parameters(for: inputs) else { return false }
      return parameters.contains { parameter in
        let axes = channelAxes(of: parameter, for: inputs)
        return axes?.input != nil && axes?.output != nil
      }
    default: return false
    }
  }

  /// The groups of channels that a weight connects; 1 for all with all.
  var channelBlocks: Int {
    guard case .mixesWithin(let groups) = op.channelFlow else { return 1 }
    return groups
  }

  /// The operator for other numbers of channels.
  func resized(
    for inputs: [TensorSpec],
    inputChannels: [Int],
    outputChannels: [Int]
  ) -> any Operator {
    guard let op = op as? any ChannelResizable else { return op }
    return op.resized(
      for: inputs,
      inputChannels: inputChannels,
      outputChannels: outputChannels
    )
  }
}
