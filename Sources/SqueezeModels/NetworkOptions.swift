import SqueezeGraph
public import SqueezeTensor

/// What a published network may be built for: its input, its classes and its width.
public struct NetworkOptions: Sendable, Hashable {
  /// The number of classes, or of output maps in a segmentation network.
  public var classes: Int
  /// The shape of one input without its batch, `[C, H, W]`, or `[C, W]` for a signal.
  public var input: Shape
  /// The number of inputs in a batch; `nil` leaves it to each run.
  public var batch: Int?
  /// The channels of the first level, for networks whose other widths are multiples of it; `nil` is the
  /// published width.
  public var baseWidth: Int?

  /// Creates options; what is left out is ImageNet's.
  public init(
    classes: Int = 1000,
    input: Shape = [3, 224, 224],
    batch: Int? = nil,
    baseWidth: Int? = nil
  ) {
    self.classes = classes
    self.input = input
    self.batch = batch
    self.baseWidth = baseWidth
  }

  /// The shape of the whole input, with 1 for an open batch.
  public var shape: Shape { Shape([batch ?? 1] + input.dimensions) }

  /// The channels of an input.
  var channels: Int { input[0] }

  /// Checks that every number is one a network can be built with.
  ///
  /// - Parameters:
  ///   - network: the network's name, for the error.
  ///   - rank: the axes of one input, 3 for pictures and 2 for signals.
  /// - Throws: `ShapeError` that names the option.
  func check(_ network: String, rank: Int = 3) throws(ShapeError) {
    let limits = 1...Self.maximumSize
    guard input.rank == rank, input.dimensions.allSatisfy(limits.contains) else {
      let axes = rank == 3 ? "[C, H, W]" : "[C, W]"
      throw ShapeError(network, expected: "an input \(axes) with sizes in \(limits)", actual: input)
    }
    for (name, value) in [("classes", classes), ("batch", batch ?? 1), ("base", baseWidth ?? 1)] {
      guard limits.contains(value) else {
        throw ShapeError(network, expected: "\(name) in \(limits)", actual: value)
      }
    }
  }

  /// The largest size of an axis, number of classes or width.
  public static let maximumSize = 1 << 16
}
