public import SqueezeGraph
public import SqueezeOperators
public import SqueezeTensor

/// The axes of a parameter along which channels lie; `nil` where none does.
public struct ChannelAxes: Sendable, Hashable {
  /// The axis of the first input's channels.
  public var input: Int?
  /// The axis of the first output's channels.
  public var output: Int?

  /// Creates a pair of axes.
  public init(input: Int? = nil, output: Int? = nil) {
    self.input = input
    self.output = output
  }
}

/// An operator whose attributes count channels, so that removing channels has to change them.
///
/// `ChannelFlow` says how channels pass through an operator; this says what follows for its attributes and
/// parameters. An operator whose flow keeps channels apart and whose parameters grow with them, such as a
/// batch normalization, needs no conformance.
public protocol ChannelResizable: Operator {
  /// The operator for other numbers of channels.
  ///
  /// - Parameters:
  ///   - inputs: what it takes now.
  ///   - inputChannels: the channels of every input to come.
  ///   - outputChannels: the channels of every output to come.
  /// - Returns: the operator with its attributes changed.
  func resized(
    for inputs: [TensorSpec],
    inputChannels: [Int],
    outputChannels: [Int]
  ) -> Self

  /// Where channels lie in a parameter.
  func channelAxes(of parameter: ParameterSpec, for inputs: [TensorSpec]) -> ChannelAxes
}

extension Convolution: ChannelResizable {
  public func resized(
    for inputs: [TensorSpec],
    inputChannels: [Int],
    outputChannels: [Int]
  ) -> Self {
    var result = self
    result.outputChannels = outputChannels[0]
    if groups > 1, inputs[0].shape[1] == groups { result.groups = inputChannels[0] }
    return result
  }

  public func channelAxes(of parameter: ParameterSpec, for inputs: [TensorSpec]) -> ChannelAxes {
    parameter.name == "weight" ? ChannelAxes(input: 1, output: 0) : ChannelAxes(output: 0)
  }
}

extension TransposedConvolution: ChannelResizable {
  public func resized(
    for inputs: [TensorSpec],
    inputChannels: [Int],
    outputChannels: [Int]
  ) -> Self {
    var result = self
    result.outputChannels = outputChannels[0]
    if groups > 1, inputs[0].shape[1] == groups { result.groups = inputChannels[0] }
    return result
  }

  public func channelAxes(of parameter: ParameterSpec, for inputs: [TensorSpec]) -> ChannelAxes {
    parameter.name == "weight" ? ChannelAxes(input: 0, output: 1) : ChannelAxes(output: 0)
  }
}

extension FullyConnected: ChannelResizable {
  public func resized(
    for inputs: [TensorSpec],
    inputChannels: [Int],
    outputChannels: [Int]
  ) -> Self {
    // Over more axes its features are the last one's, not the channels of axis 1.
    guard inputs[0].shape.rank == 2 else { return self }
    var result = self
    result.outputFeatures = outputChannels[0]
    return result
  }

  public func channelAxes(of parameter: ParameterSpec, for inputs: [TensorSpec]) -> ChannelAxes {
    guard inputs[0].shape.rank == 2 else { return ChannelAxes() }
    return parameter.name == "weight" ? ChannelAxes(input: 1, output: 0) : ChannelAxes(output: 0)
  }
}

extension Split: ChannelResizable {
  public func resized(
    for inputs: [TensorSpec],
    inputChannels: [Int],
    outputChannels: [Int]
  ) -> Self {
    guard axis == 1 else { return self }
    if case .equal = parts, let same = try? sizes(of: inputChannels[0]), same == outputChannels {
      return self
    }
    return Split(axis: axis, parts: .sizes(outputChannels))
  }

  public func channelAxes(of parameter: ParameterSpec, for inputs: [TensorSpec]) -> ChannelAxes {
    ChannelAxes()
  }
}

extension PReLU: ChannelResizable {
  /// The axis of the slopes that meets the channels, unless one slope serves all.
  private func axis(_ input: Shape) -> Int? {
    let axis = slopeShape.rank - (input.rank - 1)
    return axis >= 0 && slopeShape[axis] > 1 ? axis : nil
  }

  public func resized(
    for inputs: [TensorSpec],
    inputChannels: [Int],
    outputChannels: [Int]
  ) -> Self {
    var result = self
    if let axis = axis(inputs[0].shape) { result.slopeShape[axis] = outputChannels[0] }
    return result
  }

  public func channelAxes(of parameter: ParameterSpec, for inputs: [TensorSpec]) -> ChannelAxes {
    ChannelAxes(output: axis(inputs[0].shape))
  }
}
