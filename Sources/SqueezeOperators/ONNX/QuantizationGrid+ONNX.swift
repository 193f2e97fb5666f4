import SqueezeParameters
import SqueezeTensor

extension ONNXNode {
  /// The axis of a QuantizeLinear or DequantizeLinear node.
  func quantizationAxis() throws(ONNXError) -> Int {
    guard try int("block_size") ?? 0 == 0 else { throw unsupported("block_size") }
    return try int("axis") ?? 1
  }

  /// The grid that two constant inputs describe.
  ///
  /// - Parameters:
  ///   - scale: the input with the scales.
  ///   - zeroPoint: the input with the zero points; absent means 0.
  ///   - axis: the axis where there are several; `nil` where one pair is all the standard allows.
  ///   - type: the type where no zero point says it.
  /// - Returns: the grid.
  /// - Throws: ``ONNXError`` where an input is no constant or both do not fit.
  func grid(
    scale: Int,
    zeroPoint: Int,
    axis: Int?,
    type: ElementType
  ) throws(ONNXError) -> QuantizationGrid {
    let scales = try constant(scale).decoded()
    guard scales.type.isReal else { throw malformed("input \(scale) is no scale") }
    let zeros = try optionalTensor(zeroPoint)
    var integers = zeros?.integers ?? [0]
    if integers.count == 1 { integers = [Int](repeating: integers[0], count: scales.count) }
    guard !(zeros?.type.isReal ?? false), integers.count == scales.count, scales.count >= 1 else {
      throw malformed("\(scales.count) scales and \(integers.count) zero points")
    }
    let type = zeros?.type ?? type
    guard QuantizationGrid.types.contains(type) else { throw unsupported("grid of type \(type)") }
    if scales.count == 1 {
      return QuantizationGrid(scale: scales.scalars[0], zeroPoint: integers[0], type: type)
    }
    guard let axis, scales.shape.rank == 1 else {
      throw unsupported("input \(scale) of shape \(scales.shape)")
    }
    return QuantizationGrid(scales: scales.scalars, zeroPoints: integers, axis: axis, type: type)
  }

  /// A constant on the grid that two constant inputs describe.
  func encoding(
    of constant: any ParameterEncoding,
    scale: Int,
    zeroPoint: Int,
    axis: Int?
  ) throws(ONNXError) -> UniformInteger {
    let grid = try grid(scale: scale, zeroPoint: zeroPoint, axis: axis, type: constant.type)
    return try encoding(of: constant, grid)
  }

  /// A constant on a grid.
  func encoding(
    of constant: any ParameterEncoding,
    _ grid: QuantizationGrid
  ) throws(ONNXError) -> UniformInteger {
    let tensor = constant.decoded()
    let axis = grid.axis.flatMap { tensor.shape.axis($0) }
    guard tensor.type == grid.type, let range = grid.type.range,
      tensor.integers.allSatisfy({ range.contains($0) }),
      grid.zeroPoints.allSatisfy({ range.contains($0) })
    else { throw malformed("a constant of type \(tensor.type) on a grid of \(grid.type)") }
    guard grid.axis == nil || axis.map({ tensor.shape[$0] }) == grid.scales.count else {
      throw malformed("\(grid.scales.count) scales for a constant of shape \(tensor.shape)")
    }
    return UniformInteger(
      shape: tensor.shape,
      integers: tensor.integers.map { Int32($0) },
      scales: grid.scales,
      zeroPoints: grid.zeroPoints.map { Int32($0) },
      bits: 8 * grid.type.byteCount,
      isSigned: range.lowerBound < 0,
      axis: axis
    )
  }
}

extension QuantizationGrid {
  /// Writes a QuantizeLinear or DequantizeLinear node.
  func write(_ type: String, _ node: ONNXExport, to writer: inout ONNXWriter) {
    let shape: Shape = axis == nil ? [] : [scales.count]
    let scale = writer.initializer("\(node.name)/scale", Tensor(shape, scales))
    let zero = writer.initializer(
      "\(node.name)/zero_point",
      Tensor(shape, integers: zeroPoints, type: self.type)
    )
    writer.node(
      type,
      node,
      inputs: node.inputs + [scale, zero],
      attributes: axis.map { ["axis": .int($0)] } ?? [:]
    )
  }
}
