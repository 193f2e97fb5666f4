public import SqueezeTensor

/// A sample on its way into a batch, still in its own unit: grey levels for pictures.
public struct AugmentedSample: Sendable {
  public internal(set) var channels: Int
  /// The rows; 1 for a signal.
  public internal(set) var height: Int
  public internal(set) var width: Int
  /// Whether the input is `[C, W]`.
  public let isSignal: Bool
  /// The input, channel after channel.
  public var values: [Float]
  /// The class of each pixel, where the target is a map.
  public var map: [Float]?
  /// The weight of each pixel, where there are some.
  public var pixelWeights: [Float]?
  /// The target; a map lies in ``map``.
  public var target: ExampleTarget
  /// The element of each channel that becomes 0 for the network.
  public let zero: [Float]
  /// The difference of elements of each channel that becomes 1 for the network.
  public let unit: [Float]
  /// The range of elements, where they are grey levels.
  public let levels: ClosedRange<Float>?
  /// The label of what a moved map uncovers.
  public let uncoveredLabel: Float
  /// Changes with every epoch; which samples begin with `true` is random.
  public let alternation: Bool

  init(
    _ example: TrainingExample,
    _ normalizer: Normalizer,
    ignoredClass: Int?,
    alternation: Bool
  ) {
    self.alternation = alternation
    channels = example.shape[0]
    isSignal = example.shape.rank == 2
    height = isSignal ? 1 : example.shape[1]
    width = example.shape[example.shape.rank - 1]
    values = example.reals
    pixelWeights = example.pixelWeights
    target = example.target
    if case .map(let labels) = example.target {
      map = labels.map { Float($0) }
      target = .map([])
    }
    zero = normalizer.zero
    unit = normalizer.unit
    if case .levels = example.input { levels = 0...255 } else { levels = nil }
    uncoveredLabel = Float(ignoredClass ?? 0)
  }

  /// `[C, H, W]`, or `[C, W]` for a signal.
  public var shape: Shape { isSignal ? [channels, width] : [channels, height, width] }
  /// The pixels of one channel.
  public var area: Int { height * width }

  /// One channel, the map or the weights while a sample changes its geometry.
  struct Plane {
    var source: UnsafePointer<Float>
    var target: UnsafeMutablePointer<Float>
    /// What uncovered pixels get.
    var fill: Float
    /// Whether values between two pixels mean something.
    var isContinuous: Bool
  }

  /// Makes every plane anew, in another size; `body` writes all elements of the target.
  mutating func remake(height newHeight: Int, width newWidth: Int, _ body: (Plane) -> Void) {
    let (area, newArea) = (area, newHeight * newWidth)
    values = [Float](unsafeUninitializedCapacity: channels * newArea) { output, size in
      values.withUnsafeBufferPointer { input in
        guard let source = input.baseAddress, let target = output.baseAddress else { return }
        for channel in 0..<channels {
          body(
            Plane(
              source: source + channel * area,
              target: target + channel * newArea,
              fill: zero[channel],
              isContinuous: true
            )
          )
        }
      }
      size = channels * newArea
    }
    func remade(_ plane: [Float], fill: Float) -> [Float] {
      [Float](unsafeUninitializedCapacity: newArea) { output, size in
        plane.withUnsafeBufferPointer { input in
          guard let source = input.baseAddress, let target = output.baseAddress else { return }
          body(Plane(source: source, target: target, fill: fill, isContinuous: false))
        }
        size = newArea
      }
    }
    map = map.map { remade($0, fill: uncoveredLabel) }
    pixelWeights = pixelWeights.map { remade($0, fill: 0) }
    (height, width) = (newHeight, newWidth)
  }

  /// Keeps elements in the range of grey levels, where they are some.
  mutating func clampLevels() {
    guard let levels else { return }
    values.withUnsafeMutableBufferPointer { values in
      for i in values.indices {
        values[i] = min(max(values[i], levels.lowerBound), levels.upperBound)
      }
    }
  }
}
