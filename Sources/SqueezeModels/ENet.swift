public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// ENet: a segmentation network that shrinks the picture at once and filters in narrow bottlenecks.
///
/// Source: Paszke, Chaurasia, Kim and Culurciello, "ENet: a deep neural network architecture for real-time
/// semantic segmentation" (2016), Table 1 and Figure 2; about 0.37 million parameters. Where the paper puts
/// values back to the places of their maxima (unpooling), this takes the nearest neighbour, which needs no
/// memory of the places; parameters are the same.
public enum ENet {
  /// What the middle convolution of a bottleneck is.
  enum Middle {
    case regular
    case dilated(Int)
    case asymmetric(Int)
  }

  /// Bottlenecks 2.1 to 2.8, which section 3 repeats.
  static let section: [Middle] = [
    .regular, .dilated(2), .asymmetric(5), .dilated(4), .regular, .dilated(8), .asymmetric(5),
    .dilated(16),
  ]

  /// The graph from `data`, `[N, C, H, W]`, to `prob`, `[N, classes, H, W]`, with blank parameters.
  ///
  /// - Throws: `ShapeError` where height or width is not a multiple of 8.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 19, input: [3, 512, 512])
  ) throws -> Model {
    try options.check("enet")
    guard options.input[1] % 8 == 0, options.input[2] % 8 == 0, options.channels < 16 else {
      let expected = "fewer than 16 channels, height and width that are multiples of 8"
      throw ShapeError("enet", expected: expected, actual: options.input)
    }
    var graph = GraphBuilder()
    var value = graph.initialBlock(options.channels)
    value = graph.downsampling("bottleneck1.0", from: 16, to: 64, value)
    for index in 1...4 { value = graph.bottleneck("bottleneck1.\(index)", 64, .regular, value) }
    value = graph.downsampling("bottleneck2.0", from: 64, to: 128, value)
    for number in 2...3 {
      for (index, middle) in section.enumerated() {
        let name = "bottleneck\(number).\(number == 2 ? index + 1 : index)"
        value = graph.bottleneck(name, 128, middle, value)
      }
    }
    value = graph.upsampling("bottleneck4.0", from: 128, to: 64, value)
    for index in 1...2 { value = graph.bottleneck("bottleneck4.\(index)", 64, .regular, value) }
    value = graph.upsampling("bottleneck5.0", from: 64, to: 16, value)
    value = graph.bottleneck("bottleneck5.1", 16, .regular, value)
    let last = TransposedConvolution(
      outputChannels: options.classes,
      window: SlidingWindow(2, stride: 2)
    )
    value = graph.add("fullconv", last, value)
    value = graph.add("prob", Softmax(axis: 1), value)
    return try graph.model("enet", options, output: value, preprocessing: nil)
  }
}

extension GraphBuilder {
  /// Adds the strided convolution and the pool of the picture side by side (Figure 2 a).
  fileprivate mutating func initialBlock(_ channels: Int) -> String {
    let convolution = Convolution(
      outputChannels: 16 - channels,
      window: SlidingWindow(3, stride: 2, padding: 1),
      hasBias: false
    )
    let filtered = add("initial/conv", convolution, "data")
    let pooled = add("initial/pool", MaxPool(window: SlidingWindow(2, stride: 2)), "data")
    return activated("initial", 16, add("initial/concat", Concatenate(axis: 1), filtered, pooled))
  }

  /// Adds batch normalization and PReLU.
  private mutating func activated(_ name: String, _ channels: Int, _ input: String) -> String {
    let normal = add("\(name)/bn", BatchNormalization(), input)
    return add("\(name)/prelu", PReLU(slopeShape: [channels, 1, 1]), normal)
  }

  /// Adds a convolution without bias, batch normalization and PReLU.
  private mutating func activatedConvolution(
    _ name: String,
    _ channels: Int,
    _ window: SlidingWindow,
    _ input: String
  ) -> String {
    let convolution = Convolution(outputChannels: channels, window: window, hasBias: false)
    return activated(name, channels, add("\(name)/conv", convolution, input))
  }

  /// Adds the end of a bottleneck: 1×1 back to full width, normalization, dropout, sum, PReLU.
  private mutating func joined(
    _ name: String,
    _ channels: Int,
    _ branch: String,
    _ main: String
  ) -> String {
    var value = normalizedConvolution(
      "\(name)/widen",
      channels,
      SlidingWindow(1),
      activation: nil,
      branch
    )
    value = add("\(name)/drop", Dropout(ratio: 0.1), value)
    value = add("\(name)/add", Add(), value, main)
    return add("\(name)/prelu", PReLU(slopeShape: [channels, 1, 1]), value)
  }

  /// Adds a bottleneck that keeps the size (Figure 2 b).
  fileprivate mutating func bottleneck(
    _ name: String,
    _ channels: Int,
    _ middle: ENet.Middle,
    _ input: String
  ) -> String {
    let narrow = channels / 4
    var value = activatedConvolution("\(name)/narrow", narrow, SlidingWindow(1), input)
    switch middle {
    case .regular:
      let window = SlidingWindow(3, padding: 1)
      value = activatedConvolution("\(name)/middle", narrow, window, value)
    case .dilated(let dilation):
      let window = SlidingWindow(3, dilation: dilation, padding: dilation)
      value = activatedConvolution("\(name)/middle", narrow, window, value)
    case .asymmetric(let size):
      let tall = SlidingWindow(kernelSize: [size, 1], padding: .sameUpper)
      let first = Convolution(outputChannels: narrow, window: tall, hasBias: false)
      value = add("\(name)/middle/tall", first, value)
      let wide = SlidingWindow(kernelSize: [1, size], padding: .sameUpper)
      value = activatedConvolution("\(name)/middle", narrow, wide, value)
    }
    return joined(name, channels, value, input)
  }

  /// Adds a bottleneck that halves the picture; the pooled input gets channels of zeros.
  fileprivate mutating func downsampling(
    _ name: String,
    from inputs: Int,
    to outputs: Int,
    _ input: String
  ) -> String {
    let halving = SlidingWindow(2, stride: 2)
    let pooled = add("\(name)/pool", MaxPool(window: halving), input)
    let zeros = Pad(begin: [0, 0, 0, 0], end: [0, outputs - inputs, 0, 0])
    let main = add("\(name)/pad", zeros, pooled)
    var value = activatedConvolution("\(name)/narrow", inputs / 4, halving, input)
    let window = SlidingWindow(3, padding: 1)
    value = activatedConvolution("\(name)/middle", inputs / 4, window, value)
    return joined(name, outputs, value, main)
  }

  /// Adds a bottleneck that doubles the picture.
  fileprivate mutating func upsampling(
    _ name: String,
    from inputs: Int,
    to outputs: Int,
    _ input: String
  ) -> String {
    var main = normalizedConvolution(
      "\(name)/main",
      outputs,
      SlidingWindow(1),
      activation: nil,
      input
    )
    let twice = Resize(
      .scales([1, 1, 2, 2]),
      interpolation: .nearest(.floor),
      coordinates: .asymmetric
    )
    main = add("\(name)/unpool", twice, main)
    let narrow = inputs / 4
    var value = activatedConvolution("\(name)/narrow", narrow, SlidingWindow(1), input)
    let grow = TransposedConvolution(
      outputChannels: narrow,
      window: SlidingWindow(3, stride: 2, padding: 1),
      extra: [1, 1],
      hasBias: false
    )
    value = activated("\(name)/middle", narrow, add("\(name)/middle/conv", grow, value))
    return joined(name, outputs, value, main)
  }
}
