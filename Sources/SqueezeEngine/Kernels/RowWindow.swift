/// Some rows of 32 channels in scratch memory that move down a map.
struct RowWindow {
  /// The floats from one row to the next.
  let rowStride: Int
  /// The rows there is room for.
  let capacity: Int
  private let memory: UnsafeMutablePointer<Float>
  /// The rows that are there.
  private(set) var rows = 0..<0

  init(_ memory: UnsafeMutablePointer<Float>, capacity: Int, rowStride: Int) {
    self.memory = memory
    self.capacity = capacity
    self.rowStride = rowStride
  }

  /// The floats for two blocks of 16 channels.
  static func count(capacity: Int, rowStride: Int) -> Int { 2 * capacity * rowStride }

  /// From one block of 16 channels to the next.
  var blockStride: Int { capacity * rowStride }

  /// Where row `row` starts, in the first block.
  func start(of row: Int) -> UnsafeMutablePointer<Float> {
    memory + (row - rows.lowerBound) * rowStride
  }

  /// Where a convolution writes its rows, from some column on.
  func target(column: Int = 0) -> PackedConvolution.Target {
    PackedConvolution.Target(
      data: start(of: 0) + column * 16,
      rowStride: rowStride,
      blockStride: blockStride
    )
  }

  /// Moves on to other rows, keeping those that are there already; returns those that are new.
  mutating func move(to needed: Range<Int>) -> Range<Int> {
    let kept = max(needed.lowerBound, rows.lowerBound)..<max(rows.upperBound, needed.lowerBound)
    if !kept.isEmpty, kept.lowerBound == needed.lowerBound, kept.lowerBound > rows.lowerBound {
      for block in 0..<2 {
        (memory + block * blockStride).update(
          from: start(of: kept.lowerBound) + block * blockStride,
          count: kept.count * rowStride
        )
      }
    }
    rows = needed
    return kept.lowerBound == needed.lowerBound
      ? min(kept.upperBound, needed.upperBound)..<needed.upperBound : needed
  }
}
