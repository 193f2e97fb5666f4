public import SqueezeTensor

/// A tensor of whole numbers that nothing trains, such as indices.
///
/// Stored: one list of integers; attribute `type` is the position in `ElementType.allCases`.
public struct IntegerConstant: ParameterEncoding {
  public static let name = "integers"
  /// The constant itself.
  public let tensor: Tensor

  /// Keeps an integer tensor as it is.
  public init(_ tensor: Tensor) {
    precondition(!tensor.type.isReal, "IntegerConstant: \(tensor.type) is real")
    self.tensor = tensor
  }

  public var shape: Shape { tensor.shape }
  public var type: ElementType { tensor.type }
  /// Nothing may change; assigning has no effect.
  public var free: [Float] {
    get { [] }
    set { precondition(newValue.isEmpty, "an integer constant has no free scalars") }
  }
  public var storedBits: Int { tensor.count * tensor.type.byteCount * 8 }
  public func decoded() -> Tensor { tensor }
  public func pullback(_ gradient: Tensor) -> [Float] { [] }

  public var stored: StoredParameter {
    let position = ElementType.allCases.firstIndex(of: type) ?? 0
    return StoredParameter(
      shape: shape,
      attributes: ["type": position],
      integers: [tensor.integers]
    )
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, integers: 1)
    try StoredParameter.require(
      Self.name,
      "integers",
      count: stored.integers[0].count,
      is: stored.shape.count
    )
    let position = stored.attributes["type"] ?? -1
    guard ElementType.allCases.indices.contains(position),
      let range = ElementType.allCases[position].range
    else {
      throw EncodingError(Self.name, expected: "an integer type", actual: "type \(position)")
    }
    if let outside = stored.integers[0].first(where: { !range.contains($0) }) {
      throw EncodingError(Self.name, expected: "integers in \(range)", actual: "\(outside)")
    }
    self.init(
      Tensor(
        stored.shape,
        integers: stored.integers[0],
        type: ElementType.allCases[position]
      )
    )
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? { nil }
}
