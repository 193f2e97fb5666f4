public import SqueezeGraph
public import SqueezeTensor

/// A logical connective of two `bool` tensors, element by element, with broadcasting.
///
/// - Inputs: `a`, `b` of type `bool`, shapes that broadcast. Output: `bool` of the broadcast shape.
public struct Logic: Operator {
  /// The connective.
  public enum Connective: String, Sendable, Hashable, Codable, CaseIterable {
    case and, or
    case exclusiveOr = "xor"
  }

  public var connective: Connective

  /// Creates the operator.
  public init(_ connective: Connective) { self.connective = connective }

  public static let examples = Connective.allCases.map { connective in
    Example(Self(connective), specs: [TensorSpec([2, 4], .bool), TensorSpec([4], .bool)])
  }

  public var inputCount: ClosedRange<Int> { 2...2 }
  public var channelFlow: ChannelFlow { .ties }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let (a, b) = (inputs[0], inputs[1])
    guard a.type == .bool, b.type == .bool else {
      throw error(expected: "inputs of type bool", actual: "\(a.type) and \(b.type)")
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
    let integers = broadcast(a.integers, a.shape, b.integers, b.shape, to: y.shape) {
      switch connective {
      case .and: $0 & $1
      case .or: $0 | $1
      case .exclusiveOr: $0 ^ $1
      }
    }
    return [Tensor(y.shape, integers: integers, type: .bool)]
  }
}

// MARK: - ONNX

extension Logic: ONNXConvertible {
  public static let onnxTypes = ["And", "Or", "Xor"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let connective = Connective(rawValue: node.type.lowercased()) else {
      throw node.unsupported("this connective")
    }
    builder.emit(Logic(connective), [try node.input(0), try node.input(1)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let types: [Connective: String] = [.and: "And", .or: "Or", .exclusiveOr: "Xor"]
    writer.node(types[connective] ?? "", node)
  }
}
