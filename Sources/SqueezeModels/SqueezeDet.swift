public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// SqueezeDet: SqueezeNet's Fire modules under one convolution that proposes and classifies boxes.
///
/// Source: Wu, Iandola, Jin and Keutzer, "SqueezeDet: unified, small, low power fully convolutional neural
/// networks for real-time object detection for autonomous driving" (2016), §3.1 and §3.4: at each of
/// `H/16 × W/16` places, for each of 9 anchors, 4 box offsets, a confidence and the classes' scores.
public enum SqueezeDet {
  /// The anchors of each place.
  public static let anchors = 9

  /// The graph from `data`, `[N, C, H, W]`, to `detections`, `[N, 9 · (4 + 1 + classes), H/16, W/16]`,
  /// with blank parameters.
  ///
  /// - Throws: an error that names a wrong option.
  public static func structure(
    _ options: NetworkOptions = NetworkOptions(classes: 3, input: [3, 384, 1248])
  ) throws -> Model {
    try options.check("squeezedet")
    let pool = MaxPool(window: SlidingWindow(3, stride: 2, padding: 1))
    var graph = GraphBuilder()
    let window = SlidingWindow(3, stride: 2, padding: 1)
    var value = graph.convolutionReLU("conv1", 64, window, "data")
    value = graph.add("pool1", pool, value)
    for (position, squeeze) in [16, 16, 32, 32, 48, 48, 64, 64, 96, 96].enumerated() {
      let fire = position + 2
      value = graph.fire("fire\(fire)", squeeze: squeeze, expand: 4 * squeeze, value)
      if [3, 5].contains(fire) { value = graph.add("pool\(fire)", pool, value) }
    }
    value = graph.add("drop11", Dropout(ratio: 0.5), value)
    let boxes = Convolution(
      outputChannels: anchors * (5 + options.classes),
      window: SlidingWindow(3, padding: 1)
    )
    value = graph.add("detections", boxes, value)
    return try graph.model("squeezedet", options, output: value, preprocessing: .caffe)
  }
}
