public import SqueezeGraph
public import SqueezeTensor

/// The sizes of a tensor's axes as int64; ONNX calls this `Shape`.
///
/// - Input: any shape and type. Output: `[axes in start..<end]`.
public struct ShapeOf: Operator {
  /// The first axis; negative counts from the end, beyond the ends means the nearest end.
  public var start: Int
  /// The axis after the last, as ``start``; `nil` means all that follow.
  public var end: Int?

  /// Creates the operator.
  public init(start: Int = 0, end: Int? = nil) {
    self.start = start
    self.end = end
  }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 1, 5]]),
    Example(Self(), inputs: [[]]),
    Example(Self(start: -2), specs: [TensorSpec([2, 3, 7], .int32)]),
    Example(Self(start: 1, end: -1), inputs: [[2, 3, 7, 4]]),
    Example(Self(start: 2, end: 1), inputs: [[2, 3, 7, 4]]),
  ]

  public var channelFlow: ChannelFlow { .opaque }

  /// The sizes for an input of some shape.
  public func sizes(of shape: Shape) -> [Int] {
    func clamped(_ index: Int) -> Int {
      index < 0 ? max(index, -shape.rank) + shape.rank : min(index, shape.rank)
    }
    let (first, last) = (clamped(start), clamped(end ?? shape.rank))
    return first < last ? Array(shape.dimensions[first..<last]) : []
  }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    [TensorSpec([sizes(of: inputs[0].shape).count], .int64)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let sizes = sizes(of: inputs[0].shape)
    return [Tensor([sizes.count], integers: sizes)]
  }
}

// MARK: - ONNX

extension ShapeOf: ONNXConvertible {
  public static let onnxTypes = ["Shape"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let op = ShapeOf(start: try node.int("start") ?? 0, end: try node.int("end"))
    builder.emit(op, [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    var attributes: [String: ONNXAttribute] = ["start": .int(start)]
    attributes["end"] = end.map { .int($0) }
    writer.node("Shape", node, attributes: attributes)
  }
}
