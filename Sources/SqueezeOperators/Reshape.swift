public import SqueezeGraph
public import SqueezeTensor

/// The same elements, row-major, in another shape.
///
/// - Input: any shape and type. Output: shape `dimensions`, where 0 copies the input's size of that
///   axis and one −1 stands for whatever is left.
public struct Reshape: Operator {
  /// The new sizes; 0 copies, −1 infers.
  public var dimensions: [Int]
  /// Whether 0 means an axis without elements instead of a copy.
  public var allowsZero: Bool

  /// Creates the operator.
  public init(_ dimensions: [Int], allowsZero: Bool = false) {
    self.dimensions = dimensions
    self.allowsZero = allowsZero
  }

  public static let examples = [
    Example(Self([0, -1]), inputs: [[2, 3, 4, 5]]),
    Example(Self([6, 0, 2]), inputs: [[3, 4, 4]]),
    Example(Self([]), inputs: [[1, 1]]),
    Example(Self([1, -1, 1]), inputs: [[]]),
    Example(Self([0, 2, -1, 0]), inputs: [[1, 4, 3, 5]]),
    Example(Self([-1, 2]), specs: [TensorSpec([2, 3], .int64)]),
  ]

  public var channelFlow: ChannelFlow {
    dimensions == [0, -1] && !allowsZero ? .flattens : .opaque
  }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    var result = Shape(dimensions)
    // Sizes that are copied leave both sides, so a batch of 0 still says what −1 is.
    var remaining = x.dimensions
    var known: [Int] = []
    var open: Int?
    for (axis, dimension) in dimensions.enumerated() {
      switch dimension {
      case 0 where !allowsZero:
        guard axis < x.rank else { throw error(expected: "an axis \(axis) to copy", actual: x) }
        result[axis] = x[axis]
        remaining[axis] = 1
      case -1:
        guard open == nil else { throw error(expected: "at most one −1", actual: result) }
        open = axis
      default:
        guard dimension >= 0 else { throw error(expected: "sizes of −1 or more", actual: result) }
        known.append(dimension)
      }
    }
    guard let given = Shape(remaining).checkedCount, let taken = Shape(known).checkedCount else {
      throw error(expected: "a shape of at most 2^40 elements", actual: result)
    }
    if let open {
      guard taken > 0, given % taken == 0 else {
        throw error(expected: "a shape for \(x)", actual: Shape(dimensions))
      }
      result[open] = given / taken
    } else if given != taken {
      throw error(expected: "a shape for \(x)", actual: Shape(dimensions))
    }
    return [TensorSpec(result, inputs[0].type)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    [inputs[0].reshaped(try outputs(for: [inputs[0].spec])[0].shape)]
  }
}

// MARK: - Gradient

extension Reshape: RearrangingOperator {}

// MARK: - ONNX

extension Reshape: ONNXConvertible {
  public static let onnxTypes = ["Reshape"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let operand = try node.input(0)
    let sizes: [SymbolicSize]
    if let attribute = try node.ints("shape") {
      sizes = attribute.map { .fixed($0) }
    } else {
      _ = try node.constant(1)
      guard let input = try node.input(1).sizes else { throw node.malformed("a real shape") }
      sizes = input
    }
    let allowsZero = try node.int("allowzero") ?? 0 != 0
    builder.emit(try reshape(operand, sizes, allowsZero: allowsZero, node), [operand])
  }

  /// The reshape to sizes of which some change with the open sizes of the model's inputs.
  private static func reshape(
    _ operand: ONNXOperand,
    _ sizes: [SymbolicSize],
    allowsZero: Bool,
    _ node: ONNXNode
  ) throws(ONNXError) -> Reshape {
    func dimensions(_ sizes: [SymbolicSize]) -> [Int] {
      let axes = operand.axes ?? []
      return sizes.enumerated().map { axis, size in
        switch size {
        case .fixed(let value): value
        case .varying: !allowsZero && axes.indices.contains(axis) && axes[axis] == size ? 0 : -1
        }
      }
    }
    var result = dimensions(sizes)
    if result.count(where: { $0 == -1 }) > 1 {
      result = dimensions(resolved(operand, sizes, allowsZero: allowsZero) ?? sizes)
    }
    guard result.count(where: { $0 == -1 }) <= 1 else {
      throw node.unsupported("a shape of which several sizes change with open input sizes")
    }
    return Reshape(result, allowsZero: allowsZero && result.contains(0)).keepingRows(operand)
  }

  /// The sizes of the result with −1 and 0 worked out for both choices of open sizes.
  private static func resolved(
    _ operand: ONNXOperand,
    _ sizes: [SymbolicSize],
    allowsZero: Bool
  ) -> [SymbolicSize]? {
    guard let spec = operand.spec else { return nil }
    let (first, second) = (sizes.map(\.first), sizes.map(\.second))
    let other = TensorSpec(operand.otherShape ?? spec.shape, spec.type)
    guard
      let a = try? Reshape(first, allowsZero: allowsZero).outputs(for: [spec])[0].shape,
      let b = try? Reshape(second, allowsZero: allowsZero).outputs(for: [other])[0].shape
    else { return nil }
    return zip(a.dimensions, b.dimensions).map { $0 == $1 ? .fixed($0) : .varying($0, $1) }
  }

  /// `[0, −1]` where that is the same: `[−1, features]` from exporters that put the batch last.
  private func keepingRows(_ operand: ONNXOperand) -> Reshape {
    let flat = Reshape([0, -1])
    guard dimensions.count == 2, !allowsZero, let spec = operand.spec else { return self }
    let shapes = [spec.shape] + (operand.otherShape.map { [$0] } ?? [])
    for shape in shapes {
      let specs = [TensorSpec(shape, spec.type)]
      guard shape.rank >= 2, let own = try? outputs(for: specs),
        let rows = try? flat.outputs(for: specs), own == rows
      else { return self }
    }
    return flat
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let shape = writer.integers("\(node.name)/shape", dimensions)
    writer.node(
      "Reshape",
      node,
      inputs: node.inputs + [shape],
      attributes: allowsZero ? ["allowzero": .int(1)] : [:]
    )
  }
}
