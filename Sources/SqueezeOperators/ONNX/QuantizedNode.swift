import SqueezeParameters
import SqueezeTensor

// A fused quantized node is read as what it means: inputs off their grid, the operator on reals,
// the result on its grid. One path through every runtime then serves all of them.

extension ONNXNode {
  /// The operator on reals inside this node.
  ///
  /// - Parameters:
  ///   - type: its ONNX type.
  ///   - inputs: its inputs, real.
  ///   - dropped: attributes it does not share.
  ///   - opset: the operator set it is written for; for ONNX's own nodes their own.
  /// - Returns: the node, with one output of its own name.
  func real(
    _ type: String,
    _ inputs: [ONNXOperand],
    dropping dropped: Set<String> = [],
    opset: Int? = nil
  ) -> ONNXNode {
    let name = "\(self.name)/real"
    return ONNXNode(
      name: name,
      type: type,
      opset: opset ?? (self.type.contains(".") ? 13 : self.opset),
      attributes: attributes.filter { !dropped.contains($0.key) },
      inputs: inputs,
      outputs: [name]
    )
  }

  /// The parameter that a constant input on a grid means.
  ///
  /// - Parameters:
  ///   - index: the input; its scale and zero point follow.
  ///   - axis: the axis along which scales may change.
  /// - Returns: an operand that is that constant.
  /// - Throws: ``ONNXError`` where an input is no constant or does not fit its grid.
  func quantizedParameter(_ index: Int, axis: Int?) throws(ONNXError) -> ONNXOperand {
    let encoding = try encoding(
      of: constant(index),
      scale: index + 1,
      zeroPoint: index + 2,
      axis: axis
    )
    return Self.operand("\(name)/input_\(index)", encoding)
  }

  /// The 32-bit bias that is added to a sum of products, or `nil` where the input is absent.
  ///
  /// - Parameters:
  ///   - index: the input with the bias.
  ///   - scales: the scale of the sums, one or one per output channel.
  /// - Returns: an operand that is the bias, one per output channel.
  /// - Throws: ``ONNXError`` where the bias is no constant or not of 32 bits.
  func quantizedBias(_ index: Int, scales: [Float]) throws(ONNXError) -> ONNXOperand? {
    guard optionalInput(index) != nil else { return nil }
    let tensor = try constant(index).decoded()
    let flat = Constant.encoding(of: tensor.reshaped([tensor.count]))
    let zeros = [Int](repeating: 0, count: scales.count)
    let grid =
      scales.count == 1
      ? QuantizationGrid(scale: scales[0], type: .int32)
      : QuantizationGrid(scales: scales, zeroPoints: zeros, axis: 0, type: .int32)
    return Self.operand("\(name)/input_\(index)", try encoding(of: flat, grid))
  }

  private static func operand(_ name: String, _ encoding: UniformInteger) -> ONNXOperand {
    ONNXOperand(name, spec: TensorSpec(encoding.shape), constant: encoding)
  }
}

extension ONNXBuilder {
  /// The reals of an input on a grid whose scale and zero point are the inputs that follow.
  mutating func dequantized(_ index: Int) throws(ONNXError) -> ONNXOperand {
    let input = try source.input(index)
    var result: ONNXOperand
    if input.constant != nil {
      let constant = try source.quantizedParameter(index, axis: nil)
      guard let encoding = constant.constant else { return constant }
      result = intermediate(
        "input_\(index)",
        Constant(TensorSpec(encoding.shape)),
        [],
        parameters: ["value": encoding]
      )
    } else {
      let grid = try source.grid(
        scale: index + 1,
        zeroPoint: index + 2,
        axis: nil,
        type: input.spec?.type ?? .uint8
      )
      result = intermediate("input_\(index)", DequantizeLinear(grid), [input])
    }
    result.spec = input.spec.map { TensorSpec($0.shape) }
    result.otherShape = input.otherShape
    return result
  }

  /// Puts reals on the grid of the output, whose scale and zero point are two inputs.
  mutating func emitQuantized(_ real: ONNXOperand, scale: Int) throws(ONNXError) {
    let grid = try source.grid(scale: scale, zeroPoint: scale + 1, axis: nil, type: .uint8)
    emit(QuantizeLinear(grid), [real])
  }
}
