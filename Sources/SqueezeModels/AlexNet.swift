public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

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
    for name in ["fc6", "fc7"] {
      value = graph.add("\(name)/drop", Dropout(ratio: 0.5), value)
      value = graph.add(name, FullyConnected(outputFeatures: 4096), value)
      value = graph.add("\(name)/relu", ReLU(), value)
    }
    value = graph.add("fc8", FullyConnected(outputFeatures: options.classes), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("alexnet", options, output: value)
  }
}
