/// Memory for the tables of one coding call, freed together at its end.
final class ScratchMemory {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  /// `count` elements, all equal to `value`; at least one, so that the pointer is real.
  func allocate<Element: BitwiseCopyable>(
    _ count: Int,
    repeating value: Element
  ) -> UnsafeMutablePointer<Element> {
    let block = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
    block.initialize(repeating: value, count: max(count, 1))
    blocks.append(UnsafeMutableRawPointer(block))
    return block
  }
}
