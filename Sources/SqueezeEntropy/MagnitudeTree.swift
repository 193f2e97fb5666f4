/// The magnitudes of one sign, by rank, as the leaves of a balanced binary tree of adaptive bits.
///
/// A magnitude seen once makes its neighbours likelier, too: when enough have been seen, the nodes
/// are set anew from the smoothed histogram
/// `density(j) = w(j) Σ K(i − j) n(i) / Σ K(i − l) w(l) + prior(j)`,
/// `w` the width of a magnitude's bin, `n` how often it was seen, `K` a Gaussian of 5 ranks; the prior
/// is a Laplace distribution. A node then holds `(n(right) + 200 density(right)) / (n + 200)`.
struct MagnitudeTree {
  /// The number of magnitudes.
  let count: Int
  /// ⌈log₂ count⌉.
  let depth: Int
  /// Heap-ordered nodes: 1 is the root, `2k` and `2k + 1` are the children of `k`.
  let nodes: UnsafeMutablePointer<AdaptiveBit.State>
  /// `pairs[k]`: twice the rank of the first leaf below node `2^(depth−1) + k`, plus 1 if there are two.
  let pairs: UnsafeMutablePointer<UInt32>
  /// The path to each leaf: `depth` bits, the root's first.
  let paths: UnsafeMutablePointer<UInt32>
  /// How often each rank was seen.
  private let histogram: UnsafeMutablePointer<UInt32>
  private var seen = 0
  private var nextUpdate = 32

  private let widths: UnsafeMutablePointer<UInt64>
  private let priors: UnsafeMutablePointer<UInt64>
  /// `Σ K(i − l) w(l)`.
  private let spreads: UnsafeMutablePointer<UInt64>
  private let smoothed: UnsafeMutablePointer<UInt64>
  private let masses: UnsafeMutablePointer<UInt64>
  private let totals: UnsafeMutablePointer<UInt64>

  /// `256 · e^(−d²/50)`.
  private let kernel: UnsafeMutablePointer<UInt64>
  private static let reach = 7
  private static let strength: UInt64 = 200
  private static let priorMass: UInt64 = 10

  /// `widths` are those of the bins of all magnitudes, smallest magnitude first, below 2³²;
  /// `falloffs` are `65536 · e^(−0.9 |v| / mean)` of each.
  init(widths: [UInt64], falloffs: [UInt64], _ memory: ScratchMemory) {
    count = widths.count
    depth = count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    let size = 1 << depth
    nodes = memory.allocate(size, repeating: AdaptiveBit.unknown)
    pairs = memory.allocate(size / 2, repeating: 0)
    paths = memory.allocate(count, repeating: 0)
    histogram = memory.allocate(count, repeating: 0)
    self.widths = memory.allocate(count, repeating: 0)
    priors = memory.allocate(count, repeating: 0)
    spreads = memory.allocate(count, repeating: 0)
    smoothed = memory.allocate(count, repeating: 0)
    masses = memory.allocate(2 * size, repeating: 0)
    totals = memory.allocate(2 * size, repeating: 0)
    kernel = memory.allocate(1 + Self.reach, repeating: 256)
    for (distance, height) in [256, 251, 236, 214, 186, 155, 125, 96].enumerated() {
      kernel[distance] = UInt64(height)
    }
    guard depth > 0 else { return }

    // Leaf r takes path ⌊r · 2^depth / count⌋: each pair of paths then has one leaf or two.
    for rank in (0..<count).reversed() {
      paths[rank] = UInt32((rank << depth) / count)
      let isFirstOfTwo = rank + 1 < count && paths[rank] / 2 == paths[rank + 1] / 2
      pairs[Int(paths[rank] / 2)] = UInt32(rank) << 1 | (isFirstOfTwo ? 1 : 0)
    }
    prepare(widths: widths, falloffs: falloffs)
    update()
  }

  /// Codes the levels of the tree below `node`, at `shift` bits above the leaves, and counts the rank.
  @inline(__always)
  mutating func codeLeaf(
    path: Int,
    below node: Int,
    shift: Int,
    _ coder: inout some BinaryCoder,
    _ tables: CodingTables
  ) -> Int {
    var node = node
    var shift = shift
    while shift > 0 {
      let bit = coder.code(path &>> shift & 1, nodes + node, limit: 1000, tables)
      node = node &* 2 &+ bit
      shift &-= 1
    }
    let pair = Int(pairs[node &- 1 &<< (depth &- 1)])
    var rank = pair &>> 1
    if pair & 1 == 1 { rank &+= coder.code(path & 1, nodes + node, limit: 1000, tables) }
    count(rank)
    return rank
  }

  /// Counts a magnitude that was coded.
  @inline(__always)
  private mutating func count(_ rank: Int) {
    histogram[rank] &+= 1
    seen &+= 1
    if seen == nextUpdate {
      nextUpdate &*= 2
      update()
    }
  }

  private func prepare(widths: [UInt64], falloffs: [UInt64]) {
    let widest = widths.max() ?? 1
    let shift = UInt64(max(0, 48 - widest.leadingZeroBitCount))
    var mass: UInt64 = 0
    for rank in 0..<count {
      self.widths[rank] = max(1, widths[rank] >> shift)
      priors[rank] = (widths[rank] * falloffs[rank]) >> 16 + 1
      mass += priors[rank]
    }
    for rank in 0..<count {
      priors[rank] = ((priors[rank] << 16) / mass + 1) << 8
      var spread: UInt64 = 0
      for near in window(rank) { spread += kernel[abs(near - rank)] * self.widths[near] }
      spreads[rank] = spread
    }
  }

  private func window(_ rank: Int) -> ClosedRange<Int> {
    max(0, rank - Self.reach)...min(count - 1, rank + Self.reach)
  }

  /// Sets all nodes from the smoothed histogram.
  @inline(never)
  private func update() {
    for rank in 0..<count { smoothed[rank] = (UInt64(histogram[rank]) << 24) / spreads[rank] }
    let size = 1 << depth
    for rank in 0..<count {
      var density: UInt64 = 0
      for near in window(rank) { density &+= kernel[abs(near - rank)] &* smoothed[near] }
      let leaf = size + Int(paths[rank])
      masses[leaf] = (density &* widths[rank] &+ Self.priorMass * priors[rank]) >> 8
      totals[leaf] = UInt64(histogram[rank])
    }
    for node in (1..<size).reversed() {
      masses[node] = masses[2 * node] &+ masses[2 * node + 1]
      totals[node] = totals[2 * node] &+ totals[2 * node + 1]
      let shift = UInt64(max(0, 18 - masses[node].leadingZeroBitCount))
      let right = (masses[2 * node + 1] >> shift) << 16
      let expected = right / max(1, masses[node] >> shift)
      let firmness = totals[node] + Self.strength
      let probability = (totals[2 * node + 1] << 16 + Self.strength * expected) / firmness
      nodes[node] = AdaptiveBit.state(
        probability: UInt32(min(probability, 65535)),
        count: UInt32(min(firmness, 1023))
      )
    }
  }
}
