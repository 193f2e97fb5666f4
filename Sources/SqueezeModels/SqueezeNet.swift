public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// SqueezeNet: AlexNet's accuracy with 50 times fewer parameters, from Fire modules.
///
/// A Fire module narrows the channels by a 1×1 squeeze layer and widens them by 1×1 and 3×3 expand
/// layers side by side.
/// Source: Iandola et al., "SqueezeNet" (2016), Table 1; version 1.1 from the authors' repository,
/// with 2.4 times fewer MACs.
public enum SqueezeNet {
  /// Version 1.0: 1,248,424 parameters for 1000 classes.
  ///
  /// - Parameters:
  ///   - classes: how many scores the model gives.
  ///   - imageSize: height and width of the input; the paper has 224, its Caffe file 227.
  ///   - seed: for the random weights, see `withRandomParameters`.
  /// - Returns: a model from `data`, `[N, 3, H, W]`, to `prob`, `[N, classes]`.
  /// - Throws: `ShapeError` where the picture is too small.
  public static func v1_0(
    classes: Int = 1000,
    imageSize: Int = 224,
    seed: UInt64 = 1
  ) throws -> Model {
    try model(
      "squeezenet-v1.0",
      first: (96, 7),
      widths: [16, 16, 32, 32, 48, 48, 64, 64],
      poolAfter: [4, 8],
      classes,
      imageSize,
      seed
    )
  }

  /// Version 1.1: 1,235,496 parameters for 1000 classes.
  ///
  /// - Parameters:
  ///   - classes: how many scores the model gives.
  ///   - imageSize: height and width of the input.
  ///   - seed: for the random weights, see `withRandomParameters`.
  /// - Returns: a model from `data`, `[N, 3, H, W]`, to `prob`, `[N, classes]`.
  /// - Throws: `ShapeError` where the picture is too small.
  public static func v1_1(
    classes: Int = 1000,
    imageSize: Int = 224,
    seed: UInt64 = 1
  ) throws -> Model {
    try model(
      "squeezenet-v1.1",
      first: (64, 3),
      widths: [16, 16, 32, 32, 48, 48, 64, 64],
      poolAfter: [3, 5],
      classes,
      imageSize,
      seed
    )
  }

  private static func model(
    _ name: String,
    first: (channels: Int, kernel: Int),
    widths: [Int],
    poolAfter: Set<Int>,
    _ classes: Int,
    _ imageSize: Int,
    _ seed: UInt64
  ) throws -> Model {
    let pool = MaxPool(window: SlidingWindow(3, stride: 2, rounding: .up))
    var graph = GraphBuilder()
    var value = graph.convolutionReLU(
      "conv1",
      first.channels,
      SlidingWindow(first.kernel, stride: 2),
      "data"
    )
    value = graph.add("pool1", pool, value)
    for (position, squeeze) in widths.enumerated() {
      let fire = position + 2
      value = graph.fire("fire\(fire)", squeeze: squeeze, expand: 4 * squeeze, value)
      if poolAfter.contains(fire) { value = graph.add("pool\(fire)", pool, value) }
    }
    value = graph.add("drop9", Dropout(ratio: 0.5), value)
    value = graph.convolutionReLU("conv10", classes, SlidingWindow(1), value)
    value = graph.add("pool10", GlobalAveragePool(), value)
    value = graph.add("flatten", Flatten(), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try Model(
      name: name,
      inputs: [
        ModelInput("data", [.named("N"), .fixed(3), .fixed(imageSize), .fixed(imageSize)])
      ],
      outputs: [value],
      nodes: graph.nodes,
      preprocessing: .caffe
    ).withRandomParameters(seed: seed)
  }
}

extension GraphBuilder {
  /// Adds a Fire module (SqueezeNet §3.2).
  fileprivate mutating func fire(
    _ name: String,
    squeeze: Int,
    expand: Int,
    _ input: String
  ) -> String {
    let narrow = convolutionReLU("\(name)/squeeze1x1", squeeze, SlidingWindow(1), input)
    let one = convolutionReLU("\(name)/expand1x1", expand, SlidingWindow(1), narrow)
    let three = convolutionReLU("\(name)/expand3x3", expand, SlidingWindow(3, padding: 1), narrow)
    return add("\(name)/concat", Concatenate(axis: 1), one, three)
  }
}
