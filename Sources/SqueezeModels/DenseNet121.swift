public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// DenseNet-121: every layer of a block sees the outputs of all layers before it.
///
/// A layer normalizes, narrows to `4 · growth` channels by 1×1 and makes `growth` new ones by 3×3;
/// between blocks a 1×1 convolution halves the channels and a pool the picture.
/// Source: Huang, Liu, van der Maaten and Weinberger, "Densely connected convolutional networks"
/// (2016), Table 1: 7,978,856 parameters and 2.834 GMAC in convolutions for 1000 classes at 224×224.
public enum DenseNet121 {
  /// The layers of each block.
  static let blocks = [6, 12, 24, 16]
  /// The channels each layer adds.
  static let growth = 32

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small: below 29.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("densenet-121")
    var graph = GraphBuilder()
    var channels = 2 * growth
    var value = graph.normalizedConvolution(
      "conv1",
      channels,
      SlidingWindow(7, stride: 2, padding: 3),
      "data"
    )
    value = graph.add("pool1", MaxPool(window: SlidingWindow(3, stride: 2, padding: 1)), value)
    for (block, layers) in blocks.enumerated() {
      if block > 0 {
        channels /= 2
        let name = "transition\(block)"
        value = graph.preactivatedConvolution(name, channels, SlidingWindow(1), value)
        let pool = AveragePool(window: SlidingWindow(2, stride: 2))
        value = graph.add("\(name)/pool", pool, value)
      }
      value = graph.denseBlock("block\(block + 1)", layers, growth, value)
      channels += layers * growth
    }
    value = graph.add("last/bn", BatchNormalization(), value)
    value = graph.add("last/relu", ReLU(), value)
    value = graph.classifier(options.classes, value)
    return try graph.model("densenet-121", options, output: value)
  }
}

extension GraphBuilder {
  /// Adds layers that each take everything before them in the block.
  mutating func denseBlock(
    _ name: String,
    _ layers: Int,
    _ growth: Int,
    _ input: String
  ) -> String {
    var features = [input]
    var all = input
    for layer in 1...layers {
      let name = "\(name)/layer\(layer)"
      let narrow = preactivatedConvolution("\(name)/a", 4 * growth, SlidingWindow(1), all)
      let window = SlidingWindow(3, padding: 1)
      features.append(preactivatedConvolution("\(name)/b", growth, window, narrow))
      all = add("\(name)/concat", Concatenate(axis: 1), features)
    }
    return all
  }
}
