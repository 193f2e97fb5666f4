public import SqueezeGraph
import SqueezeParameters
public import SqueezeTensor

/// A fully connected layer over the last axis, `y = x Wᵀ + b`.
///
/// | value | shape |
/// |---|---|
/// | input `x` | `[…, I]` |
/// | weight `W` | `[O, I]` |
/// | bias `b`, if any | `[O]` |
/// | output `y` | `[…, O]` |
public struct FullyConnected: Operator {
  /// The number of output features, `O`.
  public var outputFeatures: Int
  public var hasBias: Bool

  /// Creates a fully connected layer.
  public init(outputFeatures: Int, hasBias: Bool = true) {
    self.outputFeatures = outputFeatures
    self.hasBias = hasBias
  }

  public static let examples = [
    Example(Self(outputFeatures: 1), inputs: [[1, 1]]),
    Example(Self(outputFeatures: 3, hasBias: false), inputs: [[2, 9]]),
    Example(Self(outputFeatures: 35), inputs: [[1, 70]]),
    Example(Self(outputFeatures: 5), inputs: [[2, 3, 7]]),
  ]

  public var channelFlow: ChannelFlow { .mixes }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard x.rank >= 2, inputs[0].type.isReal else {
      throw error(expected: "a real input […, I]", actual: "\(inputs[0])")
    }
    guard outputFeatures >= 1 else {
      throw error(expected: "at least one output feature", actual: outputFeatures)
    }
    return [TensorSpec(Shape(x.dimensions.dropLast() + [outputFeatures]))]
  }

  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    let x = inputs[0].shape
    let weight: Shape = [outputFeatures, x[x.rank - 1]]
    guard weight.checkedCount != nil else {
      throw error(expected: "a weight of at most 2^40 elements", actual: weight)
    }
    return [ParameterSpec("weight", weight)]
      + (hasBias ? [ParameterSpec("bias", [outputFeatures])] : [])
  }

  // MARK: Cost

  public func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int {
    let x = inputs[0].shape
    let outputs = try outputs(for: inputs)[0].shape.count
    let (macs, overflow) = outputs.multipliedReportingOverflow(by: x[x.rank - 1])
    guard !overflow else { throw error(expected: "fewer than 2^63 MACs", actual: "more") }
    return macs
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let (x, w) = (inputs[0].scalars, parameters[0].scalars)
    let shape = try outputs(for: [inputs[0].spec])[0].shape
    let features = parameters[0].shape[1]
    var y = [Float](repeating: 0, count: shape.count)
    for row in 0..<shape.count(before: shape.rank - 1) {
      for o in 0..<outputFeatures {
        var sum = hasBias ? parameters[1].scalars[o] : 0
        for i in 0..<features { sum += x[row * features + i] * w[o * features + i] }
        y[row * outputFeatures + o] = sum
      }
    }
    return [Tensor(shape, y)]
  }
}

// MARK: - Gradient

extension FullyConnected: Differentiable {
  /// The products with the other factor: `dx = dy W`, `dW = dyᵀ x`, `db = Σ dy`.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, w) = (pass.inputs[0], pass.parameters[0])
    let dy = pass.gradients[0].scalars
    let features = w.shape[1]
    var dx = [Double](repeating: 0, count: x.count)
    var dw = [Double](repeating: 0, count: w.count)
    var db = [Double](repeating: 0, count: outputFeatures)
    for (position, slope) in dy.enumerated() {
      let (row, o) = (position / outputFeatures, position % outputFeatures)
      db[o] += Double(slope)
      for i in 0..<features {
        dx[row * features + i] += Double(slope) * Double(w.scalars[o * features + i])
        dw[o * features + i] += Double(slope) * Double(x.scalars[row * features + i])
      }
    }
    let bias = hasBias ? [Tensor([outputFeatures], sums: db)] : []
    return Gradients(
      inputs: [Tensor(x.shape, sums: dx)],
      parameters: [Tensor(w.shape, sums: dw)] + bias
    )
  }
}

// MARK: - ONNX

extension FullyConnected: ONNXConvertible {
  public static let onnxTypes = ["Gemm"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard try Gemm.isLayer(node) else { return try Gemm.read(node, into: &builder) }
    let alpha = try node.float("alpha") ?? 1
    let beta = try node.float("beta") ?? 1
    var weight = try node.constant(1)
    if try node.int("transB") ?? 0 == 0 { weight = weight.transposed() }
    if alpha != 1 { weight = Dense(weight.decoded().scaled(by: alpha)) }
    let features = weight.shape[0]
    var parameters = ["weight": weight]
    if node.optionalInput(2) != nil {
      let bias = try node.constant(2)
      if beta == 1, bias.shape == [features] {
        parameters["bias"] = bias
      } else {
        let full = bias.decoded().scaled(by: beta)
        let scalars =
          full.scalars.count == features
          ? full.scalars : [Float](repeating: full.scalars[0], count: features)
        parameters["bias"] = Dense(Tensor([features], scalars))
      }
    }
    builder.emit(
      FullyConnected(outputFeatures: features, hasBias: parameters["bias"] != nil),
      [try node.input(0)],
      parameters: parameters
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let weight = node.parameter("weight")
    let bias = hasBias ? [node.parameter("bias")] : []
    if node.inputSpecs[0].shape.rank == 2 {
      writer.node(
        "Gemm",
        node,
        inputs: node.inputs + [weight] + bias,
        attributes: ["transB": .int(1)]
      )
      return
    }
    let transposed = "\(node.name)/weight_transposed"
    writer.node(
      "Transpose",
      name: transposed,
      inputs: [weight],
      outputs: [transposed],
      attributes: ["perm": .ints([1, 0])]
    )
    let product = hasBias ? ["\(node.name)/product"] : node.outputs
    writer.node("MatMul", name: node.name, inputs: node.inputs + [transposed], outputs: product)
    guard hasBias else { return }
    // The product bears the name, because reading merges the sum into it again.
    writer.node("Add", name: "\(node.name)/bias", inputs: product + bias, outputs: node.outputs)
  }
}
