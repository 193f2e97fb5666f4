public import SqueezeGraph
public import SqueezeTensor

/// The transpose of a convolution: every input element spreads over a window of the output.
///
/// `y[n, o, p] = b[o] + Σ x[n, i, q] · w[i, o, k]` over all `q, k` with
/// `q · stride + k · dilation − begin = p`.
/// Source: Dumoulin and Visin, "A guide to convolution arithmetic" (2016), §4.
///
/// | value | shape |
/// |---|---|
/// | input `x` | `[N, C, H, W]`, or `[N, C, W]` |
/// | weight `w` | `[C, O/groups, kH, kW]`, or `[C, O/groups, kW]` |
/// | bias `b`, if any | `[O]` |
/// | output `y` | `[N, O, H', W']`, `H' = (H − 1) · stride + dilation · (kH − 1) + 1 + extra − padding` |
public struct TransposedConvolution: Operator {
  /// The number of output channels, `O`.
  public var outputChannels: Int
  /// Kernel, stride and dilation; its padding is cut off the output.
  public var window: SlidingWindow
  /// How many positions more the output has at the end of each axis.
  public var extra: [Int]
  public var groups: Int
  public var hasBias: Bool

  /// Creates a transposed convolution.
  public init(
    outputChannels: Int,
    window: SlidingWindow,
    extra: [Int]? = nil,
    groups: Int = 1,
    hasBias: Bool = true
  ) {
    self.outputChannels = outputChannels
    self.window = window
    self.extra = extra ?? window.kernelSize.map { _ in 0 }
    self.groups = groups
    self.hasBias = hasBias
  }

  public static let examples = [
    Example(
      Self(outputChannels: 3, window: SlidingWindow(2, stride: 2)),
      inputs: [[2, 4, 3, 5]]
    ),
    Example(
      Self(outputChannels: 6, window: SlidingWindow(3, stride: 2, padding: 1), extra: [1, 1]),
      inputs: [[1, 5, 4, 4]]
    ),
    Example(
      Self(outputChannels: 4, window: SlidingWindow(3, dilation: 2), groups: 2, hasBias: false),
      inputs: [[1, 2, 5, 3]]
    ),
    Example(
      Self(
        outputChannels: 1,
        window: SlidingWindow(
          kernelSize: [4, 3],
          stride: [3, 1],
          padding: .explicit(begin: [1, 0], end: [0, 2])
        )
      ),
      inputs: [[1, 1, 3, 4]]
    ),
    Example(
      Self(
        outputChannels: 2,
        window: SlidingWindow(kernelSize: [4], stride: [2], padding: .sameUpper)
      ),
      inputs: [[1, 3, 7]]
    ),
    Example(
      Self(
        outputChannels: 6,
        window: SlidingWindow(kernelSize: [3, 2], stride: [2, 3], padding: .sameLower),
        extra: [1, 0],
        groups: 3
      ),
      inputs: [[2, 3, 4, 3]]
    ),
    Example(
      Self(outputChannels: 4, window: SlidingWindow(3, stride: 2, padding: 1), groups: 4),
      inputs: [[1, 4, 5, 1]]
    ),
  ]

  public var channelFlow: ChannelFlow { groups == 1 ? .mixes : .mixesWithin(groups: groups) }

  // MARK: Shape

  /// What is cut off before and after each axis.
  ///
  /// The "same" paddings make the output `stride` times the input.
  public var cut: (begin: [Int], end: [Int]) {
    if case .explicit(let begin, let end) = window.padding { return (begin, end) }
    let totals = window.kernelSize.indices.map { axis in
      max(
        0,
        window.dilation[axis] * (window.kernelSize[axis] - 1) + 1 + extra[axis]
          - window.stride[axis]
      )
    }
    let small = totals.map { $0 / 2 }
    let large = totals.map { $0 - $0 / 2 }
    return window.padding == .sameUpper ? (small, large) : (large, small)
  }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard inputs[0].type.isReal else {
      throw error(expected: "a real input", actual: "\(inputs[0])")
    }
    try window.check(Self.name, x)
    guard extra.count == window.rank,
      extra.allSatisfy({ (0...SlidingWindow.maximumSize).contains($0) })
    else { throw error(expected: "\(window.rank) output paddings", actual: "\(extra)") }
    guard groups >= 1, x[1] >= 1, x[1] % groups == 0 else {
      throw error(expected: "input channels divisible by \(groups) groups", actual: x[1])
    }
    guard outputChannels >= 1, outputChannels % groups == 0 else {
      throw error(expected: "output channels divisible by \(groups) groups", actual: outputChannels)
    }
    let (begin, end) = cut
    var sizes: [Int] = []
    for axis in window.kernelSize.indices {
      guard let uncut = uncutSize(axis, x[axis + 2]), uncut > begin[axis] + end[axis] else {
        throw error(expected: "an output of at least 1 along spatial axis \(axis)", actual: x)
      }
      sizes.append(uncut - begin[axis] - end[axis])
    }
    return [TensorSpec(Shape([x[0], outputChannels] + sizes))]
  }

  /// The output's size along one spatial axis before padding is cut off; `nil` on overflow.
  private func uncutSize(_ axis: Int, _ input: Int) -> Int? {
    let (spread, overflow) = (input - 1).multipliedReportingOverflow(by: window.stride[axis])
    let extent = window.dilation[axis] * (window.kernelSize[axis] - 1) + 1 + extra[axis]
    let (size, tooMuch) = spread.addingReportingOverflow(extent)
    return overflow || tooMuch ? nil : size
  }

  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    let weight = Shape([inputs[0].shape[1], outputChannels / groups] + window.kernelSize)
    guard weight.checkedCount != nil else {
      throw error(expected: "a weight of at most 2^40 elements", actual: weight)
    }
    return [ParameterSpec("weight", weight)]
      + (hasBias ? [ParameterSpec("bias", [outputChannels])] : [])
  }

  // MARK: Cost

  public func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int {
    _ = try parameters(for: inputs)
    let perInput = outputChannels / groups * window.kernelCount
    let (macs, overflow) = inputs[0].shape.count.multipliedReportingOverflow(by: perInput)
    guard !overflow else { throw error(expected: "fewer than 2^63 MACs", actual: "more") }
    return macs
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let y = try outputs(for: [inputs[0].spec])[0].shape
    let (x, out) = (inputs[0].shape.planar, y.planar)
    let begin = window.rank == 1 ? [0] + cut.begin : cut.begin
    let window = window.planar
    let (perGroup, kernel) = (out[1] / groups, window.kernelSize)
    let (input, weight) = (inputs[0].scalars, parameters[0].scalars)
    var result = [Float](repeating: 0, count: out.count)
    if hasBias {
      let (bias, area) = (parameters[1].scalars, out[2] * out[3])
      for i in result.indices { result[i] = bias[i / area % out[1]] }
    }
    for n in 0..<x[0] {
      for i in 0..<x[1] {
        let firstChannel = i / (x[1] / groups) * perGroup
        for row in 0..<x[2] {
          for column in 0..<x[3] {
            let value = input[((n * x[1] + i) * x[2] + row) * x[3] + column]
            for o in 0..<perGroup {
              let map = (n * out[1] + firstChannel + o) * out[2]
              let taps = (i * perGroup + o) * kernel[0]
              for ky in 0..<kernel[0] {
                let h = row * window.stride[0] + ky * window.dilation[0] - begin[0]
                guard h >= 0, h < out[2] else { continue }
                for kx in 0..<kernel[1] {
                  let w = column * window.stride[1] + kx * window.dilation[1] - begin[1]
                  guard w >= 0, w < out[3] else { continue }
                  result[(map + h) * out[3] + w] += value * weight[(taps + ky) * kernel[1] + kx]
                }
              }
            }
          }
        }
      }
    }
    return [Tensor(y, result)]
  }
}

