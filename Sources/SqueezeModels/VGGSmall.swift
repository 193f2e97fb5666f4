public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// A VGG for 32×32 pictures: ten 3×3 convolutions in four levels, and two fully connected layers.
///
/// After Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition"
/// (2014), Table 1, configuration D, with half its width, without the last level, with one hidden fully
/// connected layer of 512 units, and with batch normalization (Ioffe and Szegedy, 2015) after each
/// convolution: 2,441,194 parameters and 72 MMAC for ten classes. The first fully connected layer
/// follows the size of the picture.
public enum VGGSmall {
  /// The channels of the first level.
  public static let baseWidth = 32

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small: below 16.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 10, input: [3, 32, 32])
  ) throws -> Model {
    try options.check("vgg-small")
    let base = options.baseWidth ?? baseWidth
    var graph = GraphBuilder()
    var value = "data"
    for (level, count) in [2, 2, 3, 3].enumerated() {
      for layer in 1...count {
        let name = "conv\(level + 1)_\(layer)"
        let window = SlidingWindow(3, padding: 1)
        value = graph.normalizedConvolution(name, base << level, window, value)
      }
      value = graph.add("pool\(level + 1)", MaxPool(window: SlidingWindow(2, stride: 2)), value)
    }
    value = graph.add("flatten", Flatten(), value)
    value = graph.add("fc5", FullyConnected(outputFeatures: 16 * base), value)
    value = graph.add("fc5/relu", ReLU(), value)
    value = graph.add("fc5/drop", Dropout(ratio: 0.5), value)
    value = graph.add("fc6", FullyConnected(outputFeatures: options.classes), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("vgg-small", options, output: value, preprocessing: nil)
  }
}
