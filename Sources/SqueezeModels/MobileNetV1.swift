public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// MobileNet: depthwise 3×3 and pointwise 1×1 convolutions in turns, in place of full ones.
///
/// Source: Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision
/// applications" (2017), Table 1: 4.2 million parameters and 569 MMAC for 1000 classes at 224×224.
public enum MobileNetV1 {
  /// Output channels and stride of each depthwise-separable layer (Table 1).
  static let layers = [
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
    (512, 1), (512, 1), (1024, 2), (1024, 1),
  ]

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that names a wrong option.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("mobilenet-v1")
    var graph = GraphBuilder()
    var channels = 32
    var value = graph.normalizedConvolution(
      "conv1",
      channels,
      SlidingWindow(3, stride: 2, padding: 1),
      "data"
    )
    for (position, (outputs, stride)) in layers.enumerated() {
      let name = "layer\(position + 1)"
      value = graph.normalizedConvolution(
        "\(name)/depthwise",
        channels,
        SlidingWindow(3, stride: stride, padding: 1),
        groups: channels,
        value
      )
      value = graph.normalizedConvolution("\(name)/pointwise", outputs, SlidingWindow(1), value)
      channels = outputs
    }
    value = graph.classifier(options.classes, value)
    return try graph.model("mobilenet-v1", options, output: value)
  }
}
