public import SqueezeGraph
public import SqueezeTensor

/// The product of two matrices that are both computed, batch by batch, `y = a · b`.
///
/// | value | shape |
/// |---|---|
/// | input `a` | `[…, M, K]` |
/// | input `b` | `[…, K, P]` |
/// | output `y` | `[…, M, P]`, the leading axes broadcast |
///
/// A vector on the left is a row, on the right a column, and its axis is missing in the output.
public struct MatrixProduct: Operator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[3, 5], [5, 4]]),
    Example(Self(), inputs: [[2, 3, 5], [2, 5, 1]]),
    Example(Self(), inputs: [[2, 1, 3, 5], [4, 5, 6]]),
    Example(Self(), inputs: [[5], [5, 3]]),
    Example(Self(), inputs: [[2, 3, 5], [5]]),
    Example(Self(), inputs: [[4], [4]]),
  ]

  public var inputCount: ClosedRange<Int> { 2...2 }
  public var channelFlow: ChannelFlow { .opaque }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard let (a, b, batch) = matrices(inputs) else {
      throw error(
        expected: "real matrices […, M, K] and […, K, P]",
        actual: "\(inputs[0]) and \(inputs[1])"
      )
    }
    let rows = inputs[0].shape.rank == 1 ? [] : [a[a.rank - 2]]
    let columns = inputs[1].shape.rank == 1 ? [] : [b[b.rank - 1]]
    return [TensorSpec(Shape(batch.dimensions + rows + columns))]
  }

  /// The shapes of both inputs, vectors as matrices, and of the batch; `nil` where they do not fit.
  private func matrices(_ inputs: [TensorSpec]) -> (a: Shape, b: Shape, batch: Shape)? {
    var (a, b) = (inputs[0].shape, inputs[1].shape)
    if a.rank == 1 { a = [1, a[0]] }
    if b.rank == 1 { b = [b[0], 1] }
    guard inputs[0].type.isReal, inputs[1].type.isReal, a.rank >= 2, b.rank >= 2,
      a[a.rank - 1] == b[b.rank - 2],
      let batch = Shape(a.dimensions.dropLast(2)).broadcast(with: Shape(b.dimensions.dropLast(2)))
    else { return nil }
    return (a, b, batch)
  }

  /// Which matrix of an input every matrix of the output uses.
  private func used(_ shape: Shape, in batch: Shape) -> [Int] {
    let leading = Shape(shape.dimensions.dropLast(2))
    return broadcastPositions(leading, to: batch.rank == 0 ? [1] : batch)
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
    let y = try outputs(for: inputs.map(\.spec))[0].shape
    guard let (a, b, batch) = matrices(inputs.map(\.spec)) else { return [] }
    let (rows, columns, depth) = (a[a.rank - 2], b[b.rank - 1], a[a.rank - 1])
    let (left, right) = (inputs[0].scalars, inputs[1].scalars)
    var result: [Float] = []
    result.reserveCapacity(y.count)
    for (i, j) in zip(used(a, in: batch), used(b, in: batch)) {
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

// MARK: - Gradient

extension MatrixProduct: Differentiable {
  /// `da = dy bᵀ`, `db = aᵀ dy`, summed over the batches that share a matrix.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    guard let (a, b, batch) = matrices(pass.inputs.map(\.spec)) else {
      return Gradients(inputs: [])
    }
    let (rows, columns, depth) = (a[a.rank - 2], b[b.rank - 1], a[a.rank - 1])
    let (left, right) = (pass.inputs[0].scalars, pass.inputs[1].scalars)
    var slopes = pass.gradients[0].scalars.makeIterator()
    var da = [Double](repeating: 0, count: left.count)
    var db = [Double](repeating: 0, count: right.count)
    for (i, j) in zip(used(a, in: batch), used(b, in: batch)) {
      for row in 0..<rows {
        for column in 0..<columns {
          let slope = Double(slopes.next() ?? 0)
          for k in 0..<depth {
            let (p, q) = ((i * rows + row) * depth + k, (j * depth + k) * columns + column)
            da[p] += slope * Double(right[q])
            db[q] += slope * Double(left[p])
          }
        }
      }
    }
    return Gradients(
      inputs: [Tensor(pass.inputs[0].shape, sums: da), Tensor(pass.inputs[1].shape, sums: db)]
    )
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
    else { return builder.emit(MatrixProduct(), [a, b]) }
    builder.emit(
      FullyConnected(outputFeatures: weight.shape[1], hasBias: false),
      [a],
      parameters: ["weight": weight.transposed()]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) { writer.node("MatMul", node) }
}
