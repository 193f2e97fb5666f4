public import SqueezeGraph
public import SqueezeTensor

/// A convolution over signals or images, with any stride, dilation, padding and number of groups.
///
/// `y[n, o, p] = b[o] + Σ x[n, i, p · stride + k · dilation − begin] · w[o, i, k]`, the sum over the
/// kernel's positions `k` and the input channels `i` of the group of `o`. `groups = C` is a depthwise
/// convolution, a kernel of 1 a pointwise one.
///
/// | value | shape |
/// |---|---|
/// | input `x` | `[N, C, H, W]`, or `[N, C, W]` |
/// | weight `w` | `[O, C/groups, kH, kW]`, or `[O, C/groups, kW]` |
/// | bias `b`, if any | `[O]` |
/// | output `y` | `[N, O, H', W']`, or `[N, O, W']` |
public struct Convolution: Operator {
  /// The number of output channels, `O`.
  public var outputChannels: Int
  public var window: SlidingWindow
  public var groups: Int
  public var hasBias: Bool

  /// Creates a convolution.
  public init(outputChannels: Int, window: SlidingWindow, groups: Int = 1, hasBias: Bool = true) {
    self.outputChannels = outputChannels
    self.window = window
    self.groups = groups
    self.hasBias = hasBias
  }

  public static let examples = [
    Example(Self(outputChannels: 1, window: SlidingWindow(1)), inputs: [[1, 1, 1, 1]]),
    Example(Self(outputChannels: 5, window: SlidingWindow(3, padding: 1)), inputs: [[2, 3, 7, 5]]),
    Example(
      Self(outputChannels: 24, window: SlidingWindow(1), hasBias: false),
      inputs: [[1, 17, 5, 6]]
    ),
    Example(
      Self(outputChannels: 33, window: SlidingWindow(3, stride: 2)),
      inputs: [[1, 16, 9, 8]]
    ),
    Example(Self(outputChannels: 4, window: SlidingWindow(2, stride: 3)), inputs: [[1, 2, 8, 9]]),
    Example(
      Self(outputChannels: 8, window: SlidingWindow(7, stride: 2, padding: 3)),
      inputs: [[1, 3, 20, 21]]
    ),
    Example(
      Self(outputChannels: 6, window: SlidingWindow(3, dilation: 2), groups: 2),
      inputs: [[2, 4, 9, 7]]
    ),
    Example(
      Self(outputChannels: 20, window: SlidingWindow(3, padding: 1), groups: 20),
      inputs: [[1, 20, 6, 9]]
    ),
    Example(
      Self(outputChannels: 10, window: SlidingWindow(5, stride: 2, padding: 2), groups: 5),
      inputs: [[1, 5, 9, 9]]
    ),
    Example(
      Self(
        outputChannels: 3,
        window: SlidingWindow(
          kernelSize: [1, 4],
          stride: [2, 1],
          padding: .explicit(begin: [0, 3], end: [1, 0])
        )
      ),
      inputs: [[1, 2, 5, 6]]
    ),
    Example(
      Self(
        outputChannels: 4,
        window: SlidingWindow(kernelSize: [3, 3], stride: [2, 2], padding: .sameUpper)
      ),
      inputs: [[1, 3, 8, 7]]
    ),
    Example(
      Self(
        outputChannels: 4,
        window: SlidingWindow(kernelSize: [4, 2], stride: [3, 1], padding: .sameLower)
      ),
      inputs: [[1, 3, 8, 7]]
    ),
    Example(
      Self(
        outputChannels: 6,
        window: SlidingWindow(
          kernelSize: [5],
          stride: [2],
          padding: .explicit(begin: [2], end: [1])
        ),
        groups: 3
      ),
      inputs: [[2, 3, 19]]
    ),
  ]

