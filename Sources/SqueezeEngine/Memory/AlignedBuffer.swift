/// Memory for floats or integers on a cache line's boundary, freed with its owner.
final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  /// Creates memory of `count` zeros.
  init(count: Int) {
    self.count = count
    let bytes = max(64, count * MemoryLayout<Element>.stride)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    pointer = raw.bindMemory(to: Element.self, capacity: count)
  }

  /// Creates a copy of some elements.
  convenience init(_ elements: [Element]) {
    self.init(count: elements.count)
    pointer.update(from: elements, count: elements.count)
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
