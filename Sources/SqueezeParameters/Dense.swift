public import SqueezeTensor

/// Every scalar as float32.
///
/// Stored: one list of floats, row-major.
public struct Dense: ParameterEncoding {
  public static let name = "dense"
  public let shape: Shape
  public var free: [Float]

  /// Creates an encoding that keeps a real tensor as it is.
  public init(_ tensor: Tensor) {
    precondition(tensor.type.isReal, "Dense: \(tensor.type) is not real")
    shape = tensor.shape
    free = tensor.scalars
  }

  public var storedBits: Int { 32 * free.count }
  public func decoded() -> Tensor { Tensor(shape, free) }
  public func pullback(_ gradient: Tensor) -> [Float] { gradient.scalars }

  public var stored: StoredParameter { StoredParameter(shape: shape, floats: [free]) }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 1)
    try StoredParameter.require(
      Self.name,
      "floats",
      count: stored.floats[0].count,
      is: stored.shape.count
    )
    shape = stored.shape
    free = stored.floats[0]
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? { nil }
}
