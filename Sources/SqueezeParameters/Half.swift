public import SqueezeTensor

/// Every scalar rounded to IEEE binary16 or bfloat16.
///
/// Rounding is to nearest, ties to even; the gradient passes straight through it.
/// Stored: one list of floats, all exactly representable; attribute `brain` is 1 for bfloat16.
public struct Half: ParameterEncoding {
  /// The 16-bit format.
  public enum Format: String, Sendable, Hashable, Codable { case float16, bfloat16 }

  public static let name = "half"
  public let shape: Shape
  public let format: Format
  private var bits: [UInt16]

  /// Rounds a real tensor.
  public init(_ tensor: Tensor, format: Format = .float16) {
    precondition(tensor.type.isReal, "Half: \(tensor.type) is not real")
    shape = tensor.shape
    self.format = format
    bits = []
    free = tensor.scalars
  }

  public var free: [Float] {
    get {
      switch format {
      case .float16: bits.map { HalfPrecision.float(float16Bits: $0) }
      case .bfloat16: bits.map { HalfPrecision.float(bfloat16Bits: $0) }
      }
    }
    set {
      switch format {
      case .float16: bits = newValue.map { HalfPrecision.float16Bits($0) }
      case .bfloat16: bits = newValue.map { HalfPrecision.bfloat16Bits($0) }
      }
    }
  }

  public var storedBits: Int { 16 * bits.count }
  public func decoded() -> Tensor { Tensor(shape, free) }
  public func pullback(_ gradient: Tensor) -> [Float] { gradient.scalars }

  public var stored: StoredParameter {
    StoredParameter(
      shape: shape,
      attributes: ["brain": format == .bfloat16 ? 1 : 0],
      floats: [free]
    )
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 1)
    try StoredParameter.require(
      Self.name,
      "floats",
      count: stored.floats[0].count,
      is: stored.shape.count
    )
    self.init(
      Tensor(stored.shape, stored.floats[0]),
      format: stored.attributes["brain"] == 1 ? .bfloat16 : .float16
    )
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? { nil }
}
