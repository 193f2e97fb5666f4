public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// VGG-16: thirteen 3×3 convolutions in five levels, and three fully connected layers.
///
/// Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
/// recognition" (2014), Table 1, configuration D: 138,357,544 parameters and 15.47 GMAC for 1000
/// classes at 224×224. The first fully connected layer follows the size of the picture.
public enum VGG16 {
  /// The channels of the first level.
  public static let baseWidth = 64

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small: below 32.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("vgg-16")
    let base = options.baseWidth ?? baseWidth
    let levels = [(2, base), (2, 2 * base), (3, 4 * base), (3, 8 * base), (3, 8 * base)]
    var graph = GraphBuilder()
    var value = "data"
    for (level, (count, channels)) in levels.enumerated() {
      for layer in 1...count {
        let name = "conv\(level + 1)_\(layer)"
        value = graph.convolutionReLU(name, channels, SlidingWindow(3, padding: 1), value)
      }
      value = graph.add("pool\(level + 1)", MaxPool(window: SlidingWindow(2, stride: 2)), value)
    }
    value = graph.add("flatten", Flatten(), value)
    for name in ["fc6", "fc7"] {
      value = graph.add(name, FullyConnected(outputFeatures: 64 * base), value)
      value = graph.add("\(name)/relu", ReLU(), value)
      value = graph.add("\(name)/drop", Dropout(ratio: 0.5), value)
    }
    value = graph.add("fc8", FullyConnected(outputFeatures: options.classes), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("vgg-16", options, output: value)
  }
}
