public import SqueezeGraph
public import SqueezeParameters
public import SqueezeTensor

/// The reals that integers on an even grid stand for, `x = scale · (q − zeroPoint)`.
///
/// - Input: any shape, the type of the grid. Output: the same shape, real.
public struct DequantizeLinear: Operator {
  public var grid: QuantizationGrid

  /// Creates the operator.
  public init(_ grid: QuantizationGrid) { self.grid = grid }

  public static let examples = [
    Example(
      Self(QuantizationGrid(scale: 0.0078, zeroPoint: 121)),
      specs: [TensorSpec([2, 3, 5, 1], .uint8)]
    ),
    Example(
      Self(QuantizationGrid(scale: 0.25, type: .int32)),
      specs: [TensorSpec([7], .int32)]
    ),
    Example(
      Self(
        QuantizationGrid(
          scales: [0.5, 0.01, 0.02],
          zeroPoints: [0, -7, 12],
          axis: -2,
          type: .int8
        )
      ),
      specs: [TensorSpec([2, 3, 2], .int8)]
    ),
  ]

  public var channelFlow: ChannelFlow { grid.axis == nil ? .preserves : .opaque }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard inputs[0].type == grid.type else {
      throw error(expected: "an input of type \(grid.type)", actual: "\(inputs[0])")
    }
    try grid.check(Self.name, inputs[0].shape)
    return [TensorSpec(inputs[0].shape)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let shape = try outputs(for: [inputs[0].spec])[0].shape
    let q = inputs[0].integers
    var x = [Float](repeating: 0, count: q.count)
    grid.forEachRun(of: shape) { slice, run in
      for i in run { x[i] = grid.dequantize(q[i], slice: slice) }
    }
    return [Tensor(shape, x)]
  }
}

// MARK: - Gradient

extension DequantizeLinear: Differentiable {
  /// `dq = scale · dx`, as if the integers were reals.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let shape = pass.inputs[0].shape
    var dq = pass.gradients[0].scalars
    grid.forEachRun(of: shape) { slice, run in
      for i in run { dq[i] *= grid.scales[slice] }
    }
    return Gradients(inputs: [Tensor(shape, dq)])
  }
}

// MARK: - ONNX

extension DequantizeLinear: ONNXConvertible {
  public static let onnxTypes = ["DequantizeLinear", "com.microsoft.DequantizeLinear"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let grid = try node.grid(
      scale: 1,
      zeroPoint: 2,
      axis: node.quantizationAxis(),
      type: node.input(0).spec?.type ?? .uint8
    )
    builder.emit(DequantizeLinear(grid), [try node.input(0)])
  }

  /// The encoding that a node with a constant input means: its integers on their grid.
  ///
  /// - Returns: the encoding, or `nil` where the input is computed at run time.
  /// - Throws: ``ONNXError`` where scale, zero point or axis do not fit.
  public static func foldedConstant(
    _ node: ONNXNode
  ) throws(ONNXError) -> (any ParameterEncoding)? {
    guard let constant = try node.input(0).constant else { return nil }
    let axis = try node.quantizationAxis()
    return try node.encoding(of: constant, scale: 1, zeroPoint: 2, axis: axis)
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    grid.write("DequantizeLinear", node, to: &writer)
  }
}
