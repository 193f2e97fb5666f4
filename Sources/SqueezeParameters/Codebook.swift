public import SqueezeTensor

/// Shared scalars: every element is one of a few centroids.
///
/// Source: Han, Mao and Dally, "Deep Compression" (2016), §3.
/// Stored: the centroids ascending, and one symbol per element.
public struct Codebook: ParameterEncoding {
  public static let name = "codebook"
  public let shape: Shape
  /// Which centroid each element uses.
  public let indices: [UInt16]
  /// The centroids, the only scalars an optimizer may change.
  public var free: [Float]

  /// Creates a codebook of at most 65,536 centroids.
  ///
  /// - Precondition: one index per element, each below `centroids.count`.
  public init(shape: Shape, indices: [UInt16], centroids: [Float]) {
    precondition(indices.count == shape.count, "\(indices.count) indices for shape \(shape)")
    precondition(
      indices.allSatisfy { Int($0) < centroids.count },
      "an index beyond \(centroids.count) centroids"
    )
    self.shape = shape
    self.indices = indices
    free = centroids
  }

  public var storedBits: Int { 32 * free.count + indices.count * indexBits(for: free.count) }

  public func decoded() -> Tensor { Tensor(shape, lookUp(indices, in: free)) }

  public func pullback(_ gradient: Tensor) -> [Float] {
    var sums = [Float](repeating: 0, count: free.count)
    for (index, slope) in zip(indices, gradient.scalars) { sums[Int(index)] += slope }
    return sums
  }

  public var stored: StoredParameter {
    let order = free.indices.sorted { isOrderedBefore(free[$0], free[$1]) }
    var rank = [UInt16](repeating: 0, count: free.count)
    for (position, centroid) in order.enumerated() { rank[centroid] = UInt16(position) }
    return StoredParameter(
      shape: shape,
      floats: [order.map { free[$0] }],
      symbols: indices.map { rank[Int($0)] }
    )
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 1, symbols: true)
    try stored.require(Self.name, alphabet: stored.floats[0].count)
    self.init(shape: stored.shape, indices: stored.symbols, centroids: stored.floats[0])
  }

  public static func symbolTable(of stored: StoredParameter) throws(EncodingError) -> SymbolTable? {
    guard let centroids = stored.floats.first, (1...65_536).contains(centroids.count) else {
      throw EncodingError(
        name,
        expected: "1 to 65536 centroids",
        actual: "\(stored.floats.first?.count ?? 0)"
      )
    }
    return SymbolTable(values: centroids)
  }
}

/// The bits of an index into a table of `count` entries, at least 1.
func indexBits(for count: Int) -> Int {
  max(1, Int.bitWidth - max(0, count - 1).leadingZeroBitCount)
}

/// A total order of floats: by value, then -0 before +0, NaN last by its bits.
func isOrderedBefore(_ a: Float, _ b: Float) -> Bool {
  func key(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
  }
  return key(a) < key(b)
}

/// The value at each index; the indices are known to be inside.
func lookUp<Value: BitwiseCopyable>(_ indices: [UInt16], in values: [Value]) -> [Value] {
  guard !values.isEmpty else { return [] }
  return [Value](unsafeUninitializedCapacity: indices.count) { buffer, count in
    values.withUnsafeBufferPointer { values in
      indices.withUnsafeBufferPointer { indices in
        for i in indices.indices { buffer[i] = values[Int(indices[i])] }
      }
    }
    count = indices.count
  }
}
