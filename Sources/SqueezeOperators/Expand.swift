public import SqueezeGraph
public import SqueezeTensor

/// Repeats axes of size 1, by the rules of broadcasting.
///
/// - Input: any shape and type. Output: the shape that the input and ``dimensions`` broadcast to.
public struct Expand: Operator {
  /// The sizes to broadcast with, aligned at the last axis; 1 keeps the input's.
  public var dimensions: [Int]

  /// Creates the operator.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  public static let examples = [
    Example(Self([2, 1, 4]), inputs: [[3, 1]]),
    Example(Self([3, 1]), inputs: [[2, 1, 5]]),
    Example(Self([2, 3]), specs: [TensorSpec([], .int64)]),
    Example(Self([]), inputs: [[2, 2]]),
  ]

  public var channelFlow: ChannelFlow { .opaque }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard dimensions.allSatisfy({ $0 >= 0 }),
      let result = inputs[0].shape.broadcast(with: Shape(dimensions))
    else {
      throw error(
        expected: "a shape that \(inputs[0].shape) expands to",
        actual: Shape(dimensions)
      )
    }
    return [TensorSpec(result, inputs[0].type)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let y = try outputs(for: [inputs[0].spec])[0].shape
    let ones = [Int](repeating: 1, count: y.rank - inputs[0].shape.rank)
    let x = Shape(ones + inputs[0].shape.dimensions)
    let result = inputs[0].reshaped(x).selected(y) { axis in
      (0..<y[axis]).map { x[axis] == 1 ? 0 : $0 }
    }
    return [result]
  }
}

// MARK: - Gradient

extension Expand: RearrangingOperator {}

// MARK: - ONNX

extension Expand: ONNXConvertible {
  public static let onnxTypes = ["Expand"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let operand = try node.input(0)
    _ = try node.constant(1)
    guard let sizes = try node.input(1).sizes else { throw node.malformed("a real shape") }
    let axes = operand.axes ?? []
    var dimensions: [Int] = []
    for (position, size) in sizes.enumerated() {
      let axis = axes.count - sizes.count + position
      if axes.indices.contains(axis), axes[axis] == size {
        dimensions.append(1)
      } else if case .fixed(let value) = size {
        dimensions.append(value)
      } else {
        throw node.unsupported("a shape that changes with an open input size")
      }
    }
    builder.emit(Expand(dimensions), [operand])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let shape = writer.integers("\(node.name)/shape", dimensions)
    writer.node("Expand", node, inputs: node.inputs + [shape])
  }
}
