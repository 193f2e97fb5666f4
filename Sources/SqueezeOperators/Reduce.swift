public import SqueezeGraph
public import SqueezeTensor

/// One number for all elements along some axes: their mean, sum, largest, smallest, product or norm.
///
/// - Input: any shape, real; for sum, product, largest and smallest also integer.
/// - Output: size 1 along ``axes``, or without them. Sums are kept in double precision; integer sums
///   and products wrap around at the range of their type.
public struct Reduce: Operator {
  /// What becomes of the elements.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `Σ x / n`
    case mean
    /// `Σ x`
    case sum
    /// The largest; −∞ of nothing.
    case maximum
    /// The smallest; ∞ of nothing.
    case minimum
    /// `Π x`
    case product
    /// `√ Σ x²`
    case l2
  }

  public var kind: Kind
  /// The axes to reduce, negative ones counted from the end; empty means all.
  public var axes: [Int]
  /// Whether the reduced axes stay with size 1.
  public var keepsAxes: Bool

  /// Creates the operator.
  public init(_ kind: Kind, axes: [Int] = [], keepsAxes: Bool = true) {
    self.kind = kind
    self.axes = axes
    self.keepsAxes = keepsAxes
  }

  public static let examples =
    Kind.allCases.flatMap { kind in
      [
        Example(Self(kind, axes: [2, 3], keepsAxes: false), inputs: [[2, 3, 5, 7]]),
        Example(Self(kind, axes: [-1, 0]), inputs: [[2, 3, 1, 4]]),
        Example(Self(kind, keepsAxes: false), inputs: [[3, 5]]),
        Example(Self(kind, axes: [1]), inputs: [[2, 5]]),
      ]
    } + [
      Example(Self(.sum, axes: [0], keepsAxes: false), specs: [TensorSpec([4, 2], .int64)]),
      Example(Self(.product, axes: [0], keepsAxes: false), specs: [TensorSpec([3], .int64)]),
      Example(Self(.maximum, axes: [1]), specs: [TensorSpec([2, 9], .int32)]),
    ]

  public var channelFlow: ChannelFlow {
    !axes.isEmpty && axes.allSatisfy { $0 >= 2 } ? .preserves : .opaque
  }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0]
    guard x.type.isReal || (kind != .mean && kind != .l2) else {
      throw error(expected: "a real input for \(kind)", actual: "\(x)")
    }
    let reduced = try reducedAxes(of: x.shape)
    let result =
      keepsAxes
      ? (0..<x.shape.rank).map { reduced.contains($0) ? 1 : x.shape[$0] }
      : (0..<x.shape.rank).filter { !reduced.contains($0) }.map { x.shape[$0] }
    return [TensorSpec(Shape(result), x.type)]
  }

  private func reducedAxes(of x: Shape) throws(ShapeError) -> [Int] {
    axes.isEmpty ? Array(0..<x.rank) : try axes(axes, rank: x.rank)
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let y = try outputs(for: [x.spec])[0].shape
    let reduced = try reducedAxes(of: x.shape)
    // The reduced axes go last, so that every output is made of consecutive elements.
    let kept = (0..<x.shape.rank).filter { !reduced.contains($0) }
    let rows = x.permuted(kept + reduced)
    let length = Shape(reduced.map { x.shape[$0] }).count
    if x.type.isReal {
      let source = rows.scalars
      let result = (0..<y.count).map { reduce(source[$0 * length..<($0 + 1) * length]) }
      return [Tensor(y, result, type: x.type)]
    }
    let source = rows.integers
    let range = x.type.range ?? Int.min...Int.max
    let result = (0..<y.count).map {
      x.type.wrapped(reduce(source[$0 * length..<($0 + 1) * length], range))
    }
    return [Tensor(y, integers: result, type: x.type)]
  }

  private func reduce(_ x: ArraySlice<Float>) -> Float {
    switch kind {
    case .mean: Float(x.reduce(0.0) { $0 + Double($1) } / Double(x.count))
    case .sum: Float(x.reduce(0.0) { $0 + Double($1) })
    case .maximum: x.reduce(-Float.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
    case .minimum: x.reduce(Float.infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
    case .product: Float(x.reduce(1.0) { $0 * Double($1) })
    case .l2: Float(x.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
    }
  }

  private func reduce(_ x: ArraySlice<Int>, _ range: ClosedRange<Int>) -> Int {
    switch kind {
    case .maximum: x.max() ?? range.lowerBound
    case .minimum: x.min() ?? range.upperBound
    case .product: x.reduce(1, &*)
    case .sum, .mean, .l2: x.reduce(0, &+)
    }
  }
}

// MARK: - Gradient

extension Reduce: Differentiable {
  /// Gives every element its share of its output's gradient `dy`.
  ///
  /// | kind | `dx` |
  /// |---|---|
  /// | mean, sum | `dy / n`, `dy` |
  /// | largest, smallest | `dy` for the first of the equal ones, else 0 |
  /// | product | `dy` times the product of the others |
  /// | norm | `dy · x / y`, 0 where `y` is 0 |
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, y, dy) = (pass.inputs[0], pass.outputs[0].scalars, pass.gradients[0].scalars)
    guard x.type.isReal else { return Gradients(inputs: [nil]) }
    let reduced = try reducedAxes(of: x.shape)
    let kept = (0..<x.shape.rank).filter { !reduced.contains($0) }
    // Where the elements of every output lie in the input.
    let positions = Tensor(x.shape, integers: Array(0..<x.count)).permuted(kept + reduced).integers
    let length = Shape(reduced.map { x.shape[$0] }).count
    var dx = [Float](repeating: 0, count: x.count)
    for row in y.indices {
      let run = positions[row * length..<(row + 1) * length]
      switch kind {
      case .mean: for i in run { dx[i] = dy[row] / Float(length) }
      case .sum: for i in run { dx[i] = dy[row] }
      case .maximum, .minimum:
        if let first = run.first(where: { x.scalars[$0] == y[row] }) { dx[first] = dy[row] }
      case .product:
        let others = productsOfOthers(run.map { Double(x.scalars[$0]) })
        for (i, product) in zip(run, others) { dx[i] = Float(Double(dy[row]) * product) }
      case .l2: for i in run where y[row] > 0 { dx[i] = dy[row] * x.scalars[i] / y[row] }
      }
    }
    return Gradients(inputs: [Tensor(x.shape, dx)])
  }

  /// For every factor the product of all others, zeros among them included.
  private func productsOfOthers(_ factors: [Double]) -> [Double] {
    var result = [Double](repeating: 1, count: factors.count)
    var (before, after) = (1.0, 1.0)
    for i in factors.indices {
      result[i] *= before
      before *= factors[i]
    }
    for i in factors.indices.reversed() {
      result[i] *= after
      after *= factors[i]
    }
    return result
  }
}

