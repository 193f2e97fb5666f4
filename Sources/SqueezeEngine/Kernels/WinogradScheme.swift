/// The size of Winograd's output tiles: more pixels save more products, but round more, fit small
/// maps worse and read more transformed weights.
enum WinogradScheme: Int, Sendable, CaseIterable {
  case two = 2
  case four = 4

  /// The pixels of a tile's side.
  var side: Int { rawValue }
  /// The products of a tile: the pixels of the input it sees.
  var elements: Int { (side + 2) * (side + 2) }

  func functions(_ table: KernelTable) -> WinogradFunctions {
    switch self {
    case .two: table.winograd2
    case .four: table.winograd4
    }
  }

  /// The tiles that cover an output.
  func tiles(_ geometry: WindowGeometry) -> (rows: Int, columns: Int) {
    ((geometry.output[2] + side - 1) / side, (geometry.output[3] + side - 1) / side)
  }

  /// The fastest scheme for a 3×3 convolution, or `nil` where direct sums are faster.
  static func best(for geometry: WindowGeometry, outputChannels: Int) -> WinogradScheme? {
    let (inputs, outputs) = (Double(geometry.input[1]), Double(outputChannels))
    let images = Double(geometry.output[0])
    let pixels = images * Double(geometry.output[2] * geometry.output[3])
    let direct = max(9 * pixels * inputs * outputs / 16, 9 * inputs * outputs * bytesPerWeight)
    let schemes = allCases.map { ($0, $0.cycles(geometry, inputs, outputs, images)) }
    guard let (scheme, cycles) = schemes.min(by: { $0.1 < $1.1 }), cycles < 0.9 * direct else {
      return nil
    }
    return scheme
  }

  /// An estimate in vector instructions of 16 lanes: products or the reading of transformed weights,
  /// whichever is longer, and the transforms.
  private func cycles(
    _ geometry: WindowGeometry,
    _ inputs: Double,
    _ outputs: Double,
    _ images: Double
  ) -> Double {
    let tiles = tiles(geometry)
    let count = images * Double(tiles.rows * tiles.columns)
    let elements = Double(elements)
    let products = elements * count * inputs * outputs / 16
    let reading = elements * inputs * outputs * Self.bytesPerWeight
    // Loads, two passes of additions and stores for each element of a tile.
    let transforms = count * elements * (inputs * 6 + outputs * 4) / 16
    return max(products, reading) * 1.05 + transforms
  }

  /// 4 bytes of a weight at 8 bytes per cycle, what memory beyond the second-level cache gives.
  private static let bytesPerWeight = 0.5
}
