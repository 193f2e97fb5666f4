public import SqueezeGraph
public import SqueezeTensor

/// Scores as probabilities along one axis, `y = exp(x − max x) / Σ exp(x − max x)`.
///
/// - Input and output: any shape of at least one axis. Sums are kept in double precision.
public struct Softmax: Operator {
  /// The axis whose elements add up to 1; negative ones count from the end.
  public var axis: Int

  /// Creates the operator.
  public init(axis: Int = -1) { self.axis = axis }

  public static let examples = [
    Example(Self(axis: 1), inputs: [[2, 5]]),
    Example(Self(), inputs: [[1, 1000]]),
    Example(Self(axis: 1), inputs: [[2, 3, 4, 5]]),
    Example(Self(axis: 0), inputs: [[3]]),
  ]

  public var channelFlow: ChannelFlow { .opaque }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
    guard x.shape.axis(axis) != nil, x.type.isReal else {
      throw error(expected: "a real input with axis \(axis)", actual: "\(x)")
    }
    return [x]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    _ = try outputs(for: [inputs[0].spec])
    return [
      inputs[0].mapSlices(along: axis) { slice in
        let largest = slice.max() ?? 0
        let powers = slice.map { exponential(Double($0 - largest)) }
        let sum = powers.reduce(0, +)
        return powers.map { Float($0 / sum) }
      }
    ]
  }
}

extension Tensor {
  /// The tensor with a function applied to every slice along one axis.
  func mapSlices(along axis: Int, _ function: ([Float]) -> [Float]) -> Tensor {
    let axis = axis < 0 ? axis + shape.rank : axis
    let (length, inner) = (shape[axis], shape.count(from: axis + 1))
    let source = scalars
    var result = source
    for outer in 0..<shape.count(before: axis) {
      for offset in 0..<inner {
        let start = outer * length * inner + offset
        let slice = function((0..<length).map { source[start + $0 * inner] })
        for (position, value) in slice.enumerated() { result[start + position * inner] = value }
      }
    }
    return Tensor(shape, result, type: type)
  }
}

// MARK: - Gradient

extension Softmax: Differentiable {
  /// Along the axis, `dx = y · (dy − Σ y dy)`.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let dx = pass.outputs[0].mapSlices(with: pass.gradients[0], along: axis) { y, dy in
      let sum = zip(y, dy).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      return zip(y, dy).map { Float(Double($0) * (Double($1) - sum)) }
    }
    return Gradients(inputs: [dx])
  }
}

extension Tensor {
  /// A function applied to every pair of slices of two tensors of one shape along an axis.
  func mapSlices(
    with other: Tensor,
    along axis: Int,
    _ function: ([Float], [Float]) -> [Float]
  ) -> Tensor {
    var slices: [[Float]] = []
    _ = other.mapSlices(along: axis) { slice in
      slices.append(slice)
      return slice
    }
    var next = slices.makeIterator()
    return mapSlices(along: axis) { slice in function(slice, next.next() ?? []) }
  }
}

// MARK: - ONNX

extension Softmax: ONNXConvertible {
  public static let onnxTypes = ["Softmax"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    try read(node, into: &builder) { Softmax(axis: $0) }
  }

  /// Reads a node along one axis, or before operator set 13 along all axes from one on.
  static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder,
    _ make: (_ axis: Int) -> any Operator
  ) throws(ONNXError) {
    let operand = try node.input(0)
    guard node.opset < 13 else {
      return builder.emit(make(try node.int("axis") ?? -1), [operand])
    }
    let axis = try node.int("axis") ?? 1
    let shape = try node.shape(0)
    guard let first = shape.axis(axis), let sizes = operand.axes else {
      throw node.malformed("axis \(axis) of an input of shape \(shape)")
    }
    if sizes[(first + 1)...].allSatisfy({ $0 == .fixed(1) }) {
      return builder.emit(make(axis), [operand])
    }
    var dimensions = sizes.map { size in
      if case .fixed(let value) = size { value } else { -1 }
    }
    // The rows of the flattened tensor keep the size of the first axis where they are nothing else.
    if first == 1, dimensions[0] == -1 { dimensions[0] = 0 }
    guard dimensions.count(where: { $0 == -1 }) <= 1 else {
      throw node.unsupported("a softmax over several axes of open size")
    }
    let flat = builder.intermediate("flat", Flatten(axis: first), [operand])
    let result = builder.intermediate("rows", make(1), [flat])
    builder.emit(Reshape(dimensions), [result])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Softmax", node, attributes: ["axis": .int(axis)])
  }
}
