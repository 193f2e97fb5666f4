public import SqueezeGraph
public import SqueezeTensor

/// Leaves out axes of size 1; ONNX calls this `Squeeze`.
///
/// - Input: any shape and type. Output: the same elements without those axes.
public struct DropAxes: Operator {
  /// The axes to leave out, negative ones counted from the end; empty means all of size 1.
  public var axes: [Int]

  /// Creates the operator.
  public init(_ axes: [Int] = []) { self.axes = axes }

  public static let examples = [
    Example(Self([2, 3]), inputs: [[2, 5, 1, 1]]),
    Example(Self([-1]), inputs: [[3, 1]]),
    Example(Self(), specs: [TensorSpec([1, 2, 1, 3], .int64)]),
    Example(Self([0]), inputs: [[1]]),
  ]

  public var channelFlow: ChannelFlow {
    !axes.isEmpty && axes.allSatisfy { $0 >= 2 } ? .preserves : .opaque
  }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard !axes.isEmpty else {
      return [TensorSpec(Shape(x.dimensions.filter { $0 != 1 }), inputs[0].type)]
    }
    let dropped = try axes(axes, rank: x.rank)
    for axis in dropped where x[axis] != 1 {
      throw error(expected: "size 1 along axis \(axis)", actual: x)
    }
    let kept = (0..<x.rank).filter { !dropped.contains($0) }
    return [TensorSpec(Shape(kept.map { x[$0] }), inputs[0].type)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    [inputs[0].reshaped(try outputs(for: [inputs[0].spec])[0].shape)]
  }
}

// MARK: - Gradient

extension DropAxes: RearrangingOperator {}

// MARK: - ONNX

extension DropAxes: ONNXConvertible {
  public static let onnxTypes = ["Squeeze"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let operand = try node.input(0)
    var axes = try node.integers("axes", orInput: 1) ?? []
    if axes.isEmpty, let sizes = operand.axes {
      axes = sizes.indices.filter { sizes[$0] == .fixed(1) }
      guard !axes.isEmpty else { return builder.emit(Identity(), [operand]) }
    }
    builder.emit(DropAxes(node.normalized(axes)), [operand])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let inputs = axes.isEmpty ? [] : [writer.integers("\(node.name)/axes", axes)]
    writer.node("Squeeze", node, inputs: node.inputs + inputs)
  }
}
