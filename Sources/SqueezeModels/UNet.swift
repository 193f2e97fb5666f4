public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// U-Net: an encoder of five levels, and a decoder that sees the encoder's maps of its own size.
///
/// Each level is two 3×3 convolutions with twice the channels of the one above; 2×2 pools lead down,
/// 2×2 transposed convolutions up.
/// Source: Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical image
/// segmentation" (2015), Figure 1; with padded convolutions, so that the output has the size of the
/// input, and batch normalization (Ioffe and Szegedy, 2015), as is usual since. 31.0 million parameters
/// for 64 channels at the top.
public enum UNet {
  /// The channels of the top level in the paper.
  public static let baseWidth = 64
  /// The levels below the top.
  static let depth = 4

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes, H, W]`, with blank parameters.
  ///
  /// One class is a probability by the sigmoid, several are a softmax over the channels.
  /// - Throws: `ShapeError` where height or width is not a multiple of 16.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 1, input: [1, 256, 256])
  ) throws -> Model {
    try options.check("u-net")
    let unit = 1 << depth
    guard options.input[1] % unit == 0, options.input[2] % unit == 0 else {
      let expected = "height and width that are multiples of \(unit)"
      throw ShapeError("u-net", expected: expected, actual: options.input)
    }
    let base = options.baseWidth ?? baseWidth
    var graph = GraphBuilder()
    var skips: [String] = []
    var value = graph.twoConvolutions("down0", base, "data")
    for level in 1...depth {
      skips.append(value)
      value = graph.add("pool\(level)", MaxPool(window: SlidingWindow(2, stride: 2)), value)
      value = graph.twoConvolutions("down\(level)", base << level, value)
    }
    for level in (0..<depth).reversed() {
      let window = SlidingWindow(2, stride: 2)
      let up = TransposedConvolution(outputChannels: base << level, window: window)
      value = graph.add("up\(level)/grow", up, value)
      value = graph.add("up\(level)/concat", Concatenate(axis: 1), skips[level], value)
      value = graph.twoConvolutions("up\(level)", base << level, value)
    }
    let scores = Convolution(outputChannels: options.classes, window: SlidingWindow(1))
    value = graph.add("scores", scores, value)
    value =
      options.classes == 1
      ? graph.add("prob", Sigmoid(), value) : graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("u-net", options, output: value, preprocessing: nil)
  }
}

extension GraphBuilder {
  /// Adds two padded 3×3 convolutions.
  fileprivate mutating func twoConvolutions(
    _ name: String,
    _ channels: Int,
    _ input: String
  ) -> String {
    let window = SlidingWindow(3, padding: 1)
    let first = normalizedConvolution("\(name)/a", channels, window, input)
    return normalizedConvolution("\(name)/b", channels, window, first)
  }
}
