#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pages of zeros straight from the system.
///
/// Large pages (`MADV_HUGEPAGE`) were measured on AlexNet and VGG-16 and made no difference.
struct Pages: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Smaller memory is better off in the heap.
  static let worthwhileByteCount = 1 << 18

  /// Asks for pages; `nil` where the system has none left.
  init?(byteCount: Int) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { return nil }
    start = mapped
    self.byteCount = byteCount
  }

  /// Gives the pages back.
  func release() { munmap(start, byteCount) }
}
