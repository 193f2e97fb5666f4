public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// Xception: depthwise-separable convolutions with residual connections, in an entry, middle and exit flow.
///
/// Source: Chollet, "Xception: deep learning with depthwise separable convolutions" (2016), Figure 5:
/// 22,855,952 parameters (22.9 million with the statistics of its normalizations) for 1000 classes.
public enum Xception {
  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(input: [3, 299, 299])
  ) throws -> Model {
    try options.check("xception")
    var graph = GraphBuilder()
    var value = graph.normalizedConvolution("conv1", 32, SlidingWindow(3, stride: 2), "data")
    value = graph.normalizedConvolution("conv2", 64, SlidingWindow(3), value)
    for (position, outputs) in [128, 256, 728].enumerated() {
      let name = "block\(position + 2)"
      let widths = [outputs, outputs]
      value = graph.downsamplingBlock(
        name,
        from: 64 << min(position, 2),
        widths,
        startsActive: position > 0,
        value
      )
    }
    for block in 5...12 {
      let input = value
      for layer in 1...3 {
        value = graph.separable("block\(block)/layer\(layer)", from: 728, to: 728, value)
      }
      value = graph.add("block\(block)/add", Add(), value, input)
    }
    value = graph.downsamplingBlock("block13", from: 728, [728, 1024], startsActive: true, value)
    value = graph.separable("block14/layer1", from: 1024, to: 1536, startsActive: false, value)
    value = graph.add("block14/layer1/after", ReLU(), value)
    value = graph.separable("block14/layer2", from: 1536, to: 2048, startsActive: false, value)
    value = graph.add("block14/layer2/after", ReLU(), value)
    value = graph.classifier(options.classes, value)
    return try graph.model("xception", options, output: value, preprocessing: .imageNet)
  }
}

extension GraphBuilder {
  /// Adds ReLU, depthwise 3×3, pointwise 1×1 and batch normalization.
  fileprivate mutating func separable(
    _ name: String,
    from inputs: Int,
    to outputs: Int,
    startsActive: Bool = true,
    _ input: String
  ) -> String {
    let start = startsActive ? add("\(name)/relu", ReLU(), input) : input
    let depthwise = Convolution(
      outputChannels: inputs,
      window: SlidingWindow(3, padding: 1),
      groups: inputs,
      hasBias: false
    )
    let filtered = add("\(name)/depthwise", depthwise, start)
    let pointwise = Convolution(outputChannels: outputs, window: SlidingWindow(1), hasBias: false)
    let mixed = add("\(name)/pointwise", pointwise, filtered)
    return add("\(name)/bn", BatchNormalization(), mixed)
  }

  /// Adds two separable convolutions and a pool, beside a strided 1×1 convolution.
  fileprivate mutating func downsamplingBlock(
    _ name: String,
    from inputs: Int,
    _ widths: [Int],
    startsActive: Bool,
    _ input: String
  ) -> String {
    let shortcut = normalizedConvolution(
      "\(name)/shortcut",
      widths[1],
      SlidingWindow(1, stride: 2),
      activation: nil,
      input
    )
    var value = separable(
      "\(name)/layer1",
      from: inputs,
      to: widths[0],
      startsActive: startsActive,
      input
    )
    value = separable("\(name)/layer2", from: widths[0], to: widths[1], value)
    value = add("\(name)/pool", MaxPool(window: SlidingWindow(3, stride: 2, padding: 1)), value)
    return add("\(name)/add", Add(), value, shortcut)
  }
}
