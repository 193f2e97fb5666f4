public import SqueezeGraph
public import SqueezeTensor

/// Rounds to an even grid, `q = clamp(round(x / scale) + zeroPoint)`, ties to even.
///
/// - Input: any shape, real. Output: the same shape, the type of the grid.
public struct QuantizeLinear: Operator {
  public var grid: QuantizationGrid

  /// Creates the operator.
  public init(_ grid: QuantizationGrid) { self.grid = grid }

  public static let examples = [
    Example(Self(QuantizationGrid(scale: 0.0078, zeroPoint: 121)), inputs: [[2, 3, 5, 1]]),
    Example(Self(QuantizationGrid(scale: 0.003, zeroPoint: 3, type: .int8)), inputs: [[19]]),
    Example(
      Self(
        QuantizationGrid(
          scales: [0.5, 0.01, 0.02],
          zeroPoints: [0, -7, 12],
          axis: 1,
          type: .int8
        )
      ),
      inputs: [[2, 3, 2, 2]]
    ),
  ]

  public var channelFlow: ChannelFlow { grid.axis == nil ? .preserves : .opaque }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard inputs[0].type.isReal else {
      throw error(expected: "a real input", actual: "\(inputs[0])")
    }
    try grid.check(Self.name, inputs[0].shape)
    return [TensorSpec(inputs[0].shape, grid.type)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let y = try outputs(for: [inputs[0].spec])[0]
    let x = inputs[0].scalars
    var q = [Int](repeating: 0, count: x.count)
    grid.forEachRun(of: y.shape) { slice, run in
      for i in run { q[i] = grid.quantize(x[i], slice: slice) }
    }
    return [Tensor(y.shape, integers: q, type: y.type)]
  }
}

// MARK: - Gradient

extension QuantizeLinear: Differentiable {
  /// Straight through the rounding: `dx = dq / scale` where the result is not clamped, else 0.
  ///
  /// The gradient of the integers is a real tensor; with the one of ``DequantizeLinear`` both
  /// together pass it on unchanged inside the range and stop it outside.
  /// Source: Bengio, Léonard and Courville, "Estimating or Propagating Gradients Through Stochastic
  /// Neurons" (2013), §4.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let x = pass.inputs[0]
    var dx = pass.gradients[0].scalars
    grid.forEachRun(of: x.shape) { slice, run in
      for i in run {
        dx[i] = grid.contains(x.scalars[i], slice: slice) ? dx[i] / grid.scales[slice] : 0
      }
    }
    return Gradients(inputs: [Tensor(x.shape, dx)])
  }
}

// MARK: - ONNX

extension QuantizeLinear: ONNXConvertible {
  public static let onnxTypes = ["QuantizeLinear", "com.microsoft.QuantizeLinear"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var fallback = ElementType.uint8
    if let code = try node.int("output_dtype"), code != 0 {
      guard let type = ElementType(onnxCode: code) else { throw node.unsupported("type \(code)") }
      fallback = type
    }
    let grid = try node.grid(scale: 1, zeroPoint: 2, axis: node.quantizationAxis(), type: fallback)
    builder.emit(QuantizeLinear(grid), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    grid.write("QuantizeLinear", node, to: &writer)
  }
}
