public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// ResNet-18: eight blocks of two 3×3 convolutions, each added to its input.
///
/// Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2015), Table 1,
/// with projections (option B) where the size changes: 11,689,512 parameters and 1.814 GMAC in
/// convolutions for 1000 classes at 224×224.
public enum ResNet18 {
  /// The channels of the first level.
  public static let baseWidth = 64

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that names a wrong option.
  public static func structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try options.check("resnet-18")
    let base = options.baseWidth ?? baseWidth
    var graph = GraphBuilder()
    var value = graph.normalizedConvolution(
      "conv1",
      base,
      SlidingWindow(7, stride: 2, padding: 3),
      "data"
    )
    value = graph.add("pool1", MaxPool(window: SlidingWindow(3, stride: 2, padding: 1)), value)
    for level in 0..<4 {
      for block in 0..<2 {
        value = graph.residualBlock(
          "level\(level + 1)/block\(block + 1)",
          base << level,
          stride: level > 0 && block == 0 ? 2 : 1,
          value
        )
      }
    }
    value = graph.classifier(options.classes, value)
    return try graph.model("resnet-18", options, output: value)
  }
}

extension GraphBuilder {
  /// Adds `relu(F(x) + x)`, where a stride above 1 projects `x` by a 1×1 convolution.
  fileprivate mutating func residualBlock(
    _ name: String,
    _ channels: Int,
    stride: Int,
    _ input: String
  ) -> String {
    let first = normalizedConvolution(
      "\(name)/a",
      channels,
      SlidingWindow(3, stride: stride, padding: 1),
      input
    )
    let second = normalizedConvolution(
      "\(name)/b",
      channels,
      SlidingWindow(3, padding: 1),
      activation: nil,
      first
    )
    let shortcut =
      stride == 1
      ? input
      : normalizedConvolution(
        "\(name)/projection",
        channels,
        SlidingWindow(1, stride: stride),
        activation: nil,
        input
      )
    let sum = add("\(name)/add", Add(), second, shortcut)
    return add("\(name)/relu", ReLU(), sum)
  }
}