// MARK: - Gradient

extension TransposedConvolution: Differentiable {
  /// For every product `x · w` that is spread: `dx += dy · w` and `dw += dy · x`; `db = Σ dy`.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (input, weight, dy) = (pass.inputs[0], pass.parameters[0], pass.gradients[0])
    let products = ConvolutionProducts(
      window: window.planar,
      begin: window.rank == 1 ? [0] + cut.begin : cut.begin,
      groups: groups,
      fine: dy.shape.planar,
      coarse: input.shape.planar
    )
    var dx = [Double](repeating: 0, count: input.count)
    var dw = [Double](repeating: 0, count: weight.count)
    products.forEach { y, w, x in
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

extension TransposedConvolution: ONNXConvertible {
  public static let onnxTypes = ["ConvTranspose"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let weight = try node.constant(1)
    let groups = try node.int("group") ?? 1
    guard weight.shape.rank >= 3, (1...weight.shape[0]).contains(groups) else {
      throw node.malformed("a weight of shape \(weight.shape) in \(groups) groups")
    }
    var parameters = ["weight": weight]
    if node.optionalInput(2) != nil { parameters["bias"] = try node.constant(2) }
    let (outputChannels, overflow) = weight.shape[1].multipliedReportingOverflow(by: groups)
    guard !overflow else { throw node.malformed("\(groups) groups") }
    var op = TransposedConvolution(
      outputChannels: outputChannels,
      window: try SlidingWindow(node, weight: weight.shape),
      extra: try node.ints("output_padding"),
      groups: groups,
      hasBias: parameters["bias"] != nil
    )
    if let size = try node.ints("output_shape") { try op.cut(toSize: size, node) }
    builder.emit(op, [try node.input(0)], parameters: parameters)
  }

  /// Sets the padding so that the output has the size that the attribute `output_shape` asks for.
  private mutating func cut(toSize outputShape: [Int], _ node: ONNXNode) throws(ONNXError) {
    let rank = window.rank
    let input = TensorSpec(try node.shape(0))
    do throws(ShapeError) {
      _ = try outputs(for: [input])
    } catch {
      throw node.malformed("\(error)")
    }
    guard let axes = try node.input(0).axes, outputShape.count >= rank else {
      throw node.malformed("output_shape \(outputShape)")
    }
    var (begin, end): ([Int], [Int]) = ([], [])
    let upper = window.padding == .sameUpper
    for (axis, size) in outputShape.suffix(rank).enumerated() {
      guard case .fixed(let input) = axes[axis + 2] else {
        throw node.unsupported("output_shape for an input of open size")
      }
      guard let uncut = uncutSize(axis, input), (0...uncut).contains(size) else {
        throw node.malformed("output_shape \(outputShape)")
      }
      let (small, large) = ((uncut - size) / 2, (uncut - size + 1) / 2)
      begin.append(upper ? small : large)
      end.append(upper ? large : small)
    }
    window.padding = .explicit(begin: begin, end: end)
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    var attributes = window.onnxAttributes(for: Array(node.inputSpecs[0].shape.dimensions[2...]))
    attributes["auto_pad"] = nil
    attributes["pads"] = .ints(cut.begin + cut.end)
    attributes["group"] = .int(groups)
    attributes["output_padding"] = .ints(extra)
    let bias = hasBias ? [node.parameter("bias")] : []
    writer.node(
      "ConvTranspose",
      node,
      inputs: node.inputs + [node.parameter("weight")] + bias,
      attributes: attributes
    )
  }
}
