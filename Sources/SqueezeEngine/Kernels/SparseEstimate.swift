/// Which of several ways to multiply with compressed weights is the fastest, by an estimate.
///
/// Times are in steps of a dense kernel's product of 16 lanes. The factors were measured with AVX-512
/// on pointwise layers of 64 to 512 channels and fully connected layers of 300 to 4096 features.
enum SparseEstimate {
  /// Whether products with the weights that are not zero, 16 pixels at a time, are faster than all.
  ///
  /// A weight costs a load of its place and one of its value beside those of the pixels; turning blocks
  /// into maps and back costs as much as some products per number.
  static func favours(density: Double, inputs: Int, outputs: Int, pixels: Int) -> Bool {
    let products = Double(inputs) * Double(outputs) / 16
    let dense = products * Double(pixels)
    let sparse = products * density * Double((pixels + 15) / 16 * 16) * costOfKept
    let turning = Double((inputs + outputs) * pixels) / 16 * costOfTurning
    return sparse + turning < margin * dense
  }

  private static let costOfKept = 2.0
  private static let costOfTurning = 6.5
  /// How much faster an estimate has to be, as it may be wrong.
  private static let margin = 0.9

  /// Whether a convolution that decodes a weight for every two rows of pixels is faster than one by tiles that
  /// reads floats: on small maps a weight meets so few pixels that reading it takes the time.
  static func favoursCodes(_ rows: Rows, _ geometry: WindowGeometry, outputs: Int) -> Bool {
    let output = geometry.output
    let bytes = geometry.input[1] * geometry.taps * outputs * 4
    // Tiles take all pixels of a map together where each needs only its own place.
    let isSmall =
      geometry.isPointwise
      ? output[2] * output[3] <= 8 : output[3] <= (rows == .table ? 5 : 6)
    return bytes > readSeldom && output[0] <= 2 && isSmall
  }

  /// From how many bytes on the weights of a layer come from the third cache.
  private static let readSeldom = 1 << 19

  /// How the weights of a layer of one row may be kept.
  enum Rows: Sendable {
    case dense
    /// 16 features side by side, each with the weights it has.
    case sparse
    /// 4 bits per weight and a table of 16.
    case nibbles
    /// A byte per weight, and a table of 64 numbers.
    case table
    /// A byte per weight, which is the number.
    case bytes

    /// The bytes that are read per weight of the layer.
    fileprivate func bytes(density: Double) -> Double {
      switch self {
      case .dense: 4
      case .sparse:
        // Of 32 inputs the feature that has most weights decides: the mean and two deviations.
        (32 * density + 1.8 * (32 * density * (1 - density)).squareRoot()) / 32 * 5.25
      case .nibbles: 0.5
      case .table, .bytes: 1
      }
    }

    /// The least cycles per weight of the layer, whatever memory delivers.
    fileprivate func cycles(density: Double) -> Double {
      switch self {
      case .dense: 0.12
      case .sparse: bytes(density: density) / 5.25 * 0.25
      case .nibbles, .bytes: 0.13
      case .table: 0.25
      }
    }
  }

  /// The fastest way for a layer of one row among those that are possible.
  static func bestRows(_ possible: [Rows], density: Double, weights: Int) -> Rows {
    func cost(_ rows: Rows) -> Double {
      let bytes = rows.bytes(density: density)
      let total = bytes * Double(weights)
      // What a cycle delivers from the first, second and third cache, and from memory.
      let perCycle = total < 24e3 ? 48.0 : total < 1e6 ? 28 : total < 24e6 ? 12 : 3
      return max(rows.cycles(density: density), bytes / perCycle)
    }
    let dense = cost(.dense)
    let best = possible.min { cost($0) < cost($1) }
    return best.flatMap { cost($0) < margin * dense ? $0 : nil } ?? .dense
  }
}
