public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// ShuffleNet: grouped 1×1 convolutions, and a shuffle so that groups hear of each other.
///
/// Source: Zhang, Zhou, Lin and Sun, "ShuffleNet: an extremely efficient convolutional neural network for
/// mobile devices" (2017), Table 1 with three groups and Figure 2 (b, c); about 137 MMAC at 224×224.
/// Bottlenecks have a quarter of a unit's output channels; the first 1×1 of stage 2 has no groups.
public enum ShuffleNetV1 {
  /// The groups of the pointwise convolutions.
  static let groups = 3

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that names a wrong option.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("shufflenet-v1-g3")
    var graph = GraphBuilder()
    var channels = 24
    let window = SlidingWindow(3, stride: 2, padding: 1)
    var value = graph.normalizedConvolution("conv1", channels, window, "data")
    value = graph.add("pool1", MaxPool(window: window), value)
    for (stage, (count, outputs)) in [(4, 240), (8, 480), (4, 960)].enumerated() {
      for unit in 1...count {
        value = graph.groupedUnit(
          "stage\(stage + 2)/unit\(unit)",
          from: channels,
          to: outputs,
          firstGroups: stage == 0 && unit == 1 ? 1 : groups,
          value
        )
        channels = outputs
      }
    }
    value = graph.classifier(options.classes, value)
    return try graph.model("shufflenet-v1-g3", options, output: value)
  }
}

extension GraphBuilder {
  /// Adds a unit; where the channels grow it halves the picture and joins its pooled input.
  fileprivate mutating func groupedUnit(
    _ name: String,
    from inputs: Int,
    to outputs: Int,
    firstGroups: Int,
    _ input: String
  ) -> String {
    let groups = ShuffleNetV1.groups
    let (narrow, isDown) = (outputs / 4, inputs != outputs)
    var value = normalizedConvolution(
      "\(name)/narrow",
      narrow,
      SlidingWindow(1),
      groups: firstGroups,
      input
    )
    value = add("\(name)/shuffle", ChannelShuffle(groups: groups), value)
    let window = SlidingWindow(3, stride: isDown ? 2 : 1, padding: 1)
    value = normalizedConvolution(
      "\(name)/depthwise",
      narrow,
      window,
      groups: narrow,
      activation: nil,
      value
    )
    value = normalizedConvolution(
      "\(name)/widen",
      isDown ? outputs - inputs : outputs,
      SlidingWindow(1),
      groups: groups,
      activation: nil,
      value
    )
    if isDown {
      let pooled = add("\(name)/pool", AveragePool(window: window, countsPadding: true), input)
      value = add("\(name)/concat", Concatenate(axis: 1), pooled, value)
    } else {
      value = add("\(name)/add", Add(), value, input)
    }
    return add("\(name)/relu", ReLU(), value)
  }
}
