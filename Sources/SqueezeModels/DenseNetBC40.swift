public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// DenseNet-BC of 40 layers for 32×32 pictures: three blocks of six layers that add 12 channels each.
///
/// A 3×3 convolution of 24 channels, the blocks with 1×1 bottlenecks of 48 channels, and between them
/// a 1×1 convolution that halves the channels and a pool that halves the picture.
/// Source: Huang, Liu, van der Maaten and Weinberger, "Densely connected convolutional networks" (2016),
/// §4.2 with depth 40 and growth 12: 176,122 parameters for ten classes.
public enum DenseNetBC40 {
  /// The layers of each of the three blocks.
  static let layers = 6
  /// The channels each layer adds.
  static let growth = 12

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small: below 4.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 10, input: [3, 32, 32])
  ) throws -> Model {
    try options.check("densenet-bc-40")
    var graph = GraphBuilder()
    var channels = 2 * growth
    let first = Convolution(
      outputChannels: channels,
      window: SlidingWindow(3, padding: 1),
      hasBias: false
    )
    var value = graph.add("conv1", first, "data")
    for block in 1...3 {
      if block > 1 {
        channels /= 2
        let name = "transition\(block - 1)"
        value = graph.preactivatedConvolution(name, channels, SlidingWindow(1), value)
        let pool = AveragePool(window: SlidingWindow(2, stride: 2))
        value = graph.add("\(name)/pool", pool, value)
      }
      value = graph.denseBlock("block\(block)", layers, growth, value)
      channels += layers * growth
    }
    value = graph.add("last/bn", BatchNormalization(), value)
    value = graph.add("last/relu", ReLU(), value)
    value = graph.classifier(options.classes, value)
    return try graph.model("densenet-bc-40", options, output: value, preprocessing: nil)
  }
}
