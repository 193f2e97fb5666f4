extension ConvolutionWeights.Extent {
  /// The offsets of the inputs of a pixel, in the order of the weights: plane by plane, and in a plane
  /// tap by tap.
  func offsets(_ layout: Layout, taps: [Int]) -> AlignedBuffer<Int> {
    let lanes = layout.form == .blocked ? 16 : 1
    let whole = (0..<fullPlanes).flatMap { plane in
      taps.flatMap { tap in (0..<lanes).map { plane * layout.planeStride + tap + $0 } }
    }
    let tail = taps.flatMap { tap in
      (0..<tailChannels).map { fullPlanes * layout.planeStride + tap + $0 }
    }
    return AlignedBuffer(whole + tail)
  }
}

/// Where a convolution finds the inputs of a pixel in one form of input.
struct TapTable: Sendable {
  let pixelStride: Int
  let rowStride: Int
  /// The bytes that one more row of input brings.
  let bytesPerRow: Int
  /// Whether rows follow each other without a gap.
  let isFlat: Bool
  private let layout: Layout?
  private let firstTap: Int
  /// For each extent of input, the offset of every input of a pixel from its first tap.
  private let tables: [AlignedBuffer<Int>]
  /// How many offsets each image and each plane has of its own.
  private let perImage: Int
  private let perPlane: Int

  /// The inputs in planar or blocked form, in the order of `ConvolutionWeights`.
  init(_ layout: Layout, _ geometry: WindowGeometry, _ extents: [ConvolutionWeights.Extent]) {
    let lanes = layout.form == .blocked ? 16 : 1
    tables = extents.map { $0.offsets(layout, taps: geometry.tapOffsets(layout)) }
    pixelStride = geometry.stride[1] * lanes
    rowStride = geometry.stride[0] * layout.rowStride
    bytesPerRow = layout.planes * layout.rowStride * 4
    isFlat = layout.hasAdjacentRows
    self.layout = layout
    firstTap = geometry.firstTap(layout)
    (perImage, perPlane) = (0, 0)
  }

  /// The taps in scattered input, channel by channel.
  init(_ layout: ScatteredLayout, _ geometry: WindowGeometry) {
    let taps = geometry.tapOffsets(rowStride: layout.rowStride, lanes: 16)
    let offsets = layout.origins.flatMap { $0.flatMap { start in taps.map { start + $0 } } }
    tables = [AlignedBuffer(offsets)]
    pixelStride = geometry.stride[1] * 16
    rowStride = geometry.stride[0] * layout.rowStride
    bytesPerRow = layout.origins[0].count * layout.rowStride / 4
    isFlat = layout.rowStride == layout.width * 16
    self.layout = nil
    firstTap = geometry.firstTap(rowStride: layout.rowStride, lanes: 16)
    (perImage, perPlane) = (layout.origins[0].count * taps.count, taps.count)
  }

  /// The first tap of output pixel (0, 0), from where offsets count.
  func start(_ image: Int, plane: Int) -> Int { firstTap + (layout?.row(image, plane) ?? 0) }

  /// The offsets of the inputs that a tile reads.
  func offsets(_ image: Int, _ tile: ConvolutionWeights.Tile) -> UnsafePointer<Int> {
    guard layout == nil else { return UnsafePointer(tables[tile.extent].pointer) }
    return UnsafePointer(tables[0].pointer + image * perImage + tile.firstPlane * perPlane)
  }
}
