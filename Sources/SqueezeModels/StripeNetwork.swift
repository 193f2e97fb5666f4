import Foundation
public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A small network that says which way stripes run, with weights computed instead of trained.
///
/// The picture turns grey, a bank of Gabor filters (an even and an odd one for each direction) sees
/// the stripes, and the mean magnitude of their responses, added by a fully connected layer, tells
/// the direction. It serves demonstrations and tests: right answers without any data. The filters are
/// rounded to whole multiples of a step and small ones to zero, as pruning and quantization would
/// leave them, so that there is something to squeeze.
/// Source of the filters: Daugman, "Uncertainty relation for resolution in space, spatial frequency,
/// and orientation" (1985), equation 3.
public enum StripeNetwork {
  /// The directions of the stripes in degrees, counter-clockwise from the horizontal.
  public static let directions: [Double] = [0, 22.5, 45, 67.5, 90, 112.5, 135, 157.5]
  /// The distance between stripes the filters look for, in pixels.
  public static let period = 6.0

  /// The network for pictures of a size.
  ///
  /// - Parameter imageSize: height and width of the input in pixels, at least 16.
  /// - Returns: a model from `picture`, `[N, 3, H, W]`, to `direction`, `[N, 8]`.
  public static func model(imageSize: Int = 64) -> Model {
    let size = 13
    let bank = directions.flatMap { direction in
      [0.0, 0.5].map { gabor(direction, phase: $0 * .pi, size: size) }
    }
    var graph = GraphBuilder()
    var value = graph.add(
      "grey",
      Convolution(outputChannels: 1, window: SlidingWindow(1), hasBias: false),
      "picture"
    )
    value = graph.add(
      "gabor",
      Convolution(outputChannels: bank.count, window: SlidingWindow(size), hasBias: false),
      value
    )
    value = graph.add("magnitude", Unary(.absolute), value)
    value = graph.add("energy", GlobalAveragePool(), value)
    value = graph.add("flatten", Flatten(), value)
    value = graph.add("sum", FullyConnected(outputFeatures: directions.count), value)
    value = graph.add("direction", Softmax(axis: 1), value)
    let sums = directions.indices.flatMap { row in
      bank.indices.map { column in column / 2 == row ? Float(40) : 0 }
    }
    return Model(
      name: "stripes",
      inputs: [
        ModelInput("picture", [.named("N"), .fixed(3), .fixed(imageSize), .fixed(imageSize)])
      ],
      outputs: [value],
      nodes: graph.nodes,
      parameters: [
        "grey.weight": Dense(Tensor([1, 3, 1, 1], [0.299, 0.587, 0.114])),
        "gabor.weight": Dense(Tensor([bank.count, 1, size, size], bank.flatMap { $0 })),
        "sum.weight": Dense(Tensor([directions.count, bank.count], sums)),
        "sum.bias": Dense(Tensor(zeros: [directions.count])),
      ],
      preprocessing: Preprocessing(scale: 1 / 255, mean: [0.5], deviation: [0.5]),
      labels: directions.map { label(of: $0) },
      metadata: [
        "description": "Direction of stripes by a computed Gabor bank; nothing is trained."
      ]
    )
  }

  /// The class name of a direction, such as `stripes at 22.5°`.
  public static func label(of direction: Double) -> String { "stripes at \(direction)°" }

  /// A Gabor filter of zero mean and unit sum of magnitudes, row-major, in steps of 1/1024.
  private static func gabor(_ direction: Double, phase: Double, size: Int) -> [Float] {
    let angle = direction * .pi / 180
    let centre = Double(size - 1) / 2
    var values = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0..<size {
        let (x, y) = (Double(column) - centre, centre - Double(row))
        let across = -x * sin(angle) + y * cos(angle)
        let envelope = exp(-(x * x + y * y) / (2 * 9))
        values[row * size + column] = envelope * cos(2 * .pi * across / period + phase)
      }
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let magnitude = values.reduce(0) { $0 + abs($1 - mean) }
    return values.map { Float((($0 - mean) / magnitude * 1024).rounded() / 1024) }
  }
}
