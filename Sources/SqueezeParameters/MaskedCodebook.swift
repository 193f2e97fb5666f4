public import SqueezeTensor

/// Shared scalars with a mask: pruned elements are zero, the others use a centroid.
///
/// This is what Deep Compression leaves of a layer: pruned first, then the survivors quantized.
/// Source: Han, Mao and Dally, "Deep Compression" (2016), §2 and §3.
/// Stored: the centroids ascending, and symbols into the centroids with 0 inserted at its place.
public struct MaskedCodebook: ParameterEncoding {
  public static let name = "masked-codebook"
  public let shape: Shape
  /// 0 where an element is pruned, else 1 + the centroid it uses.
  public let indices: [UInt16]
  /// The centroids, the only scalars an optimizer may change.
  public var free: [Float]

  /// Creates a masked codebook of at most 65,535 centroids.
  ///
  /// - Precondition: one index per element, each at most `centroids.count`.
  public init(shape: Shape, indices: [UInt16], centroids: [Float]) {
    precondition(indices.count == shape.count, "\(indices.count) indices for shape \(shape)")
    precondition(
      indices.allSatisfy { Int($0) <= centroids.count },
      "an index beyond \(centroids.count) centroids"
    )
    self.shape = shape
    self.indices = indices
    free = centroids
  }

  /// The fraction of pruned elements.
  public var sparsity: Double {
    indices.isEmpty ? 0 : Double(indices.count { $0 == 0 }) / Double(indices.count)
  }

  public var storedBits: Int {
    32 * free.count + indices.count * indexBits(for: free.count + 1)
  }

  public func decoded() -> Tensor { Tensor(shape, lookUp(indices, in: [0] + free)) }

  public func pullback(_ gradient: Tensor) -> [Float] {
    var sums = [Float](repeating: 0, count: free.count + 1)
    for (index, slope) in zip(indices, gradient.scalars) { sums[Int(index)] += slope }
    return Array(sums.dropFirst())
  }

  public var stored: StoredParameter {
    let order = free.indices.sorted { isOrderedBefore(free[$0], free[$1]) }
    let sorted = order.map { free[$0] }
    let zero = Self.zeroSymbol(among: sorted)
    var symbol = [UInt16](repeating: UInt16(zero), count: free.count + 1)
    for (position, centroid) in order.enumerated() {
      symbol[centroid + 1] = UInt16(position < zero ? position : position + 1)
    }
    return StoredParameter(
      shape: shape,
      floats: [sorted],
      symbols: indices.map { symbol[Int($0)] }
    )
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 1, symbols: true)
    let centroids = stored.floats[0]
    try stored.require(Self.name, alphabet: centroids.count + 1)
    let zero = Self.zeroSymbol(among: centroids)
    // The symbols below zero's move up by one, zero's becomes 0, the others stay.
    let table = (0...centroids.count).map { UInt16($0 < zero ? $0 + 1 : $0 == zero ? 0 : $0) }
    shape = stored.shape
    indices = lookUp(stored.symbols, in: table)
    free = centroids
  }

  public static func symbolTable(of stored: StoredParameter) throws(EncodingError) -> SymbolTable? {
    guard let centroids = stored.floats.first, centroids.count < 65_536 else {
      throw EncodingError(
        name,
        expected: "at most 65535 centroids",
        actual: "\(stored.floats.first?.count ?? 0)"
      )
    }
    let zero = zeroSymbol(among: centroids)
    var values = centroids
    values.insert(0, at: zero)
    return SymbolTable(values: values, zero: zero)
  }

  /// Where 0 stands among ascending centroids: after the negative ones.
  private static func zeroSymbol(among centroids: [Float]) -> Int {
    centroids.firstIndex { isOrderedBefore(-0.0, $0) } ?? centroids.count
  }
}
