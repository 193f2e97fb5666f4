public import SqueezeGraph
public import SqueezeTensor

/// A relation between two tensors, element by element, with the broadcasting of NumPy and ONNX.
///
/// - Inputs: `a`, `b` of one type, shapes that broadcast. Output: `bool` of the broadcast shape.
public struct Comparison: Operator {
  /// The relation that gives `true`.
  public enum Relation: String, Sendable, Hashable, Codable, CaseIterable {
    case equal, greater, greaterOrEqual, less, lessOrEqual
  }

  public var relation: Relation

  /// Creates the operator.
  public init(_ relation: Relation) { self.relation = relation }

  public static let examples =
    Relation.allCases.flatMap { relation in
      [
        Example(Self(relation), inputs: [[2, 1, 4], [3, 1]]),
        Example(Self(relation), specs: [TensorSpec([5], .int64), TensorSpec([], .int64)]),
      ]
    }

  public var inputCount: ClosedRange<Int> { 2...2 }
  public var channelFlow: ChannelFlow { .ties }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let (a, b) = (inputs[0], inputs[1])
    guard a.type == b.type || (a.type.isReal && b.type.isReal) else {
      throw error(expected: "inputs of one type", actual: "\(a.type) and \(b.type)")
    }
    guard let shape = a.shape.broadcast(with: b.shape) else {
      throw error(expected: "shapes that broadcast", actual: "\(a.shape) and \(b.shape)")
    }
    return [TensorSpec(shape, .bool)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let (a, b) = (inputs[0], inputs[1])
    let y = try outputs(for: [a.spec, b.spec])[0]
    let integers =
      a.type.isReal
      ? broadcast(a.scalars, a.shape, b.scalars, b.shape, to: y.shape) { holds($0, $1) ? 1 : 0 }
      : broadcast(a.integers, a.shape, b.integers, b.shape, to: y.shape) { holds($0, $1) ? 1 : 0 }
    return [Tensor(y.shape, integers: integers, type: .bool)]
  }

  private func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool {
    switch relation {
    case .equal: a == b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    case .less: a < b
    case .lessOrEqual: a <= b
    }
  }
}

// MARK: - ONNX

extension Comparison: ONNXConvertible {
  public static let onnxTypes = Relation.allCases.map(\.onnxType)

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let relation = Relation.allCases.first(where: { $0.onnxType == node.type }) else {
      throw node.unsupported("this relation")
    }
    builder.emit(Comparison(relation), [try node.input(0), try node.input(1)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node(relation.onnxType, node)
  }
}

extension Comparison.Relation {
  /// The ONNX type of the relation: `GreaterOrEqual` and so on.
  fileprivate var onnxType: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
