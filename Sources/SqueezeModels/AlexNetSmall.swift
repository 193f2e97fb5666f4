public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// An AlexNet for 32×32 pictures: five convolutions and three fully connected layers, which hold most parameters.
///
/// After Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014), §5, with half its
/// width, a first convolution of 5×5 that keeps the size, and batch normalization (Ioffe and Szegedy, 2015) after
/// each convolution: 7,193,066 parameters and 53 MMAC for ten classes. The first fully connected layer follows the
/// size of the picture.
public enum AlexNetSmall {
  /// The channels of the first convolution; the others have 3, 6, 4 and 4 times as many, hidden layers 64 times.
  public static let baseWidth = 32

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small: below 15.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 10, input: [3, 32, 32])
  ) throws -> Model {
    try options.check("alexnet-small")
    let base = options.baseWidth ?? baseWidth
    let pool = MaxPool(window: SlidingWindow(3, stride: 2))
    var graph = GraphBuilder()
    var value = "data"
    for (number, channels, size) in [(1, 1, 5), (2, 3, 5), (3, 6, 3), (4, 4, 3), (5, 4, 3)] {
      let window = SlidingWindow(size, padding: size / 2)
      value = graph.normalizedConvolution("conv\(number)", channels * base, window, value)
      if [1, 2, 5].contains(number) { value = graph.add("pool\(number)", pool, value) }
    }
    value = graph.add("flatten", Flatten(), value)
    for name in ["fc6", "fc7"] {
      value = graph.add("\(name)/drop", Dropout(ratio: 0.5), value)
      value = graph.add(name, FullyConnected(outputFeatures: 64 * base), value)
      value = graph.add("\(name)/relu", ReLU(), value)
    }
    value = graph.add("fc8", FullyConnected(outputFeatures: options.classes), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("alexnet-small", options, output: value, preprocessing: nil)
  }
}
