public import SqueezeTensor

/// Weights of ±1 times one scale per output channel.
///
/// `w ≈ α · sign(w)` with `α` the mean magnitude of the channel.
/// Source: Rastegari et al., "XNOR-Net" (2016), §3.1, equation 6.
/// Stored: the scales, and one symbol per element, 1 where it is positive.
public struct Binary: ParameterEncoding {
  public static let name = "binary"
  public let shape: Shape
  /// Whether each element is positive.
  public let signs: [Bool]
  /// One scale per slice of the first axis.
  public var free: [Float]

  /// Binarizes a real tensor of at least one axis.
  public init(_ tensor: Tensor) {
    precondition(tensor.shape.rank >= 1 && tensor.type.isReal, "Binary: \(tensor.spec)")
    shape = tensor.shape
    signs = tensor.scalars.map { $0 >= 0 }
    let size = tensor.shape.count(from: 1)
    free = (0..<tensor.shape[0]).map { row in
      let slice = tensor.scalars[row * size..<(row + 1) * size]
      return size == 0 ? 0 : slice.reduce(0) { $0 + abs($1) } / Float(size)
    }
  }

  public var storedBits: Int { 32 * free.count + signs.count }

  public func decoded() -> Tensor {
    let size = max(1, shape.count(from: 1))
    return Tensor(shape, signs.indices.map { signs[$0] ? free[$0 / size] : -free[$0 / size] })
  }

  public func pullback(_ gradient: Tensor) -> [Float] {
    let size = max(1, shape.count(from: 1))
    var sums = [Float](repeating: 0, count: free.count)
    for (i, slope) in gradient.scalars.enumerated() { sums[i / size] += signs[i] ? slope : -slope }
    return sums
  }

  public var stored: StoredParameter {
    StoredParameter(shape: shape, floats: [free], symbols: signs.map { $0 ? 1 : 0 })
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 1, symbols: true)
    try stored.require(Self.name, alphabet: 2)
    guard stored.shape.rank >= 1 else {
      throw EncodingError(Self.name, expected: "at least one axis", actual: "\(stored.shape)")
    }
    try StoredParameter.require(
      Self.name,
      "scales",
      count: stored.floats[0].count,
      is: stored.shape[0]
    )
    shape = stored.shape
    signs = stored.symbols.map { $0 == 1 }
    free = stored.floats[0]
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? {
    SymbolTable(values: [-1, 1])
  }
}
