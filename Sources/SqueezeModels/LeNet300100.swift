public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// LeNet-300-100: two hidden fully connected layers of 300 and 100 units.
///
/// Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition"
/// (1998), §III-C, with ReLU as in Han, Mao and Dally, "Deep Compression" (2015), Table 2: 266,610
/// parameters for ten classes of 28×28 pixels.
public enum LeNet300100 {
  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that names a wrong option.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 10, input: [1, 28, 28])
  ) throws -> Model {
    try options.check("lenet-300-100")
    var graph = GraphBuilder()
    var value = graph.add("flatten", Flatten(), "data")
    for (name, features) in [("fc1", 300), ("fc2", 100)] {
      value = graph.add(name, FullyConnected(outputFeatures: features), value)
      value = graph.add("\(name)/relu", ReLU(), value)
    }
    value = graph.add("fc3", FullyConnected(outputFeatures: options.classes), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("lenet-300-100", options, output: value, preprocessing: nil)
  }
}
