public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// SqueezeNet: AlexNet's accuracy with 50 times fewer parameters, from Fire modules.
///
/// A Fire module narrows the channels by a 1×1 squeeze layer and widens them by 1×1 and 3×3 expand
/// layers side by side.
/// Source: Iandola et al., "SqueezeNet" (2016), Table 1; version 1.1 from the authors' repository,
/// with 2.4 times fewer MACs; bypasses from §6 and Figure 2.
public enum SqueezeNet {
  /// Connections around Fire modules.
  public enum Bypass: String, Sendable, CaseIterable {
    case none
    /// The input is added to the output of every module that keeps the number of channels.
    case simple
    /// As `simple`; around the others, the input passes a 1×1 convolution first.
    case complex
  }

  /// Version 1.0: 1,248,424 parameters for 1000 classes.
  ///
  /// - Parameters:
  ///   - classes: how many scores the model gives.
  ///   - imageSize: height and width of the input; the paper has 224, its Caffe file 227.
  ///   - seed: for the random weights, see `withRandomParameters`.
  /// - Returns: a model from `data`, `[N, 3, H, W]`, to `prob`, `[N, classes]`.
  /// - Throws: an error that says where the picture is too small.
  public static func v1_0(
    classes: Int = 1000,
    imageSize: Int = 224,
    seed: UInt64 = 1
  ) throws -> Model {
    let options = NetworkOptions(classes: classes, input: [3, imageSize, imageSize])
    return try v1_0Structure(options).withRandomParameters(seed: seed)
  }

  /// Version 1.1: 1,235,496 parameters for 1000 classes.
  ///
  /// - Parameters:
  ///   - classes: how many scores the model gives.
  ///   - imageSize: height and width of the input.
  ///   - seed: for the random weights, see `withRandomParameters`.
  /// - Returns: a model from `data`, `[N, 3, H, W]`, to `prob`, `[N, classes]`.
  /// - Throws: an error that says where the picture is too small.
  public static func v1_1(
    classes: Int = 1000,
    imageSize: Int = 224,
    seed: UInt64 = 1
  ) throws -> Model {
    let options = NetworkOptions(classes: classes, input: [3, imageSize, imageSize])
    return try v1_1Structure(options).withRandomParameters(seed: seed)
  }

  /// The graph of version 1.0 with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small.
  public static func v1_0Structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try structure("squeezenet-v1.0", first: (96, 7), poolAfter: [4, 8], options)
  }

  /// The graph of version 1.0 with simple bypasses, which cost no parameters.
  ///
  /// - Throws: an error that says where the picture is too small.
  public static func simpleBypassStructure(
    _ options: NetworkOptions = NetworkOptions()
  ) throws -> Model {
    try structure(
      "squeezenet-simple-bypass",
      first: (96, 7),
      poolAfter: [4, 8],
      bypass: .simple,
      options
    )
  }

  /// The graph of version 1.0 with complex bypasses: 341,248 parameters more.
  ///
  /// - Throws: an error that says where the picture is too small.
  public static func complexBypassStructure(
    _ options: NetworkOptions = NetworkOptions()
  ) throws -> Model {
    try structure(
      "squeezenet-complex-bypass",
      first: (96, 7),
      poolAfter: [4, 8],
      bypass: .complex,
      options
    )
  }

  /// The graph of version 1.1 with blank parameters.
  ///
  /// - Throws: an error that says where the picture is too small.
  public static func v1_1Structure(_ options: NetworkOptions = NetworkOptions()) throws -> Model {
    try structure("squeezenet-v1.1", first: (64, 3), poolAfter: [3, 5], options)
  }

  /// The channels of the squeeze layers of Fire modules 2 to 9.
  private static let widths = [16, 16, 32, 32, 48, 48, 64, 64]

  private static func structure(
    _ name: String,
    first: (channels: Int, kernel: Int),
    poolAfter: Set<Int>,
    bypass: Bypass = .none,
    _ options: NetworkOptions
  ) throws -> Model {
    try options.check(name)
    let pool = MaxPool(window: SlidingWindow(3, stride: 2, rounding: .up))
    let window = SlidingWindow(first.kernel, stride: 2)
    var graph = GraphBuilder()
    var value = graph.convolutionReLU("conv1", first.channels, window, "data")
    value = graph.add("pool1", pool, value)
    var channels = first.channels
    for (position, squeeze) in widths.enumerated() {
      let fire = position + 2
      let input = value
      value = graph.fire("fire\(fire)", squeeze: squeeze, expand: 4 * squeeze, value)
      value = graph.bypass(bypass, "fire\(fire)", from: channels, to: 8 * squeeze, input, value)
      channels = 8 * squeeze
      if poolAfter.contains(fire) { value = graph.add("pool\(fire)", pool, value) }
    }
    value = graph.add("drop9", Dropout(ratio: 0.5), value)
    value = graph.convolutionReLU("conv10", options.classes, SlidingWindow(1), value)
    value = graph.add("pool10", GlobalAveragePool(), value)
    value = graph.add("flatten", Flatten(), value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model(name, options, output: value, preprocessing: .caffe)
  }
}

extension GraphBuilder {
  /// Adds a Fire module (SqueezeNet §3.2).
  mutating func fire(
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
  /// Adds what leads around a Fire module, if anything does.
  fileprivate mutating func bypass(
    _ kind: SqueezeNet.Bypass,
    _ name: String,
    from inputs: Int,
    to outputs: Int,
    _ input: String,
    _ output: String
  ) -> String {
    if inputs == outputs {
      return kind == .none ? output : add("\(name)/bypass", Add(), output, input)
    }
    guard kind == .complex else { return output }
    let convolution = Convolution(outputChannels: outputs, window: SlidingWindow(1))
    let fitted = add("\(name)/bypass1x1", convolution, input)
    return add("\(name)/bypass", Add(), output, fitted)
  }
}
