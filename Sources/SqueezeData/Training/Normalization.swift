public import SqueezeTensor

/// The scale, mean and deviation that make a network's input: `(x · scale − mean) / deviation`.
public struct Normalization: Sendable, Hashable {
  public var scale: Float
  /// One value for every channel, or one that serves all.
  public var mean: [Float]
  /// One value for every channel, or one that serves all; none is 0.
  public var deviation: [Float]

  /// Creates a normalization; the defaults change nothing.
  public init(scale: Float = 1, mean: [Float] = [0], deviation: [Float] = [1]) {
    self.scale = scale
    self.mean = mean
    self.deviation = deviation
  }

  /// The normalization of a picture's preprocessing.
  public init(_ preprocessing: Preprocessing) {
    self.init(
      scale: preprocessing.scale,
      mean: preprocessing.mean,
      deviation: preprocessing.deviation
    )
  }

  /// Mean and deviation of every channel over all samples (or the first `limit`), computed in the
  /// order of the samples.
  ///
  /// - Parameters:
  ///   - examples: the samples; their own normalization does not matter.
  ///   - scale: the factor on elements, as 1/255 for grey levels.
  ///   - limit: the number of samples to stop at.
  /// - Returns: a normalization to mean 0 and deviation 1; a constant channel keeps deviation 1.
  /// - Throws: the error of a sample that cannot be read.
  public static func measured(
    over examples: any TrainingExamples,
    scale: Float = 1,
    limit: Int = .max
  ) throws -> Normalization {
    let channels = examples.inputShape[0]
    let area = examples.inputShape.count(from: 1)
    let samples = min(limit, examples.count)
    var sums = [Double](repeating: 0, count: channels)
    var squares = sums
    for index in 0..<samples {
      let elements = try examples.example(index).reals
      for channel in 0..<channels {
        var (sum, square) = (0.0, 0.0)
        for i in channel * area..<(channel + 1) * area {
          let value = Double(elements[i])
          sum += value
          square += value * value
        }
        sums[channel] += sum
        squares[channel] += square
      }
    }
    let count = Double(max(1, samples * area))
    let means = sums.map { $0 / count }
    let deviations = zip(squares, means).map { square, mean in
      max(0, square / count - mean * mean).squareRoot() * Double(scale)
    }
    return Normalization(
      scale: scale,
      mean: means.map { Float($0 * Double(scale)) },
      deviation: deviations.map { $0 > 1e-12 ? Float($0) : 1 }
    )
  }

  /// What is wrong with it for an input of so many channels, or `nil`.
  func flaw(channels: Int) -> String? {
    if !scale.isFinite || scale == 0 { return "scale \(scale)" }
    for (name, values) in [("means", mean), ("deviations", deviation)] {
      guard values.count == 1 || values.count == channels else {
        return "\(values.count) \(name) for \(channels) channels"
      }
    }
    if deviation.contains(where: { $0 == 0 || !$0.isFinite }) { return "deviation 0 or not finite" }
    return mean.allSatisfy(\.isFinite) ? nil : "a mean that is not finite"
  }
}

extension TrainingExample {
  /// The input as reals.
  var reals: [Float] {
    switch input {
    case .reals(let reals): reals
    case .levels(let levels):
      [Float](unsafeUninitializedCapacity: levels.count) { output, size in
        levels.withUnsafeBufferPointer { levels in
          for i in levels.indices { output[i] = Float(levels[i]) }
        }
        size = levels.count
      }
    }
  }
}

/// A normalization for a number of channels, ready for use on whole inputs.
struct Normalizer: Sendable {
  let scale: Float
  let mean: [Float]
  let deviation: [Float]
  /// What every grey level becomes, 256 numbers for each channel.
  private let levels: [Float]

  init(_ normalization: Normalization, channels: Int) {
    func spread(_ values: [Float]) -> [Float] {
      values.count == 1 ? [Float](repeating: values[0], count: channels) : values
    }
    let (scale, mean) = (normalization.scale, spread(normalization.mean))
    let deviation = spread(normalization.deviation)
    self.scale = scale
    self.mean = mean
    self.deviation = deviation
    levels = (0..<channels).flatMap { channel in
      (0..<256).map { (Float($0) * scale - mean[channel]) / deviation[channel] }
    }
  }

  /// The element of each channel that becomes 0.
  var zero: [Float] { mean.map { $0 / scale } }
  /// The difference of elements of each channel that becomes 1.
  var unit: [Float] { deviation.map { $0 / scale } }

  /// Writes grey levels, channel after channel.
  func write(_ input: [UInt8], area: Int, to output: UnsafeMutablePointer<Float>) {
    input.withUnsafeBufferPointer { input in
      levels.withUnsafeBufferPointer { levels in
        for channel in mean.indices {
          let (start, table) = (channel * area, channel << 8)
          for i in start..<start + area { output[i] = levels[table + Int(input[i])] }
        }
      }
    }
  }

  /// Writes reals, channel after channel.
  func write(_ input: [Float], area: Int, to output: UnsafeMutablePointer<Float>) {
    input.withUnsafeBufferPointer { input in
      for channel in mean.indices {
        let (mean, deviation) = (mean[channel], deviation[channel])
        for i in channel * area..<(channel + 1) * area {
          output[i] = (input[i] * scale - mean) / deviation
        }
      }
    }
  }
}