  public var channelFlow: ChannelFlow { groups == 1 ? .mixes : .mixesWithin(groups: groups) }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard inputs[0].type.isReal else {
      throw error(expected: "a real input", actual: "\(inputs[0])")
    }
    let spatial = try window.outputSize(Self.name, x)
    guard groups >= 1, x[1] >= 1, x[1] % groups == 0 else {
      throw error(expected: "input channels divisible by \(groups) groups", actual: x[1])
    }
    guard outputChannels >= 1, outputChannels % groups == 0 else {
      throw error(expected: "output channels divisible by \(groups) groups", actual: outputChannels)
    }
    return [TensorSpec(Shape([x[0], outputChannels] + spatial))]
  }

  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    let weight = Shape([outputChannels, inputs[0].shape[1] / groups] + window.kernelSize)
    guard weight.checkedCount != nil else {
      throw error(expected: "a weight of at most 2^40 elements", actual: weight)
    }
    return [ParameterSpec("weight", weight)]
      + (hasBias ? [ParameterSpec("bias", [outputChannels])] : [])
  }

  // MARK: Cost

  public func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int {
    let outputs = try outputs(for: inputs)[0].shape.count
    let perOutput = inputs[0].shape[1] / groups * window.kernelCount
    let (macs, overflow) = outputs.multipliedReportingOverflow(by: perOutput)
    guard !overflow else { throw error(expected: "fewer than 2^63 MACs", actual: "more") }
    return macs
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let y = try outputs(for: [inputs[0].spec])[0].shape
    let (x, out, window) = (inputs[0].shape.planar, y.planar, window.planar)
    let (begin, _) = window.resolvedPadding(for: [x[2], x[3]])
    let (channels, kernel) = (x[1] / groups, window.kernelSize)
    let (input, weight) = (inputs[0].scalars, parameters[0].scalars)
    var result = [Float](repeating: 0, count: out.count)
    var position = 0
    for n in 0..<out[0] {
      for o in 0..<out[1] {
        let firstChannel = o / (out[1] / groups) * channels
        let bias = hasBias ? parameters[1].scalars[o] : 0
        for row in 0..<out[2] {
          for column in 0..<out[3] {
            var sum = bias
            for i in 0..<channels {
              let map = (n * x[1] + firstChannel + i) * x[2]
              let taps = (o * channels + i) * kernel[0]
              for ky in 0..<kernel[0] {
                let h = row * window.stride[0] + ky * window.dilation[0] - begin[0]
                guard h >= 0, h < x[2] else { continue }
                for kx in 0..<kernel[1] {
                  let w = column * window.stride[1] + kx * window.dilation[1] - begin[1]
                  guard w >= 0, w < x[3] else { continue }
                  sum += input[(map + h) * x[3] + w] * weight[(taps + ky) * kernel[1] + kx]
                }
              }
            }
            result[position] = sum
            position += 1
          }
        }
      }
    }
    return [Tensor(y, result)]
  }
}

// MARK: - Gradient

extension Convolution: Differentiable {
  /// For every product `x · w` of the forward sum: `dx += dy · w` and `dw += dy · x`; `db = Σ dy`.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (input, weight, dy) = (pass.inputs[0], pass.parameters[0], pass.gradients[0])
    let (x, y) = (input.shape.planar, dy.shape.planar)
    let products = ConvolutionProducts(
      window: window.planar,
      begin: window.planar.resolvedPadding(for: [x[2], x[3]]).begin,
      groups: groups,
      fine: x,
      coarse: y
    )
    var dx = [Double](repeating: 0, count: input.count)
    var dw = [Double](repeating: 0, count: weight.count)
    products.forEach { x, w, y in
      dx[x] += Double(dy.scalars[y]) * Double(weight.scalars[w])
      dw[w] += Double(dy.scalars[y]) * Double(input.scalars[x])
    }
    return Gradients(
      inputs: [Tensor(input.shape, sums: dx)],
      parameters: [Tensor(weight.shape, sums: dw)] + (hasBias ? [dy.channelSums()] : [])
    )
  }
}

// MARK: - ONNX

extension Convolution: ONNXConvertible {
  public static let onnxTypes = ["Conv"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let weight = try node.constant(1)
    guard weight.shape.rank >= 3 else { throw node.malformed("a weight of shape \(weight.shape)") }
    let bias = try node.optionalInput(2).map { _ throws(ONNXError) in try node.constant(2) }
    let op = Convolution(
      outputChannels: weight.shape[0],
      window: try SlidingWindow(node, weight: weight.shape),
      groups: try node.int("group") ?? 1,
      hasBias: bias != nil
    )
    var parameters = ["weight": weight]
    parameters["bias"] = bias
    builder.emit(op, [try node.input(0)], parameters: parameters)
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    var attributes = window.onnxAttributes(for: Array(node.inputSpecs[0].shape.dimensions[2...]))
    attributes["group"] = .int(groups)
    let bias = hasBias ? [node.parameter("bias")] : []
    writer.node(
      "Conv",
      node,
      inputs: node.inputs + [node.parameter("weight")] + bias,
      attributes: attributes
    )
  }
}