// MARK: - ONNX

extension Reduce: ONNXConvertible {
  private static let kinds: [(type: String, kind: Kind)] = [
    ("ReduceMean", .mean), ("ReduceSum", .sum), ("ReduceMax", .maximum), ("ReduceMin", .minimum),
    ("ReduceProd", .product), ("ReduceL2", .l2),
  ]

  public static let onnxTypes = kinds.map(\.type)

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let kind = kinds.first(where: { $0.type == node.type })?.kind else {
      throw node.unsupported("this reduction")
    }
    let operand = try node.input(0)
    var axes = try node.integers("axes", orInput: 1) ?? []
    let keepsAxes = try node.int("keepdims") ?? 1 != 0
    if axes.isEmpty {
      if try node.int("noop_with_empty_axes") ?? 0 != 0 {
        guard kind != .l2 else { throw node.unsupported("a norm over no axes") }
        return builder.emit(Identity(), [operand])
      }
      axes = operand.spec.map { Array(0..<$0.shape.rank) } ?? []
    }
    builder.emit(Reduce(kind, axes: node.normalized(axes), keepsAxes: keepsAxes), [operand])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let type = Self.kinds.first { $0.kind == kind }?.type ?? "ReduceSum"
    var attributes: [String: ONNXAttribute] = ["keepdims": .int(keepsAxes ? 1 : 0)]
    var inputs = node.inputs
    if kind == .sum {  // the first reduction whose axes became an input, in operator set 13
      if !axes.isEmpty { inputs.append(writer.integers("\(node.name)/axes", axes)) }
    } else if !axes.isEmpty {
      attributes["axes"] = .ints(axes)
    }
    writer.node(type, node, inputs: inputs, attributes: attributes)
  }
}
