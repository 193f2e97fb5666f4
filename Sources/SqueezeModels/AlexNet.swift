public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// AlexNet: five convolutions and three fully connected layers, which hold 96 % of the parameters.
///
/// The single tower of Krizhevsky, "One weird trick for parallelizing convolutional neural networks"
/// (2014), §5, without the response normalization of Krizhevsky, Sutskever and Hinton, "ImageNet
/// classification with deep convolutional neural networks" (2012): 61,100,840 parameters for 1000
/// classes at 224×224. The first fully connected layer follows the size of the picture.
public enum AlexNet {
  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("alexnet")
    var graph = GraphBuilder()
    let pool = MaxPool(window: SlidingWindow(3, stride: 2))
    var value = graph.convolutionReLU("conv1", 64, SlidingWindow(11, stride: 4, padding: 2), "data")
    value = graph.add("pool1", pool, value)
    value = graph.convolutionReLU("conv2", 192, SlidingWindow(5, padding: 2), value)
    value = graph.add("pool2", pool, value)
    value = graph.convolutionReLU("conv3", 384, SlidingWindow(3, padding: 1), value)
    value = graph.convolutionReLU("conv4", 256, SlidingWindow(3, padding: 1), value)
    value = graph.convolutionReLU("conv5", 256, SlidingWindow(3, padding: 1), value)
    value = graph.add("pool5", pool, value)
    value = graph.add("flatten", Flatten(), value)
    value = graph.threeLayers(options.classes, value)
    return try graph.model("alexnet", options, output: value)
  }

  /// The original of 2012, on two GPUs: two groups in `conv2`, `conv4` and `conv5`, and response
  /// normalization; 60,965,224 parameters at 227×227, as in the file of the Caffe authors.
  ///
  /// - Throws: an error that says where the picture is too small.
  public static func groupedStructure(
    _ options: NetworkOptions = NetworkOptions(input: [3, 227, 227])
  ) throws -> Model {
    try options.check("alexnet-grouped")
    var graph = GraphBuilder()
    let pool = MaxPool(window: SlidingWindow(3, stride: 2))
    let response = LocalResponseNormalization(size: 5, alpha: 1e-4, beta: 0.75, bias: 1)
    var value = graph.convolutionReLU("conv1", 96, SlidingWindow(11, stride: 4), "data")
    value = graph.add("norm1", response, value)
    value = graph.add("pool1", pool, value)
    for (number, channels, size, groups) in [
      (2, 256, 5, 2), (3, 384, 3, 1), (4, 384, 3, 2), (5, 256, 3, 2),
    ] {
      let convolution = Convolution(
        outputChannels: channels,
        window: SlidingWindow(size, padding: size / 2),
        groups: groups
      )
      value = graph.add("conv\(number)", convolution, value)
      value = graph.add("conv\(number)/relu", ReLU(), value)
      if number == 2 { value = graph.add("norm2", response, value) }
      if number == 2 || number == 5 { value = graph.add("pool\(number)", pool, value) }
    }
    value = graph.add("flatten", Flatten(), value)
    value = graph.threeLayers(options.classes, value)
    return try graph.model("alexnet-grouped", options, output: value, preprocessing: .caffe)
  }
}

extension GraphBuilder {
  /// Adds the three fully connected layers and the softmax.
  fileprivate mutating func threeLayers(_ classes: Int, _ input: String) -> String {
    var value = input
    for name in ["fc6", "fc7"] {
      value = add("\(name)/drop", Dropout(ratio: 0.5), value)
      value = add(name, FullyConnected(outputFeatures: 4096), value)
      value = add("\(name)/relu", ReLU(), value)
    }
    value = add("fc8", FullyConnected(outputFeatures: classes), value)
    return add("prob", Softmax(axis: 1), value)
  }
}
