public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// ShuffleNetV2: half of the channels pass untouched, the other half is filtered, then they are shuffled.
///
/// Source: Ma, Zhang, Zheng and Sun, "ShuffleNet V2: practical guidelines for efficient CNN architecture
/// design" (2018), Table 5 and Figure 3 (c, d); at ×1.0 2,278,604 parameters and 145 MMAC in
/// convolutions for 1000 classes at 224×224.
public enum ShuffleNetV2 {
  /// The graph of width ×1.0 from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that names a wrong option.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("shufflenet-v2-x1.0")
    var graph = GraphBuilder()
    var value = graph.normalizedConvolution(
      "conv1",
      24,
      SlidingWindow(3, stride: 2, padding: 1),
      "data"
    )
    value = graph.add("pool1", MaxPool(window: SlidingWindow(3, stride: 2, padding: 1)), value)
    var channels = 24
    for (stage, (count, outputs)) in [(4, 116), (8, 232), (4, 464)].enumerated() {
      for unit in 1...count {
        let name = "stage\(stage + 2)/unit\(unit)"
        value =
          unit == 1
          ? graph.downsamplingUnit(name, from: channels, to: outputs, value)
          : graph.shuffleUnit(name, outputs, value)
      }
      channels = outputs
    }
    value = graph.normalizedConvolution("conv5", 1024, SlidingWindow(1), value)
    value = graph.classifier(options.classes, value)
    return try graph.model("shufflenet-v2-x1.0", options, output: value)
  }
}

extension GraphBuilder {
  /// Adds a unit that keeps the size (Figure 3 c).
  fileprivate mutating func shuffleUnit(
    _ name: String,
    _ channels: Int,
    _ input: String
  ) -> String {
    let (kept, filtered) = halves("\(name)/split", input)
    let branch = filteringBranch("\(name)/right", from: channels / 2, to: channels / 2, 1, filtered)
    let all = add("\(name)/concat", Concatenate(axis: 1), kept, branch)
    return add("\(name)/shuffle", ChannelShuffle(groups: 2), all)
  }

  /// Adds a unit that halves the picture and widens the channels (Figure 3 d).
  fileprivate mutating func downsamplingUnit(
    _ name: String,
    from inputs: Int,
    to outputs: Int,
    _ input: String
  ) -> String {
    var left = normalizedConvolution(
      "\(name)/left/depthwise",
      inputs,
      SlidingWindow(3, stride: 2, padding: 1),
      groups: inputs,
      activation: nil,
      input
    )
    left = normalizedConvolution("\(name)/left/pointwise", outputs / 2, SlidingWindow(1), left)
    let right = filteringBranch("\(name)/right", from: inputs, to: outputs / 2, 2, input)
    let all = add("\(name)/concat", Concatenate(axis: 1), left, right)
    return add("\(name)/shuffle", ChannelShuffle(groups: 2), all)
  }

  /// Adds 1×1, depthwise 3×3 and 1×1 convolutions to `outputs` channels.
  private mutating func filteringBranch(
    _ name: String,
    from inputs: Int,
    to outputs: Int,
    _ stride: Int,
    _ input: String
  ) -> String {
    var value = normalizedConvolution("\(name)/pointwise1", outputs, SlidingWindow(1), input)
    value = normalizedConvolution(
      "\(name)/depthwise",
      outputs,
      SlidingWindow(3, stride: stride, padding: 1),
      groups: outputs,
      activation: nil,
      value
    )
    return normalizedConvolution("\(name)/pointwise2", outputs, SlidingWindow(1), value)
  }
}
