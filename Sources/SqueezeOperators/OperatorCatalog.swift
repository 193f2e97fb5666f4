public import SqueezeGraph

/// Every operator by name, and by the ONNX types it reads.
public enum OperatorCatalog {
  /// Every built-in operator; adding an operator adds one line here.
  public static let all: [any Operator.Type] = [
    Constant.self,
    Convolution.self,
    FullyConnected.self,
    ReLU.self,
  ]

  /// The operator of that name, or `nil` where there is none.
  public static func named(_ name: String) -> (any Operator.Type)? { byName[name] }

  /// The operator that reads an ONNX type, or `nil` where none does.
  public static func reading(onnxType: String) -> (any ONNXConvertible.Type)? {
    byONNXType[onnxType]
  }

  /// Every ONNX type that some operator reads, in alphabetical order.
  public static var onnxTypes: [String] { byONNXType.keys.sorted() }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private static let byONNXType: [String: any ONNXConvertible.Type] = {
    var table: [String: any ONNXConvertible.Type] = [:]
    for case let type as any ONNXConvertible.Type in all {
      for name in type.onnxTypes { table[name] = type }
    }
    return table
  }()
}
