#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pages of zeros straight from the system.
///
/// Large pages (`MADV_HUGEPAGE`, 2 MB instead of 4 KB) make trainings faster, whose values of hundreds
/// of megabytes miss the tables of pages: ResNet-9 of batch 128 by a tenth. Inference does not notice them
/// (AlexNet, VGG-16, ResNet-18, MobileNetV2).
struct Pages: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Smaller memory is better off in the heap.
  static let worthwhileByteCount = 1 << 18

  /// How pages are used.
  enum Use {
    /// All of them soon: made at once, which takes less time than one by one.
    case dense
    /// Parts may never be touched; those then cost nothing.
    case sparse
    /// Large ones where the system has them, made when they are touched.
    case large
  }

  /// Asks for pages; `nil` where the system has none left.
  init?(byteCount: Int, use: Use) {
    #if os(Linux)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | (use == .dense ? MAP_POPULATE : 0)
    #else
      let flags = MAP_PRIVATE | MAP_ANONYMOUS
    #endif
    let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { return nil }
    #if os(Linux)
      // Advice: a system without large pages refuses, and serves small ones.
      if use == .large { madvise(mapped, byteCount, MADV_HUGEPAGE) }
    #endif
    start = mapped
    self.byteCount = byteCount
  }

  /// Gives the pages back.
  func release() { munmap(start, byteCount) }
}
