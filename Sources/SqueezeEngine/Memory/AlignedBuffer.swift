/// Memory for floats or integers on a cache line's boundary, freed with its owner.
final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int
  /// The pages the memory is, or `nil` where it is a part of the heap.
  private let pages: Pages?

  /// Creates memory of `count` zeros.
  ///
  /// Large memory is pages of its own, which return to the system with the owner.
  ///
  /// - Parameters:
  ///   - count: the number of elements.
  ///   - use: how large memory is used.
  init(count: Int, use: Pages.Use = .dense) {
    self.count = count
    let bytes = max(64, count * MemoryLayout<Element>.stride)
    pages = bytes >= Pages.worthwhileByteCount ? Pages(byteCount: bytes, use: use) : nil
    if let pages {
      pointer = pages.start.bindMemory(to: Element.self, capacity: count)
    } else {
      let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      pointer = raw.bindMemory(to: Element.self, capacity: count)
    }
  }

  /// Creates a copy of some elements.
  convenience init(_ elements: [Element]) {
    self.init(count: elements.count)
    pointer.update(from: elements, count: elements.count)
  }

  deinit {
    if let pages { pages.release() } else { UnsafeMutableRawPointer(pointer).deallocate() }
  }
}
