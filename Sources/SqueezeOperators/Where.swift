public import SqueezeGraph
public import SqueezeTensor

/// A choice between two tensors, element by element, with broadcasting: `y = condition ? a : b`.
///
/// - Inputs: `condition` of type `bool`, `a` and `b` of one type, shapes that broadcast. Output: the
///   type of `a`, the broadcast shape.
public struct Where: Operator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(
      Self(),
      specs: [TensorSpec([2, 3], .bool), TensorSpec([2, 3]), TensorSpec([2, 3])]
    ),
    Example(Self(), specs: [TensorSpec([2, 1], .bool), TensorSpec([]), TensorSpec([4, 1, 3])]),
    Example(
      Self(),
      specs: [TensorSpec([4], .bool), TensorSpec([4], .int64), TensorSpec([1], .int64)]
    ),
  ]

  public var inputCount: ClosedRange<Int> { 3...3 }
  public var channelFlow: ChannelFlow { .ties }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let (condition, a, b) = (inputs[0], inputs[1], inputs[2])
    guard condition.type == .bool, a.type == b.type else {
      throw error(
        expected: "a bool condition and inputs of one type",
        actual: "\(condition.type), \(a.type) and \(b.type)"
      )
    }
    guard let shape = a.shape.broadcast(with: b.shape)?.broadcast(with: condition.shape) else {
      throw error(
        expected: "shapes that broadcast",
        actual: "\(condition.shape), \(a.shape) and \(b.shape)"
      )
    }
    return [TensorSpec(shape, a.type)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let (condition, a, b) = (inputs[0], inputs[1], inputs[2])
    let y = try outputs(for: [condition.spec, a.spec, b.spec])[0]
    let flags = broadcastPositions(condition.shape, to: y.shape).map {
      condition.integers[$0] != 0
    }
    let first = broadcastPositions(a.shape, to: y.shape)
    let second = broadcastPositions(b.shape, to: y.shape)
    func choose<Element>(_ a: [Element], _ b: [Element]) -> [Element] {
      flags.indices.map { flags[$0] ? a[first[$0]] : b[second[$0]] }
    }
    return [
      y.type.isReal
        ? Tensor(y.shape, choose(a.scalars, b.scalars), type: y.type)
        : Tensor(y.shape, integers: choose(a.integers, b.integers), type: y.type)
    ]
  }
}

// MARK: - Gradient

extension Where: RearrangingOperator {
  public func movedInputs(of count: Int) -> Range<Int> { 1..<3 }
}

// MARK: - ONNX

extension Where: ONNXConvertible {
  public static let onnxTypes = ["Where"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(Where(), [try node.input(0), try node.input(1), try node.input(2)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) { writer.node("Where", node) }
}
