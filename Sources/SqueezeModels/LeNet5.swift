public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// LeNet-5 as Caffe has it: two 5×5 convolutions with max pools, two fully connected layers.
///
/// After LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition"
/// (1998), §II-B; the widths 20, 50 and 500 and the one ReLU are those of Caffe's MNIST example, which
/// Han, Mao and Dally, "Deep Compression" (2015), Table 3 compress: 431,080 parameters and 2.293 MMAC
/// for ten classes of 28×28 pixels.
public enum LeNet5 {
  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small: below 16.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 10, input: [1, 28, 28])
  ) throws -> Model {
    try options.check("lenet-5")
    var graph = GraphBuilder()
    var value = "data"
    for (number, channels) in [(1, 20), (2, 50)] {
      let convolution = Convolution(outputChannels: channels, window: SlidingWindow(5))
      value = graph.add("conv\(number)", convolution, value)
      value = graph.add("pool\(number)", MaxPool(window: SlidingWindow(2, stride: 2)), value)
    }
    value = graph.add("flatten", Flatten(), value)
    value = graph.add("fc1", FullyConnected(outputFeatures: 500), value)
    value = graph.add("fc1/relu", ReLU(), value)
    value = graph.add("fc2", FullyConnected(outputFeatures: options.classes), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("lenet-5", options, output: value, preprocessing: nil)
  }
}
