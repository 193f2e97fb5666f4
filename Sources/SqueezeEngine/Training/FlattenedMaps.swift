import CSqueezeKernels

/// Maps of some images as one row of pixels, for kernels that know no edges.
///
/// Between rows and images lie as many zeros as the taps of a convolution reach, those to the right of a row also
/// being those to the left of the next. So each tap is the same step for every pixel; what is computed for the zeros
/// themselves is dropped.
struct FlattenedMaps {
  /// Pixels from one row to the next, and from one image to the next.
  let rowPitch: Int
  let imagePitch: Int
  /// Zeros before the first pixel.
  let lead: Int
  /// For output pixel 0, the flattened input pixel of each tap.
  let steps: [Int]
  private let geometry: PassGeometry

  init(_ geometry: PassGeometry) {
    self.geometry = geometry
    let (height, width) = geometry.inputSize
    let halo = geometry.halo(height: height, width: width)
    let pitch = max(width + max(halo.left, halo.right), geometry.columns)
    rowPitch = pitch
    imagePitch = pitch * max(height + max(halo.top, halo.bottom), geometry.rows)
    lead = halo.top * pitch + halo.left
    steps = geometry.taps.map { $0.row * pitch + $0.column }
  }

  /// The groups of 32 pixels that some images fill.
  func groups(_ images: Int) -> Int {
    (images * imagePitch + MatrixTiles.pixels - 1) / MatrixTiles.pixels
  }

  /// The zeros behind some images, up to the last pixel that a tap of the last group reads and its neighbour.
  func tail(_ images: Int) -> Int {
    groups(images) * MatrixTiles.pixels - images * imagePitch + max(0, steps.max() ?? 0) + 2
  }

  /// All pixels of some images, zeros included.
  func pixels(_ images: Int) -> Int { lead + images * imagePitch + tail(images) }

  /// Writes a block of 16 channels of some input maps, or zeros where there is none.
  func flatten(
    _ source: UnsafePointer<Float>?,
    _ layout: Layout,
    images: Int,
    to target: UnsafeMutablePointer<UInt16>,
    pixelStride: Int
  ) {
    write(
      source,
      layout,
      images: images,
      size: geometry.inputSize,
      zeros: (lead, tail(images)),
      to: target,
      pixelStride: pixelStride
    )
  }

  /// Writes a block of 16 channels of some output maps, up to the last group's end.
  func flattenOutput(
    _ source: UnsafePointer<Float>,
    _ layout: Layout,
    images: Int,
    to target: UnsafeMutablePointer<UInt16>
  ) {
    write(
      source,
      layout,
      images: images,
      size: (geometry.rows, geometry.columns),
      zeros: (0, groups(images) * MatrixTiles.pixels - images * imagePitch),
      to: target,
      pixelStride: 16
    )
  }

  private func write(
    _ source: UnsafePointer<Float>?,
    _ layout: Layout,
    images: Int,
    size: (height: Int, width: Int),
    zeros: (lead: Int, tail: Int),
    to target: UnsafeMutablePointer<UInt16>,
    pixelStride: Int
  ) {
    var arguments = SQFlattening(
      source: source,
      rowStride: layout.rowStride,
      imageStride: layout.imageStride,
      images: images,
      rows: size.height,
      columns: size.width,
      target: target + zeros.lead * pixelStride,
      pixelStride: pixelStride,
      rowPitch: rowPitch,
      imagePitch: imagePitch,
      lead: zeros.lead,
      tail: zeros.tail
    )
    sq_flatten(&arguments)
  }
}

extension PassGeometry {
  /// Whether tiles of matrices suit it: neighbouring output pixels see neighbouring input pixels, and channels fill at
  /// least half of a tile.
  var suitsMatrixTiles: Bool {
    stride == (1, 1) && targetStride == (1, 1) && targetOffset == (0, 0) && !taps.isEmpty
      && inputChannels >= 16 && outputChannels >= 16
  }
}
