public import SqueezeTensor

/// Float32 scalars where a mask is set, zero elsewhere.
///
/// Source: Han et al., "Learning both Weights and Connections" (2015), §3.
/// Stored: the kept scalars, and one symbol per element, 1 where it is kept.
public struct Masked: ParameterEncoding {
  public static let name = "masked"
  public let shape: Shape
  /// Whether each element is kept.
  public let mask: [Bool]
  /// The positions of the kept elements, ascending: what a step of training visits.
  private let positions: [UInt32]
  /// The kept scalars in row-major order.
  public var free: [Float]

  /// Keeps the elements of a real tensor where `mask` is `true`.
  ///
  /// - Precondition: one mask entry per element, fewer than 2³² elements.
  public init(_ tensor: Tensor, mask: [Bool]) {
    precondition(
      mask.count == tensor.scalars.count,
      "\(mask.count) mask entries for \(tensor.spec)"
    )
    shape = tensor.shape
    self.mask = mask
    positions = Self.positions(of: mask)
    free = Self.gathered(tensor.scalars, at: positions)
  }

  /// The fraction of zeros.
  public var sparsity: Double {
    mask.isEmpty ? 0 : 1 - Double(free.count) / Double(mask.count)
  }

  public var storedBits: Int { 32 * free.count + mask.count }

  public func decoded() -> Tensor {
    precondition(free.count == positions.count, "\(free.count) scalars for \(positions.count)")
    var scalars = [Float](repeating: 0, count: mask.count)
    scalars.withUnsafeMutableBufferPointer { scalars in
      free.withUnsafeBufferPointer { free in
        positions.withUnsafeBufferPointer { positions in
          for i in positions.indices { scalars[Int(positions[i])] = free[i] }
        }
      }
    }
    return Tensor(shape, scalars)
  }

  public func pullback(_ gradient: Tensor) -> [Float] {
    Self.gathered(gradient.scalars, at: positions)
  }

  /// Where a mask is set.
  private static func positions(of mask: [Bool]) -> [UInt32] {
    precondition(mask.count <= Int(UInt32.max), "\(mask.count) elements")
    let count = mask.withUnsafeBufferPointer { $0.reduce(0) { $0 + ($1 ? 1 : 0) } }
    guard count > 0 else { return [] }
    return [UInt32](unsafeUninitializedCapacity: count + 1) { positions, written in
      mask.withUnsafeBufferPointer { mask in
        var next = 0
        // Written always, kept only where the mask is set: no branch to mispredict.
        for i in mask.indices {
          positions[next] = UInt32(truncatingIfNeeded: i)
          next += mask[i] ? 1 : 0
        }
      }
      written = count
    }
  }

  /// The scalars at some positions.
  private static func gathered(_ scalars: [Float], at positions: [UInt32]) -> [Float] {
    precondition(positions.last.map { Int($0) < scalars.count } ?? true, "\(scalars.count) scalars")
    return [Float](unsafeUninitializedCapacity: positions.count) { result, written in
      scalars.withUnsafeBufferPointer { scalars in
        positions.withUnsafeBufferPointer { positions in
          for i in positions.indices { result[i] = scalars[Int(positions[i])] }
        }
      }
      written = positions.count
    }
  }

  public var stored: StoredParameter {
    StoredParameter(shape: shape, floats: [free], symbols: mask.map { $0 ? 1 : 0 })
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 1, symbols: true)
    try stored.require(Self.name, alphabet: 2)
    guard stored.symbols.count <= Int(UInt32.max) else {
      throw EncodingError(Self.name, expected: "fewer than 2^32 elements", actual: "more")
    }
    let mask = stored.symbols.map { $0 == 1 }
    let positions = Self.positions(of: mask)
    try StoredParameter.require(
      Self.name,
      "kept floats",
      count: stored.floats[0].count,
      is: positions.count
    )
    shape = stored.shape
    self.mask = mask
    self.positions = positions
    free = stored.floats[0]
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? {
    SymbolTable(values: [0, 1], zero: 0)
  }
}
