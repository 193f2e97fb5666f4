public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// An AlexNet whose inner layers take signs and have weights of ±1 times a scale per output.
///
/// Blocks are normalization, sign, convolution, pool, in this order, since pooling signs would lose most of
/// them; first and last layer stay real.
/// Source: Rastegari, Ordonez, Redmon and Farhadi, "XNOR-Net: ImageNet classification using binary
/// convolutional neural networks" (2016), §3.2 and Figure 3; without the scale of the inputs, which the
/// authors' code leaves out, too.
public enum XNORAlexNet {
  /// The nodes with binary weights.
  static let binaryNodes = ["conv2", "conv3", "conv4", "conv5", "fc6", "fc7"]

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("alexnet-xnor")
    var graph = GraphBuilder()
    let pool = MaxPool(window: SlidingWindow(3, stride: 2))
    let first = SlidingWindow(11, stride: 4, padding: 2)
    var value = graph.normalizedConvolution("conv1", 96, first, "data")
    value = graph.add("pool1", pool, value)
    for (number, channels, size) in [(2, 256, 5), (3, 384, 3), (4, 384, 3), (5, 256, 3)] {
      let name = "conv\(number)"
      let window = SlidingWindow(size, padding: size / 2)
      let convolution = Convolution(outputChannels: channels, window: window)
      value = graph.add(name, convolution, graph.signs(name, value))
      if name == "conv2" || name == "conv5" {
        value = graph.add("pool\(name.last ?? " ")", pool, value)
      }
    }
    for name in ["fc6", "fc7"] {
      value = graph.signs(name, value)
      if name == "fc6" { value = graph.add("flatten", Flatten(), value) }
      value = graph.add("\(name)/drop", Dropout(ratio: 0.5), value)
      value = graph.add(name, FullyConnected(outputFeatures: 4096), value)
    }
    value = graph.add("fc8/bn", BatchNormalization(), value)
    value = graph.add("fc8/relu", ReLU(), value)
    value = graph.add("fc8", FullyConnected(outputFeatures: options.classes), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("alexnet-xnor", options, output: value)
  }

  /// The same network with the weights of its binary layers stored as signs and scales.
  public static func binarized(_ model: Model) -> Model {
    var model = model
    for node in binaryNodes {
      let key = Model.key(node, "weight")
      if let weight = model.parameters[key] {
        model.parameters[key] = Binary(weight.decoded())
      }
    }
    return model
  }
}

extension GraphBuilder {
  /// Adds a batch normalization and the signs of what it gives.
  fileprivate mutating func signs(_ name: String, _ input: String) -> String {
    let normal = add("\(name)/bn", BatchNormalization(), input)
    return add("\(name)/sign", Binarize(), normal)
  }
}
