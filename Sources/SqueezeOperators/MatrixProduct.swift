public import SqueezeGraph
public import SqueezeTensor

/// The product of two matrices that are both computed, batch by batch, `y = a · b`.
///
/// | value | shape |
/// |---|---|
/// | input `a` | `[…, M, K]` |
/// | input `b` | `[…, K, P]` |
/// | output `y` | `[…, M, P]`, the leading axes broadcast |
public struct MatrixProduct: Operator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[3, 5], [5, 4]]),
    Example(Self(), inputs: [[2, 3, 5], [2, 5, 1]]),
    Example(Self(), inputs: [[2, 1, 3, 5], [4, 5, 6]]),
  ]

  public var inputCount: ClosedRange<Int> { 2...2 }
  public var channelFlow: ChannelFlow { .opaque }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let (a, b) = (inputs[0].shape, inputs[1].shape)
    guard inputs[0].type.isReal, inputs[1].type.isReal, a.rank >= 2, b.rank >= 2,
      a[a.rank - 1] == b[b.rank - 2],
      let batch = Shape(a.dimensions.dropLast(2)).broadcast(with: Shape(b.dimensions.dropLast(2)))
    else { throw error(expected: "matrices […, M, K] and […, K, P]", actual: "\(a) and \(b)") }
    return [TensorSpec(Shape(batch.dimensions + [a[a.rank - 2], b[b.rank - 1]]))]
  }

  // MARK: Cost

  public func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int {
    let a = inputs[0].shape
    let outputs = try outputs(for: inputs)[0].shape.count
    let (macs, overflow) = outputs.multipliedReportingOverflow(by: a[a.rank - 1])
    guard !overflow else { throw error(expected: "fewer than 2^63 MACs", actual: "more") }
    return macs
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let (a, b) = (inputs[0], inputs[1])
    let y = try outputs(for: [a.spec, b.spec])[0].shape
    let (rows, columns) = (y[y.rank - 2], y[y.rank - 1])
    let depth = a.shape[a.shape.rank - 1]
    let batch = Shape(y.dimensions.dropLast(2))
    // Which matrix of each input every matrix of the output uses.
    func matrices(_ shape: Shape) -> [Int] {
      let leading = Shape(shape.dimensions.dropLast(2))
      let numbers = Array(0..<leading.count)
      return broadcast(numbers, leading, [0], [1], to: batch.rank == 0 ? [1] : batch) { a, _ in a }
    }
    let (left, right) = (a.scalars, b.scalars)
    var result: [Float] = []
    result.reserveCapacity(y.count)
    for (i, j) in zip(matrices(a.shape), matrices(b.shape)) {
      for row in 0..<rows {
        for column in 0..<columns {
          var sum: Float = 0
          for k in 0..<depth {
            sum += left[(i * rows + row) * depth + k] * right[(j * depth + k) * columns + column]
          }
          result.append(sum)
        }
      }
    }
    return [Tensor(y, result)]
  }
}

// MARK: - ONNX

extension MatrixProduct: ONNXConvertible {
  public static let onnxTypes = ["MatMul"]

  /// A constant matrix on the right makes a fully connected layer.
  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let (a, b) = (try node.input(0), try node.input(1))
    guard let weight = b.constant, weight.shape.rank == 2, weight.type.isReal,
      (a.spec?.shape.rank ?? 0) >= 2
    else {
      guard try node.shape(0).rank >= 2, try node.shape(1).rank >= 2 else {
        throw node.unsupported("the product with a vector")
      }
      return builder.emit(MatrixProduct(), [a, b])
    }
    builder.emit(
      FullyConnected(outputFeatures: weight.shape[1], hasBias: false),
      [a],
      parameters: ["weight": weight.transposed()]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) { writer.node("MatMul", node) }
}
