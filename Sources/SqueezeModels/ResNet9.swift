public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// ResNet-9: eight 3×3 convolutions, two residuals and a largest value per map, for 32×32 pictures.
///
/// Every convolution has a batch normalization and a ReLU; three 2×2 pools follow the levels of 2, 4 and
/// 8 times the base width, and a residual of two convolutions the first and the last of them. The
/// last pool takes the largest value of each map, which is 4×4 for pictures of 32×32.
/// Source: Page, "How to train your ResNet" (2018), part 4: 6,573,120 parameters for ten classes. The
/// scores are divided by 8, as his are: without that, the first steps of a high learning rate are lost.
public enum ResNet9 {
  /// The channels of the first convolution.
  public static let baseWidth = 64

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small: below 8.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 10, input: [3, 32, 32])
  ) throws -> Model {
    try options.check("resnet-9")
    let base = options.baseWidth ?? baseWidth
    let window = SlidingWindow(3, padding: 1)
    var graph = GraphBuilder()
    var value = graph.normalizedConvolution("prep", base, window, "data")
    for level in 1...3 {
      let name = "layer\(level)"
      value = graph.normalizedConvolution(name, base << level, window, value)
      value = graph.add("\(name)/pool", MaxPool(window: SlidingWindow(2, stride: 2)), value)
      if level == 2 { continue }
      let shortcut = value
      value = graph.normalizedConvolution("\(name)/residual/a", base << level, window, value)
      value = graph.normalizedConvolution("\(name)/residual/b", base << level, window, value)
      value = graph.add("\(name)/residual/add", Add(), value, shortcut)
    }
    value = graph.add("pool", GlobalMaxPool(), value)
    value = graph.add("flatten", Flatten(), value)
    let scores = FullyConnected(outputFeatures: options.classes, hasBias: false)
    value = graph.add("fc", scores, value)
    let factor = graph.add("factor", constant: 0.125)
    value = graph.add("scores", Multiply(), value, factor)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("resnet-9", options, output: value, preprocessing: nil)
  }
}
