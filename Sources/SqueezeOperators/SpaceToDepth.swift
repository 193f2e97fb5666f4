public import SqueezeGraph
public import SqueezeTensor

/// Blocks of pixels moved into channels, `y[n, (i·b + j)·C + c, h, w] = x[n, c, h·b + i, w·b + j]`.
///
/// - Input: `[N, C, H, W]`, any type. Output: `[N, C·b², H/b, W/b]`.
public struct SpaceToDepth: Operator {
  /// The height and width of a block, `b`.
  public var blockSize: Int

  /// Creates the operator.
  public init(blockSize: Int) { self.blockSize = blockSize }

  public static let examples = [
    Example(Self(blockSize: 2), inputs: [[2, 3, 4, 2]]),
    Example(Self(blockSize: 3), inputs: [[1, 1, 3, 6]]),
  ]

  public var channelFlow: ChannelFlow { .opaque }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard x.rank == 4 else { throw error(expected: "an input [N, C, H, W]", actual: x) }
    guard (1...DepthToSpace.maximumBlock).contains(blockSize) else {
      throw error(expected: "a block size in 1...\(DepthToSpace.maximumBlock)", actual: blockSize)
    }
    guard x[2] % blockSize == 0, x[3] % blockSize == 0 else {
      throw error(expected: "height and width divisible by \(blockSize)", actual: x)
    }
    let (channels, overflow) = x[1].multipliedReportingOverflow(by: blockSize * blockSize)
    guard !overflow else { throw error(expected: "at most 2^40 channels", actual: "more") }
    return [
      TensorSpec([x[0], channels, x[2] / blockSize, x[3] / blockSize], inputs[0].type)
    ]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let (x, b) = (inputs[0].shape, blockSize)
    let y = try outputs(for: [inputs[0].spec])[0].shape
    let split: Shape = [x[0], x[1], y[2], b, y[3], b]
    return [inputs[0].reshaped(split).permuted([0, 3, 5, 1, 2, 4]).reshaped(y)]
  }
}

// MARK: - Gradient

extension SpaceToDepth: RearrangingOperator {}

// MARK: - ONNX

extension SpaceToDepth: ONNXConvertible {
  public static let onnxTypes = ["SpaceToDepth"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let size = try node.int("blocksize") else { throw node.malformed("no blocksize") }
    builder.emit(SpaceToDepth(blockSize: size), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("SpaceToDepth", node, attributes: ["blocksize": .int(blockSize)])
  }
}
