public import SqueezeGraph
public import SqueezeTensor

/// An operator of two inputs, element by element, with the broadcasting of NumPy and ONNX.
///
/// Integers wrap around at the range of their type.
///
/// | value | shape |
/// |---|---|
/// | inputs `a`, `b` | aligned at their last axes; along each axis equal, or one of them 1 |
/// | output `y` | the larger size along each axis |
public protocol BroadcastOperator: ONNXConvertible, Differentiable {
  /// The ONNX type of the operator.
  static var onnxType: String { get }
  /// The function of two real elements.
  static func apply(_ a: Float, _ b: Float) -> Float
  /// The function of two integer elements, `nil` where the operator is for real numbers.
  static func apply(_ a: Int, _ b: Int) -> Int?
  /// The derivatives of the function of two real elements by each of them.
  static func derivatives(_ a: Float, _ b: Float) -> (a: Float, b: Float)

  /// Creates the operator, which has no attributes.
  init()
}

extension BroadcastOperator {
  public static var examples: [Example<Self>] {
    [
      Example(Self(), inputs: [[2, 3, 4, 5], [2, 3, 4, 5]]),
      Example(Self(), inputs: [[1, 17, 5, 3], [17, 1, 1]]),
      Example(Self(), inputs: [[2, 6], [1]]),
      Example(Self(), inputs: [[1, 4, 1, 3], [2, 1, 5, 1]]),
      Example(Self(), inputs: [[3], [2, 3]]),
      Example(Self(), inputs: [[], [2, 1, 3]]),
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
    guard a.type.isReal || Self.apply(1, 1) != nil else {
      throw error(expected: "real inputs", actual: "\(a.type)")
    }
    guard let shape = a.shape.broadcast(with: b.shape) else {
      throw error(expected: "shapes that broadcast", actual: "\(a.shape) and \(b.shape)")
    }
    return [TensorSpec(shape, a.type)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let (a, b) = (inputs[0], inputs[1])
    let y = try outputs(for: [a.spec, b.spec])[0]
    if y.type.isReal {
      return [
        Tensor(
          y.shape,
          broadcast(a.scalars, a.shape, b.scalars, b.shape, to: y.shape) { Self.apply($0, $1) },
          type: y.type
        )
      ]
    }
    let integers = broadcast(a.integers, a.shape, b.integers, b.shape, to: y.shape) {
      y.type.wrapped(Self.apply($0, $1) ?? 0)
    }
    return [Tensor(y.shape, integers: integers, type: y.type)]
  }

  // MARK: Gradient

  /// `da = Σ ∂f/∂a · dy` over the elements of the output that an element of `a` reaches, alike for
  /// `b`; nothing for integers.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (a, b, dy) = (pass.inputs[0], pass.inputs[1], pass.gradients[0])
    guard a.type.isReal else { return Gradients(inputs: [nil, nil]) }
    var da = [Double](repeating: 0, count: a.count)
    var db = [Double](repeating: 0, count: b.count)
    let positions = zip(
      broadcastPositions(a.shape, to: dy.shape),
      broadcastPositions(b.shape, to: dy.shape)
    )
    for ((i, j), slope) in zip(positions, dy.scalars) {
      let derivatives = Self.derivatives(a.scalars[i], b.scalars[j])
      da[i] += Double(derivatives.a) * Double(slope)
      db[j] += Double(derivatives.b) * Double(slope)
    }
    return Gradients(inputs: [Tensor(a.shape, sums: da), Tensor(b.shape, sums: db)])
  }

  // MARK: ONNX

  public static var onnxTypes: [String] { [onnxType] }

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(Self(), [try node.input(0), try node.input(1)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node(Self.onnxType, node)
  }

  /// Reads an ONNX type of any number of inputs as a chain of operators of two.
  static func readChain(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let operands = try node.inputs.indices.map { index throws(ONNXError) in try node.input(index) }
    guard var sum = operands.first else { throw node.malformed("no inputs") }
    guard operands.count > 1 else { return builder.emit(Identity(), [sum]) }
    for (position, operand) in operands[1..<(operands.count - 1)].enumerated() {
      sum = builder.intermediate("\(position)", Self(), [sum, operand])
    }
    builder.emit(Self(), [sum, operands[operands.count - 1]])
  }
}

/// The element of a tensor that every element of the shape it broadcasts to sees.
func broadcastPositions(_ shape: Shape, to result: Shape) -> [Int] {
  broadcast(Array(0..<shape.count), shape, [0], [], to: result) { position, _ in position }
}

/// Combines two tensors element by element; axes of size 1 repeat.
func broadcast<Element, Result>(
  _ a: [Element],
  _ aShape: Shape,
  _ b: [Element],
  _ bShape: Shape,
  to result: Shape,
  _ combine: (Element, Element) -> Result
) -> [Result] {
  if aShape == result, bShape == result { return zip(a, b).map(combine) }
  guard !result.dimensions.contains(0) else { return [] }
  func steps(_ shape: Shape) -> [Int] {
    let (strides, missing) = (shape.strides, result.rank - shape.rank)
    return (0..<result.rank).map { axis in
      axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
  }
  let (aSteps, bSteps) = (steps(aShape), steps(bShape))
  var index = [Int](repeating: 0, count: result.rank)
  var (i, j) = (0, 0)
  return (0..<result.count).map { _ in
    let value = combine(a[i], b[j])
    var axis = result.rank - 1
    while axis >= 0 {
      index[axis] += 1
      i += aSteps[axis]
      j += bSteps[axis]
      if index[axis] < result[axis] { break }
      i -= aSteps[axis] * result[axis]
      j -= bSteps[axis] * result[axis]
      index[axis] = 0
      axis -= 1
    }
    return value
  }
}
