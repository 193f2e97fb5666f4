public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// A DenseNet for signals: layers along one axis that each see the outputs of all layers before them.
///
/// A stem of 16 kernels of 7, four blocks of three layers that add 8 channels each by way of a 1×1
/// bottleneck of 32, halved channels and length between blocks, the mean over the signal, one score.
/// After Huang et al., "Densely connected convolutional networks" (2016), with bottlenecks and compression
/// (DenseNet-BC), for A-lines of an optical coherence tomogram: 24,850 parameters for one line of 170
/// samples.
public enum DenseNet1D {
  /// The layers of each of the four blocks.
  static let layers = 3
  /// The channels each layer adds.
  static let growth = 8
  /// The channels of the stem.
  static let stem = 16

  /// The graph from `data`, `[N, C, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// One class is a probability by the sigmoid, several are a softmax.
  /// - Throws: an error that says where the signal is too short: below 15.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 1, input: [1, 170])
  ) throws -> Model {
    try options.check("densenet-1d", rank: 2)
    var graph = GraphBuilder()
    var channels = stem
    var value = graph.add(
      "conv1",
      Convolution(outputChannels: channels, window: .line(7, stride: 2), hasBias: false),
      "data"
    )
    for block in 1...4 {
      if block > 1 {
        channels /= 2
        let name = "transition\(block - 1)"
        value = graph.preactivatedConvolution(name, channels, .line(1), value)
        let pool = AveragePool(window: SlidingWindow(kernelSize: [2], stride: [2]))
        value = graph.add("\(name)/pool", pool, value)
      }
      var features = [value]
      for layer in 1...layers {
        let name = "block\(block)/layer\(layer)"
        let narrow = graph.preactivatedConvolution("\(name)/a", 4 * growth, .line(1), value)
        features.append(graph.preactivatedConvolution("\(name)/b", growth, .line(3), narrow))
        value = graph.add("\(name)/concat", Concatenate(axis: 1), features)
      }
      channels += layers * growth
    }
    value = graph.add("last/bn", BatchNormalization(), value)
    value = graph.add("last/relu", ReLU(), value)
    value = graph.add("pool", GlobalAveragePool(), value)
    value = graph.add("flatten", Flatten(), value)
    value = graph.add("fc", FullyConnected(outputFeatures: options.classes), value)
    value =
      options.classes == 1
      ? graph.add("prob", Sigmoid(), value) : graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("densenet-1d", options, output: value, preprocessing: nil)
  }
}

extension SlidingWindow {
  /// A centred window along a signal.
  fileprivate static func line(_ size: Int, stride: Int = 1) -> SlidingWindow {
    SlidingWindow(
      kernelSize: [size],
      stride: [stride],
      padding: .explicit(begin: [size / 2], end: [size / 2])
    )
  }
}
