public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// MobileNetV2: blocks that widen by 1×1, filter each channel alone by 3×3, and narrow without activation.
///
/// Source: Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: inverted residuals and linear
/// bottlenecks" (2018), Table 2: 3,504,872 parameters and 301 MMAC in convolutions for 1000 classes at
/// 224×224.
public enum MobileNetV2 {
  /// Expansion, output channels, repetitions and first stride of each stage (Table 2).
  static let stages = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ]

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that names a wrong option.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("mobilenet-v2")
    var graph = GraphBuilder()
    var value = graph.invertedResiduals(firstWidth: 32, firstStride: 2, stages, lastWidth: 1280)
    value = graph.classifier(options.classes, dropout: 0.2, value)
    return try graph.model(
      "mobilenet-v2",
      options,
      output: value
    )
  }
}

extension GraphBuilder {
  /// Adds all of a MobileNetV2 but its classifier.
  mutating func invertedResiduals(
    firstWidth: Int,
    firstStride: Int,
    _ stages: [(expansion: Int, outputs: Int, count: Int, firstStride: Int)],
    lastWidth: Int
  ) -> String {
    let clip = Clip(lower: 0, upper: 6)
    var channels = firstWidth
    var value = normalizedConvolution(
      "conv1",
      channels,
      SlidingWindow(3, stride: firstStride, padding: 1),
      activation: clip,
      "data"
    )
    var block = 1
    for (expansion, outputs, count, firstStride) in stages {
      for position in 0..<count {
        value = invertedResidual(
          "block\(block)",
          from: channels,
          to: outputs,
          expansion: expansion,
          stride: position == 0 ? firstStride : 1,
          value
        )
        channels = outputs
        block += 1
      }
    }
    return normalizedConvolution(
      "conv\(block + 1)",
      lastWidth,
      SlidingWindow(1),
      activation: clip,
      value
    )
  }

  /// Adds an inverted residual with a linear bottleneck (MobileNetV2, Table 1 and Figure 3).
  private mutating func invertedResidual(
    _ name: String,
    from inputs: Int,
    to outputs: Int,
    expansion: Int,
    stride: Int,
    _ input: String
  ) -> String {
    let clip = Clip(lower: 0, upper: 6)
    let width = inputs * expansion
    var value = input
    if expansion > 1 {
      value = normalizedConvolution(
        "\(name)/expand",
        width,
        SlidingWindow(1),
        activation: clip,
        value
      )
    }
    value = normalizedConvolution(
      "\(name)/depthwise",
      width,
      SlidingWindow(3, stride: stride, padding: 1),
      groups: width,
      activation: clip,
      value
    )
    value = normalizedConvolution(
      "\(name)/project",
      outputs,
      SlidingWindow(1),
      activation: nil,
      value
    )
    guard stride == 1, inputs == outputs else { return value }
    return add("\(name)/add", Add(), value, input)
  }
}
