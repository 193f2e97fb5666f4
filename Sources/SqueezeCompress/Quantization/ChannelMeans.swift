import SqueezeGraph
import SqueezeTensor

/// Means over inputs and pixels of every channel of some values.
enum ChannelMeans {
  /// The mean of each channel of some values `[N, C, …]` of a model.
  static func measure(
    _ model: Model,
    of values: [String],
    on inputs: some Collection<[String: Tensor]>,
    preparing prepare: ModelPreparation
  ) throws -> [String: [Double]] {
    try moments(model, of: values, on: inputs, preparing: prepare).mapValues { $0.map(\.mean) }
  }

  /// The mean and the variance, divided by the number of elements less one, of each channel of some values.
  static func moments(
    _ model: Model,
    of values: [String],
    on inputs: some Collection<[String: Tensor]>,
    preparing prepare: ModelPreparation
  ) throws -> [String: [Moments]] {
    var observed = model
    observed.outputs = values
    observed.removeUnusedNodes()
    let run = try prepare(observed)
    var moments: [String: [Moments]] = [:]
    for sample in inputs {
      for (name, tensor) in try run(sample) { add(tensor, to: &moments[name, default: []]) }
    }
    return moments
  }

  /// The mean and variance of each channel of some tensors `[N, C, …]`.
  static func moments(of tensors: some Sequence<Tensor>) -> [Moments] {
    var moments: [Moments] = []
    for tensor in tensors { add(tensor, to: &moments) }
    return moments
  }

  private static func add(_ tensor: Tensor, to moments: inout [Moments]) {
    let shape = tensor.shape
    guard shape.rank >= 2, moments.isEmpty || moments.count == shape[1] else { return }
    let (channels, area) = (shape[1], shape.count(from: 2))
    if moments.isEmpty { moments = [Moments](repeating: Moments(), count: channels) }
    for map in 0..<shape[0] * channels {
      moments[map % channels].add(tensor.scalars[map * area..<(map + 1) * area])
    }
  }
}

/// A running mean and variance; batches join by the formula of Chan, Golub and LeVeque (1983).
struct Moments: Sendable {
  private(set) var count = 0
  private(set) var mean = 0.0
  private var squares = 0.0

  /// The variance, divided by the count less one.
  var variance: Double { count > 1 ? squares / Double(count - 1) : 0 }

  /// Adds numbers.
  mutating func add(_ numbers: ArraySlice<Float>) {
    guard !numbers.isEmpty else { return }
    let size = Double(numbers.count)
    let batchMean = numbers.reduce(0.0) { $0 + Double($1) } / size
    let batchSquares = numbers.reduce(0.0) {
      $0 + (Double($1) - batchMean) * (Double($1) - batchMean)
    }
    let (total, difference) = (Double(count) + size, batchMean - mean)
    squares += batchSquares + difference * difference * Double(count) * size / total
    mean += difference * size / total
    count += numbers.count
  }
}
