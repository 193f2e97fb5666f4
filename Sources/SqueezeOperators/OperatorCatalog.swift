public import SqueezeGraph

/// Every operator by name, and by the ONNX types it reads.
public enum OperatorCatalog {
  /// Every built-in operator; adding an operator adds one line here.
  public static let all: [any Operator.Type] = [
    Cast.self,
    Concatenate.self,
    Constant.self,
    Convolution.self,
    DequantizeLinear.self,
    DropAxes.self,
    Dropout.self,
    Flatten.self,
    FullyConnected.self,
    Gather.self,
    GlobalAveragePool.self,
    Identity.self,
    InsertAxes.self,
    MaxPool.self,
    Pad.self,
    QuantizeLinear.self,
    ReLU.self,
    Reduce.self,
    Reshape.self,
    ShapeOf.self,
    Slice.self,
    Softmax.self,
    Split.self,
    Transpose.self,
  ]

  /// The operator of that name, or `nil` where there is none.
  public static func named(_ name: String) -> (any Operator.Type)? { byName[name] }

  /// What reads ONNX types that become other operators; adding a reader adds one line here.
  public static let readers: [any ONNXReader.Type] = []

  /// The operator or reader that reads an ONNX type, or `nil` where none does.
  public static func reading(onnxType: String) -> (any ONNXReader.Type)? {
    byONNXType[onnxType]
  }

  /// Every ONNX type that can be read, in alphabetical order.
  public static var onnxTypes: [String] { byONNXType.keys.sorted() }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private static let byONNXType: [String: any ONNXReader.Type] = {
    var table: [String: any ONNXReader.Type] = [:]
    let operators = all.compactMap { $0 as? any ONNXConvertible.Type }
    for reader in operators.map({ $0 as any ONNXReader.Type }) + readers {
      for name in reader.onnxTypes { table[name] = reader }
    }
    return table
  }()
}
