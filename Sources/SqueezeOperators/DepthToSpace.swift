public import SqueezeGraph
public import SqueezeTensor

/// Channels dealt out to blocks of pixels, as in sub-pixel convolution.
///
/// | order | `y[n, c, h·b + i, w·b + j]` |
/// |---|---|
/// | `depthFirst` (DCR) | `x[n, (i·b + j)·C/b² + c, h, w]` |
/// | `columnFirst` (CRD) | `x[n, c·b² + i·b + j, h, w]` |
///
/// - Input: `[N, C, H, W]`, any type. Output: `[N, C/b², H·b, W·b]`.
/// - Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient
///   Sub-Pixel Convolutional Neural Network" (2016), equation 4 (`columnFirst`).
public struct DepthToSpace: Operator {
  /// Which part of the channel index chooses the pixel of a block.
  public enum Order: String, Sendable, Hashable, Codable, CaseIterable {
    case depthFirst = "DCR"
    case columnFirst = "CRD"
  }

  /// The height and width of a block, `b`.
  public var blockSize: Int
  public var order: Order

  /// Creates the operator.
  public init(blockSize: Int, order: Order = .depthFirst) {
    self.blockSize = blockSize
    self.order = order
  }

  public static let examples = Order.allCases.flatMap { order in
    [
      Example(Self(blockSize: 2, order: order), inputs: [[2, 12, 3, 1]]),
      Example(Self(blockSize: 3, order: order), inputs: [[1, 9, 1, 2]]),
      Example(Self(blockSize: 1, order: order), inputs: [[1, 2, 2, 3]]),
    ]
  }

  public var channelFlow: ChannelFlow { .opaque }

  /// The largest block a file may ask for.
  static let maximumBlock = 1 << 16

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard x.rank == 4 else { throw error(expected: "an input [N, C, H, W]", actual: x) }
    guard (1...Self.maximumBlock).contains(blockSize) else {
      throw error(expected: "a block size in 1...\(Self.maximumBlock)", actual: blockSize)
    }
    let area = blockSize * blockSize
    guard x[1] % area == 0 else {
      throw error(expected: "channels divisible by \(area)", actual: x[1])
    }
    return [
      TensorSpec([x[0], x[1] / area, x[2] * blockSize, x[3] * blockSize], inputs[0].type)
    ]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let (x, b) = (inputs[0].shape, blockSize)
    let y = try outputs(for: [inputs[0].spec])[0].shape
    let split: Shape =
      order == .depthFirst
      ? [x[0], b, b, y[1], x[2], x[3]] : [x[0], y[1], b, b, x[2], x[3]]
    let axes = order == .depthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
    return [inputs[0].reshaped(split).permuted(axes).reshaped(y)]
  }
}

// MARK: - Gradient

extension DepthToSpace: RearrangingOperator {}

// MARK: - ONNX

extension DepthToSpace: ONNXConvertible {
  public static let onnxTypes = ["DepthToSpace"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let name = try node.string("mode") ?? "DCR"
    guard let order = Order(rawValue: name) else { throw node.malformed("mode \(name)") }
    guard let size = try node.int("blocksize") else { throw node.malformed("no blocksize") }
    builder.emit(DepthToSpace(blockSize: size, order: order), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node(
      "DepthToSpace",
      node,
      attributes: ["blocksize": .int(blockSize), "mode": .string(order.rawValue)]
    )
  }
}
