public import SqueezeGraph
public import SqueezeTensor

/// The position of the largest or smallest element along an axis, as int64.
///
/// - Input: any shape, real or integer. Output: size 1 along ``axis``, or without it.
public struct ArgReduce: Operator {
  /// Which element is looked for.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case maximum, minimum }

  public var kind: Kind
  /// The axis searched; negative counts from the end.
  public var axis: Int
  /// Whether the axis stays with size 1.
  public var keepsAxis: Bool
  /// Whether the last of equal elements counts instead of the first.
  public var selectsLast: Bool

  /// Creates the operator.
  public init(_ kind: Kind, axis: Int, keepsAxis: Bool = true, selectsLast: Bool = false) {
    self.kind = kind
    self.axis = axis
    self.keepsAxis = keepsAxis
    self.selectsLast = selectsLast
  }

  public static let examples = Kind.allCases.flatMap { kind in
    [
      Example(Self(kind, axis: 1), inputs: [[2, 5, 3]]),
      Example(Self(kind, axis: -1, keepsAxis: false), inputs: [[2, 3, 1]]),
      Example(Self(kind, axis: 0, selectsLast: true), specs: [TensorSpec([90, 2], .int8)]),
    ]
  }

  public var channelFlow: ChannelFlow { axis >= 2 ? .preserves : .opaque }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    var shape = inputs[0].shape
    let axis = try axis(axis, of: shape)
    guard shape[axis] > 0 else {
      throw error(expected: "elements along axis \(axis)", actual: shape)
    }
    if keepsAxis { shape[axis] = 1 } else { shape.dimensions.remove(at: axis) }
    return [TensorSpec(shape, .int64)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let y = try outputs(for: [x.spec])[0].shape
    let axis = try axis(axis, of: x.shape)
    let (size, inner) = (x.shape[axis], x.shape.count(from: axis + 1))
    func search<Element: Comparable>(_ source: [Element]) -> [Int] {
      (0..<y.count).map { position in
        let first = position / inner * size * inner + position % inner
        var best = 0
        for i in 1..<size {
          let (a, b) = (source[first + i * inner], source[first + best * inner])
          let isBetter = kind == .maximum ? a > b : a < b
          if isBetter || (selectsLast && a == b) { best = i }
        }
        return best
      }
    }
    let result = x.type.isReal ? search(x.scalars) : search(x.integers)
    return [Tensor(y, integers: result)]
  }
}

// MARK: - ONNX

extension ArgReduce: ONNXConvertible {
  public static let onnxTypes = ["ArgMax", "ArgMin"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let axis = try node.int("axis") ?? 0
    builder.emit(
      ArgReduce(
        node.type == "ArgMax" ? .maximum : .minimum,
        axis: node.normalized([axis])[0],
        keepsAxis: try node.int("keepdims") ?? 1 != 0,
        selectsLast: try node.int("select_last_index") ?? 0 != 0
      ),
      [try node.input(0)]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node(
      kind == .maximum ? "ArgMax" : "ArgMin",
      node,
      attributes: [
        "axis": .int(axis), "keepdims": .int(keepsAxis ? 1 : 0),
        "select_last_index": .int(selectsLast ? 1 : 0),
      ]
    )
  }
}
