public import SqueezeGraph
public import SqueezeTensor

/// The slices of a tensor that a tensor of indices names.
///
/// `y[a…, i…, b…] = x[a…, indices[i…], b…]`, the index standing at `axis`; negative indices count from
/// the end.
///
/// - Inputs: `x` of any shape and type, `indices` of integers.
/// - Output: the shape of `x` with the size at `axis` replaced by the shape of `indices`.
/// - Throws: where an index lies outside the axis, when it runs.
public struct Gather: Operator {
  /// The axis along which slices are chosen; negative counts from the end.
  public var axis: Int

  /// Creates the operator.
  public init(axis: Int = 0) { self.axis = axis }

  public static let examples = [
    Example(Self(axis: 1), specs: [TensorSpec([2, 3, 2]), TensorSpec([2, 1], .bool)]),
    Example(Self(axis: -1), specs: [TensorSpec([2, 200]), TensorSpec([5], .int64)]),
    Example(Self(), specs: [TensorSpec([201], .int64), TensorSpec([], .int32)]),
  ]

  public var inputCount: ClosedRange<Int> { 2...2 }
  public var channelFlow: ChannelFlow { .opaque }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    let axis = try axis(axis, of: x)
    guard !inputs[1].type.isReal else {
      throw error(expected: "integer indices", actual: "\(inputs[1])")
    }
    let dimensions =
      x.dimensions[..<axis] + inputs[1].shape.dimensions + x.dimensions[(axis + 1)...]
    return [TensorSpec(Shape(Array(dimensions)), inputs[0].type)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let y = try outputs(for: inputs.map(\.spec))[0].shape
    let axis = try axis(axis, of: x.shape)
    let size = x.shape[axis]
    for index in inputs[1].integers where index < -size || index >= size {
      throw error(expected: "indices in \(-size)..<\(size)", actual: index)
    }
    let indices = inputs[1].integers.map { $0 < 0 ? $0 + size : $0 }
    var chosen = x.shape
    chosen[axis] = indices.count
    let result = x.selected(chosen) { $0 == axis ? indices : Array(0..<x.shape[$0]) }
    return [result.reshaped(y)]
  }
}

// MARK: - Gradient

extension Gather: RearrangingOperator {
  public func movedInputs(of count: Int) -> Range<Int> { 0..<1 }
}

// MARK: - ONNX

extension Gather: ONNXConvertible {
  public static let onnxTypes = ["Gather"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let axis = try node.int("axis") ?? 0
    builder.emit(
      Gather(axis: node.normalized([axis])[0]),
      [try node.input(0), try node.input(1)]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    var inputs = node.inputs
    let type = node.inputSpecs[1].type
    if type != .int32, type != .int64 {
      inputs[1] = "\(node.name)/indices"
      writer.node(
        "Cast",
        name: inputs[1],
        inputs: [node.inputs[1]],
        outputs: [inputs[1]],
        attributes: ["to": .int(ElementType.int64.onnxCode)]
      )
    }
    writer.node("Gather", node, inputs: inputs, attributes: ["axis": .int(axis)])
  }
}
