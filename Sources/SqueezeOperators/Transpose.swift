public import SqueezeGraph
public import SqueezeTensor

/// The axes in another order, `y[i₀, i₁, …] = x[…]` with axis `a` of `y` being axis `order[a]` of `x`.
///
/// - Input: any shape and type. Output: shape `[x[order[0]], x[order[1]], …]`.
public struct Transpose: Operator {
  /// For every axis of the output the axis of the input; empty reverses the axes.
  public var order: [Int]

  /// Creates the operator.
  public init(_ order: [Int] = []) { self.order = order }

  public static let examples = [
    Example(Self([0, 2, 3, 1]), inputs: [[2, 3, 4, 5]]),
    Example(Self([0, 3, 1, 2]), inputs: [[1, 7, 1, 3]]),
    Example(Self(), inputs: [[2, 3, 4]]),
    Example(Self([1, 0]), specs: [TensorSpec([3, 5], .int64)]),
    Example(Self([0, 2, 1, 3, 4]), inputs: [[1, 2, 3, 2, 1]]),
  ]

  public var channelFlow: ChannelFlow {
    order.count >= 2 && order[0] == 0 && order[1] == 1 ? .preserves : .opaque
  }

  /// The order for an input of some rank.
  public func order(rank: Int) -> [Int] { order.isEmpty ? (0..<rank).reversed() : order }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    let order = order(rank: x.rank)
    guard order.sorted() == Array(0..<x.rank) else {
      throw error(expected: "an order of \(x.rank) axes", actual: "\(order)")
    }
    return [TensorSpec(Shape(order.map { x[$0] }), inputs[0].type)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    _ = try outputs(for: [inputs[0].spec])
    return [inputs[0].permuted(order(rank: inputs[0].shape.rank))]
  }
}

// MARK: - Gradient

extension Transpose: RearrangingOperator {}

// MARK: - ONNX

extension Transpose: ONNXConvertible {
  public static let onnxTypes = ["Transpose"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let operand = try node.input(0)
    let reversed = operand.spec.map { Array((0..<$0.shape.rank).reversed()) } ?? []
    builder.emit(Transpose(try node.ints("perm") ?? reversed), [operand])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let order = order(rank: node.inputSpecs[0].shape.rank)
    writer.node("Transpose", node, attributes: ["perm": .ints(order)])
  }
}
