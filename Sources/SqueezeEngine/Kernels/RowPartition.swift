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
    self.images = images
    self.rows = rows
    self.tiles = tiles
    let fitting = max(1, Self.bandBytes / max(1, bytesPerRow))
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
