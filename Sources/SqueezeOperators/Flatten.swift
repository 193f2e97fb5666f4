public import SqueezeGraph
public import SqueezeTensor

/// A tensor as a matrix: axes before `axis` become rows, the others columns.
///
/// - Input: any shape and type. Output: `[Π sizes before axis, Π sizes from axis on]`.
public struct Flatten: Operator {
  /// The first axis that becomes part of a row; negative counts from the end.
  public var axis: Int

  /// Creates the operator.
  public init(axis: Int = 1) { self.axis = axis }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(axis: 0), inputs: [[2, 3]]),
    Example(Self(axis: 3), inputs: [[2, 1, 4]]),
    Example(Self(axis: -1), specs: [TensorSpec([2, 3, 4], .int32)]),
  ]

  public var channelFlow: ChannelFlow { axis == 1 ? .flattens : .opaque }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard axis >= -x.rank, axis <= x.rank else {
      throw error(expected: "an axis in \(-x.rank)...\(x.rank)", actual: axis)
    }
    let split = axis < 0 ? axis + x.rank : axis
    guard let rows = Shape(Array(x.dimensions[..<split])).checkedCount,
      let columns = Shape(Array(x.dimensions[split...])).checkedCount
    else { throw error(expected: "at most 2^40 rows and columns", actual: x) }
    return [TensorSpec([rows, columns], inputs[0].type)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    [inputs[0].reshaped(try outputs(for: [inputs[0].spec])[0].shape)]
  }
}

// MARK: - Gradient

extension Flatten: RearrangingOperator {}

// MARK: - ONNX

extension Flatten: ONNXConvertible {
  public static let onnxTypes = ["Flatten"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let axis = try node.int("axis") ?? 1
    builder.emit(Flatten(axis: axis == 0 ? 0 : node.normalized([axis])[0]), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Flatten", node, attributes: ["axis": .int(axis)])
  }
}
