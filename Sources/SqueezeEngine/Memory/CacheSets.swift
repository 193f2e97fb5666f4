/// Distances at which what is read or written side by side does not compete for places in a cache.
enum CacheSets {
  /// The floats of the least odd number of cache lines that hold `count` floats.
  ///
  /// A cache of the first level has 64 sets of 64-byte lines: what lies a multiple of 4096 bytes
  /// apart shares one set of 8 or 12 lines. The 36 elements of a Winograd transform would push each
  /// other out; an odd number of lines apart they fall into 36 different sets.
  static func spread(_ count: Int) -> Int { ((count + 15) / 16 | 1) * 16 }
}
