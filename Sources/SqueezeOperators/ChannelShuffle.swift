public import SqueezeGraph
public import SqueezeTensor

/// Channels mixed between groups, `y[n, i·G + g, …] = x[n, g·C/G + i, …]`.
///
/// - Input and output: `[N, C, …]`, any type, `C` divisible by the number of groups `G`.
/// - Source: Zhang et al., "ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile
///   Devices" (2018), §3.1.
public struct ChannelShuffle: SelectingOperator {
  /// The number of groups, `G`.
  public var groups: Int

  /// Creates the operator.
  public init(groups: Int) { self.groups = groups }

  public static let examples = [
    Example(Self(groups: 2), inputs: [[2, 6, 3, 1]]),
    Example(Self(groups: 3), inputs: [[1, 6, 2, 5]]),
    Example(Self(groups: 1), inputs: [[1, 3, 2, 2]]),
    Example(Self(groups: 4), specs: [TensorSpec([2, 4, 3], .int32)]),
  ]

  public var channelFlow: ChannelFlow { .shuffles(groups: groups) }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard x.rank >= 2 else { throw error(expected: "an input [N, C, …]", actual: x) }
    guard groups >= 1, x[1] % groups == 0 else {
      throw error(expected: "channels divisible by \(groups) groups", actual: x[1])
    }
    return inputs
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    try selections(for: inputs[0].spec)?.map { inputs[0].selected($0) } ?? []
  }

  public func selections(for input: TensorSpec) throws(ShapeError) -> [Selection]? {
    let x = try outputs(for: [input])[0].shape
    let size = x[1] / groups
    let channels = (0..<size).flatMap { i in (0..<groups).map { $0 * size + i } }
    return [Selection(x) { $0 == 1 ? channels : Array(0..<x[$0]) }]
  }
}

// MARK: - Gradient

extension ChannelShuffle: RearrangingOperator {}

// MARK: - ONNX

extension ChannelShuffle: ONNXConvertible {
  /// None: exporters write a reshape, a transpose and a reshape (see ``ChannelShufflePattern``).
  public static let onnxTypes: [String] = []

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    throw node.unsupported("this operator")
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let x = node.inputSpecs[0].shape
    let (grouped, shuffled) = ("\(node.name)/grouped", "\(node.name)/shuffled")
    let split = writer.integers("\(grouped)/shape", [0, groups, x[1] / groups, -1])
    writer.node("Reshape", name: grouped, inputs: node.inputs + [split], outputs: [grouped])
    writer.node(
      "Transpose",
      name: shuffled,
      inputs: [grouped],
      outputs: [shuffled],
      attributes: ["perm": .ints([0, 2, 1, 3])]
    )
    // One spatial size stays open, so that the file serves other heights too.
    var joined = [0] + x.dimensions[1...]
    if joined.count > 2 { joined[2] = -1 }
    let shape = writer.integers("\(shuffled)/shape", joined)
    writer.node("Reshape", node, inputs: [shuffled, shape])
  }
}
