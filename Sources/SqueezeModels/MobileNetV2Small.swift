public import SqueezeGraph
public import SqueezeTensor

/// A MobileNetV2 for 32×32 pictures: three changes of resolution instead of five, and half the width.
///
/// After Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: inverted residuals and linear bottlenecks" (2018),
/// Table 2.
public enum MobileNetV2Small {
  /// Expansion, output channels, repetitions and first stride of each stage.
  static let stages = [
    (1, 16, 1, 1), (6, 16, 2, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 48, 2, 1), (6, 80, 2, 2),
  ]

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that names a wrong option.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 10, input: [3, 32, 32])
  ) throws -> Model {
    try options.check("mobilenet-v2-small")
    var graph = GraphBuilder()
    var value = graph.invertedResiduals(firstWidth: 16, firstStride: 1, stages, lastWidth: 320)
    value = graph.classifier(options.classes, dropout: 0.2, value)
    return try graph.model(
      "mobilenet-v2-small",
      options,
      output: value,
      preprocessing: nil
    )
  }
}
