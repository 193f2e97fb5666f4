/// How an image becomes a network's input tensor; stored with the model.
///
/// The image is resized so that its shorter side has ``shorterSide`` pixels, the centre is cropped,
/// and every grey level `x` in `0...255` becomes `(x · scale − mean) / deviation` of its channel.
public struct Preprocessing: Sendable, Hashable, Codable {
  /// The order of the input's channels.
  public enum ChannelOrder: String, Sendable, Hashable, Codable, CaseIterable {
    case rgb, bgr, grey

    /// The number of channels.
    public var count: Int { self == .grey ? 1 : 3 }
  }

  /// The axes of the input tensor.
  public enum Layout: String, Sendable, Hashable, Codable, CaseIterable { case nchw, nhwc }

  /// The shorter side after resizing, in pixels; `nil` resizes until the crop is just covered.
  public var shorterSide: Int?
  /// The height of the centre crop in pixels; `nil` takes the model's input height.
  public var cropHeight: Int?
  /// The width of the centre crop in pixels; `nil` takes the model's input width.
  public var cropWidth: Int?
  public var order: ChannelOrder
  public var layout: Layout
  /// The factor on grey levels, applied before the mean is subtracted.
  public var scale: Float
  /// What is subtracted from each channel of the input, in ``order``; one value serves all.
  public var mean: [Float]
  /// What each channel is divided by, in ``order``; one value serves all.
  public var deviation: [Float]

  /// Creates a description; the defaults change nothing but the size.
  public init(
    shorterSide: Int? = nil,
    cropHeight: Int? = nil,
    cropWidth: Int? = nil,
    order: ChannelOrder = .rgb,
    layout: Layout = .nchw,
    scale: Float = 1,
    mean: [Float] = [0],
    deviation: [Float] = [1]
  ) {
    self.shorterSide = shorterSide
    self.cropHeight = cropHeight
    self.cropWidth = cropWidth
    self.order = order
    self.layout = layout
    self.scale = scale
    self.mean = mean
    self.deviation = deviation
  }

  /// The mean of input channel `channel`.
  public func mean(of channel: Int) -> Float { mean.count == 1 ? mean[0] : mean[channel] }

  /// The deviation of input channel `channel`.
  public func deviation(of channel: Int) -> Float {
    deviation.count == 1 ? deviation[0] : deviation[channel]
  }

  /// The first thing that makes this description meaningless, or `nil` where it is sound.
  public var flaw: String? {
    let sizes = [shorterSide, cropHeight, cropWidth].compactMap { $0 }
    if let size = sizes.first(where: { $0 < 1 || $0 > 1 << 16 }) { return "size \(size)" }
    if ![1, order.count].contains(mean.count) { return "\(mean.count) means" }
    if ![1, order.count].contains(deviation.count) { return "\(deviation.count) deviations" }
    if deviation.contains(where: { $0 == 0 || !$0.isFinite }) { return "deviation 0 or not finite" }
    if !scale.isFinite || mean.contains(where: { !$0.isFinite }) {
      return "scale or mean not finite"
    }
    return nil
  }
}

extension Preprocessing {
  /// Named descriptions: `caffe`, `imagenet` and `unit`.
  public static let presets: [(name: String, preprocessing: Preprocessing)] = [
    ("caffe", caffe), ("imagenet", imageNet), ("unit", unit),
  ]

  /// Caffe's ImageNet models: BGR grey levels minus the mean (104, 117, 123), as in the deploy
  /// files of SqueezeNet and AlexNet.
  public static let caffe = Preprocessing(shorterSide: 256, order: .bgr, mean: [104, 117, 123])

  /// The usual ImageNet models of PyTorch: RGB in 0…1, normalized per channel.
  public static let imageNet = Preprocessing(
    shorterSide: 256,
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225]
  )

  /// RGB or grey in 0…1.
  public static let unit = Preprocessing(scale: 1 / 255)
}
