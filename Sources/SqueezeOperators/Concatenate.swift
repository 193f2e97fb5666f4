public import SqueezeGraph
public import SqueezeTensor

/// Tensors one after the other along an axis.
///
/// - Inputs: one or more of the same type and rank that differ at most along `axis`.
/// - Output: their sizes along `axis` added up, the other sizes kept.
public struct Concatenate: Operator {
  /// The axis along which sizes add up; negative counts from the end.
  public var axis: Int

  /// Creates a concatenation.
  public init(axis: Int) { self.axis = axis }

  public static let examples = [
    Example(Self(axis: 1), inputs: [[2, 3, 5, 3], [2, 1, 5, 3], [2, 17, 5, 3]]),
    Example(Self(axis: 0), inputs: [[3]]),
    Example(Self(axis: -1), inputs: [[1, 2, 3], [1, 2, 1]]),
    Example(Self(axis: 2), inputs: [[1, 4, 1, 5], [1, 4, 0, 5], [1, 4, 6, 5]]),
    Example(Self(axis: 0), specs: [TensorSpec([1], .int64), TensorSpec([4], .int64)]),
  ]

  /// The most inputs.
  public static let maximumInputs = 1 << 16

  public var inputCount: ClosedRange<Int> { 1...Self.maximumInputs }

  public var channelFlow: ChannelFlow {
    axis == 1 ? .concatenates : axis < 0 ? .opaque : .ties
  }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    var result = inputs[0]
    let axis = try axis(axis, of: result.shape)
    for input in inputs.dropFirst() {
      var expected = result.shape
      guard input.type == result.type, input.shape.rank == expected.rank else {
        throw error(expected: "\(result.type) inputs of rank \(expected.rank)", actual: "\(input)")
      }
      expected[axis] = input.shape[axis]
      guard expected == input.shape else {
        throw error(
          expected: "inputs that agree with \(inputs[0].shape) but for axis \(axis)",
          actual: input.shape
        )
      }
      result.shape[axis] += input.shape[axis]
    }
    return [result]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let y = try outputs(for: inputs.map(\.spec))[0]
    let axis = try axis(axis, of: y.shape)
    let blocks = y.shape.count(before: axis)
    let runs = inputs.map { $0.shape.count(from: axis) }
    func join<Element>(_ sources: [[Element]]) -> [Element] {
      var result: [Element] = []
      result.reserveCapacity(y.shape.count)
      for block in 0..<blocks {
        for (source, run) in zip(sources, runs) {
          result.append(contentsOf: source[block * run..<(block + 1) * run])
        }
      }
      return result
    }
    return [
      y.type.isReal
        ? Tensor(y.shape, join(inputs.map(\.scalars)), type: y.type)
        : Tensor(y.shape, integers: join(inputs.map(\.integers)), type: y.type)
    ]
  }
}

// MARK: - Gradient

extension Concatenate: RearrangingOperator {}

// MARK: - ONNX

extension Concatenate: ONNXConvertible {
  public static let onnxTypes = ["Concat"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let axis = try node.int("axis") ?? (node.opset < 4 ? 1 : nil) else {
      throw node.malformed("attribute axis is missing")
    }
    var operands: [ONNXOperand] = []
    for index in node.inputs.indices { operands.append(try node.input(index)) }
    builder.emit(Concatenate(axis: node.normalized([axis])[0]), operands)
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Concat", node, attributes: ["axis": .int(axis)])
  }
}
