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
  /// The kept scalars in row-major order.
  public var free: [Float]

  /// Keeps the elements of a real tensor where `mask` is `true`.
  ///
  /// - Precondition: one mask entry per element.
  public init(_ tensor: Tensor, mask: [Bool]) {
    precondition(
      mask.count == tensor.scalars.count,
      "\(mask.count) mask entries for \(tensor.spec)"
    )
    shape = tensor.shape
    self.mask = mask
    free = zip(tensor.scalars, mask).filter(\.1).map(\.0)
  }

  /// The fraction of zeros.
  public var sparsity: Double {
    mask.isEmpty ? 0 : 1 - Double(free.count) / Double(mask.count)
  }

  public var storedBits: Int { 32 * free.count + mask.count }

  public func decoded() -> Tensor {
    var next = 0
    var scalars = [Float](repeating: 0, count: mask.count)
    for (i, kept) in mask.enumerated() where kept {
      scalars[i] = free[next]
      next += 1
    }
    return Tensor(shape, scalars)
  }

  public func pullback(_ gradient: Tensor) -> [Float] {
    zip(gradient.scalars, mask).filter(\.1).map(\.0)
  }

  public var stored: StoredParameter {
    StoredParameter(shape: shape, floats: [free], symbols: mask.map { $0 ? 1 : 0 })
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 1, symbols: true)
    try stored.require(Self.name, alphabet: 2)
    let mask = stored.symbols.map { $0 == 1 }
    try StoredParameter.require(
      Self.name,
      "kept floats",
      count: stored.floats[0].count,
      is: mask.count { $0 }
    )
    shape = stored.shape
    self.mask = mask
    free = stored.floats[0]
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? {
    SymbolTable(values: [0, 1], zero: 0)
  }
}
