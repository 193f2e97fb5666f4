/// How a convolution or pooling is cut into items of work: images, bands of rows, channel tiles.
///
/// Within a band all tiles run before the next band, so that its input stays in cache. The cut
/// changes no result: every output is one sum, always in the same order.
struct RowPartition: Sendable {
  struct Part {
    var image: Int
    var tile: Int
    var rows: Range<Int>
  }

  private let images: Int
  private let bands: Int
  private let rows: Int
  private let tiles: Int

  /// Cuts work for some threads; `bytesPerRow` is the input that one row of output adds.
  init(images: Int, rows: Int, tiles: Int, bytesPerRow: Int, threads: Int) {
    self.init(
      images: images,
      rows: rows,
      tiles: tiles,
      rowsPerBand: Self.bandBytes / max(1, bytesPerRow),
      threads: threads
    )
  }

  /// Cuts work for some threads into bands of at most `rowsPerBand` rows, at least one.
  init(images: Int, rows: Int, tiles: Int, rowsPerBand: Int, threads: Int) {
    self.images = images
    self.rows = rows
    self.tiles = tiles
    let fitting = max(1, rowsPerBand)
    let forCache = (rows + fitting - 1) / fitting
    // Several items per thread, so that one slow thread does not delay the rest.
    let wanted = threads == 1 ? 1 : threads * 4
    let forThreads = (wanted + images * tiles - 1) / (images * tiles)
    bands = max(1, min(rows, max(forCache, forThreads)))
  }

  /// The input of a band fills half of a usual second-level cache.
  private static let bandBytes = 256 * 1024

  var items: Int { images * bands * tiles }

  subscript(item: Int) -> Part {
    let band = item / tiles % bands
    return Part(
      image: item / (tiles * bands),
      tile: item % tiles,
      rows: rows * band / bands..<rows * (band + 1) / bands
    )
  }
}

/// The pixels of an output as rows of near-equal length: its own rows, or, where input and output
/// have no halo and a pixel needs only its own place, pieces of the whole map.
///
/// Short rows would leave register tiles part empty and read the weights once per row.
struct PixelRows: Sendable {
  /// The number of rows and the pixels of each but perhaps the last.
  let count: Int
  let width: Int
  private let pixels: Int

  /// The rows of an output as they are.
  init(rows: Int, width: Int) {
    count = rows
    self.width = width
    pixels = rows * width
  }

  /// Pieces of a map of some pixels, each of whole register tiles.
  init(flattening pixels: Int) {
    width = min(pixels, Self.piece)
    count = (pixels + width - 1) / width
    self.pixels = pixels
  }

  /// The pixels of some rows of a flattened map.
  func pixels(of rows: Range<Int>) -> Range<Int> {
    rows.lowerBound * width..<min(pixels, rows.upperBound * width)
  }

  /// Two tiles of 14 pixels and one of 28.
  private static let piece = 28
}
