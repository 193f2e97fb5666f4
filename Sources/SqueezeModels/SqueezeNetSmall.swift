public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// SqueezeNet for 32×32 pictures: seven Fire modules with simple bypasses, trained from scratch.
///
/// | value | output of 32×32 | squeeze, expand |
/// |---|---|---|
/// | conv1, 3×3 | 64 × 32 × 32 | |
/// | fire2, pool | 128 × 16 × 16 | 16, 64 + 64 |
/// | fire3, fire4, pool | 256 × 8 × 8 | 32, 128 + 128 |
/// | fire5, fire6, pool | 384 × 4 × 4 | 48, 192 + 192 |
/// | fire7, fire8 | 512 × 4 × 4 | 64, 256 + 256 |
/// | mean, fully connected | classes | |
///
/// After Iandola et al., "SqueezeNet" (2016), §3 and §6, changed where small pictures ask for it: the
/// first convolution keeps the size, 2×2 pools come later in the sense of §3.1, and every convolution has
/// a batch normalization (Ioffe and Szegedy, 2015) instead of a bias, so that it trains without a
/// pretrained start. The fully connected layer after the mean gives the same scores as the paper's
/// 1×1 convolution before it.
public enum SqueezeNetSmall {
  /// The channels of the first convolution; the squeeze layers have 1/4, 1/2, 3/4 and 1 of it.
  public static let baseWidth = 64

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes]`, with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small, below 8, or that the width is no
  ///   multiple of 4.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 10, input: [3, 32, 32])
  ) throws -> Model {
    try options.check("squeezenet-small")
    let base = options.baseWidth ?? baseWidth
    guard base % 4 == 0 else {
      throw ShapeError("squeezenet-small", expected: "a base that is a multiple of 4", actual: base)
    }
    var graph = GraphBuilder()
    var value = graph.normalizedConvolution("conv1", base, SlidingWindow(3, padding: 1), "data")
    var channels = base
    for (position, quarters) in [1, 2, 2, 3, 3, 4, 4].enumerated() {
      let name = "fire\(position + 2)"
      let squeeze = quarters * base / 4
      let input = value
      value = graph.normalizedFire(name, squeeze: squeeze, expand: 4 * squeeze, value)
      if channels == 8 * squeeze { value = graph.add("\(name)/bypass", Add(), value, input) }
      channels = 8 * squeeze
      guard [0, 2, 4].contains(position) else { continue }
      value = graph.add("\(name)/pool", MaxPool(window: SlidingWindow(2, stride: 2)), value)
    }
    value = graph.classifier(options.classes, value)
    return try graph.model("squeezenet-small", options, output: value, preprocessing: nil)
  }
}

extension GraphBuilder {
  /// Adds a Fire module whose three convolutions have batch normalizations.
  fileprivate mutating func normalizedFire(
    _ name: String,
    squeeze: Int,
    expand: Int,
    _ input: String
  ) -> String {
    let narrow = normalizedConvolution("\(name)/squeeze1x1", squeeze, SlidingWindow(1), input)
    let one = normalizedConvolution("\(name)/expand1x1", expand, SlidingWindow(1), narrow)
    let window = SlidingWindow(3, padding: 1)
    let three = normalizedConvolution("\(name)/expand3x3", expand, window, narrow)
    return add("\(name)/concat", Concatenate(axis: 1), one, three)
  }
}
