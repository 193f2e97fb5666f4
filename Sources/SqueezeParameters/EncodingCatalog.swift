/// Every parameter encoding by name.
public enum EncodingCatalog {
  /// Every built-in encoding; adding an encoding adds one line here.
  public static let all: [any ParameterEncoding.Type] = [
    Binary.self,
    Codebook.self,
    Dense.self,
    Half.self,
    IntegerConstant.self,
    Masked.self,
    MaskedCodebook.self,
    StraightThroughBinary.self,
    StraightThroughInteger.self,
    UniformInteger.self,
  ]

  /// The encoding stored under `name`, or `nil` where no such encoding exists.
  public static func encoding(named name: String) -> (any ParameterEncoding.Type)? {
    all.first { $0.name == name }
  }
}
