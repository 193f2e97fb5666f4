public import SqueezeGraph

/// Every operator by name, and by the ONNX types it reads.
public enum OperatorCatalog {
  /// Every built-in operator; adding an operator adds one line here.
  ///
  /// Their type says that each can be read from ONNX, so that nobody has to ask the runtime, which
  /// takes milliseconds.
  public static let all: [any ONNXConvertible.Type] = [
    Add.self,
    ArgReduce.self,
    AveragePool.self,
    BatchNormalization.self,
    Binarize.self,
    CELU.self,
    Cast.self,
    ChannelShuffle.self,
    Clip.self,
    Comparison.self,
    Concatenate.self,
    Constant.self,
    Convolution.self,
    DepthToSpace.self,
    DequantizeLinear.self,
    Divide.self,
    DropAxes.self,
    Dropout.self,
    ELU.self,
    Expand.self,
    Flatten.self,
    FullyConnected.self,
    GELU.self,
    Gather.self,
    GlobalAveragePool.self,
    GlobalMaxPool.self,
    HardSigmoid.self,
    HardSwish.self,
    Identity.self,
    InsertAxes.self,
    InstanceNormalization.self,
    LayerNormalization.self,
    LeakyReLU.self,
    LocalResponseNormalization.self,
    LogSoftmax.self,
    Logic.self,
    LogicalNot.self,
    MatrixProduct.self,
    MaxPool.self,
    Maximum.self,
    Minimum.self,
    Mish.self,
    Multiply.self,
    PReLU.self,
    Pad.self,
    Power.self,
    QuantizeLinear.self,
    ReLU.self,
    Reduce.self,
    Reshape.self,
    Resize.self,
    SELU.self,
    ShapeOf.self,
    Sigmoid.self,
    Slice.self,
    Softmax.self,
    Softplus.self,
    Softsign.self,
    SpaceToDepth.self,
    Split.self,
    Subtract.self,
    Tanh.self,
    ThresholdedReLU.self,
    Tile.self,
    Transpose.self,
    TransposedConvolution.self,
    Unary.self,
    Where.self,
  ]

  /// The operator of that name, or `nil` where there is none.
  public static func named(_ name: String) -> (any Operator.Type)? { byName[name] }

  /// What reads ONNX types that become other operators; adding a reader adds one line here.
  public static let readers: [any ONNXReader.Type] = [
    ConstantOfShape.self,
    ConstantRange.self,
    Mean.self,
    QGemm.self,
    QLinearConcat.self,
    QLinearConv.self,
    QLinearElementwise.self,
    QLinearMatMul.self,
    Upsample.self,
  ]

  /// The operator or reader that reads an ONNX type, or `nil` where none does.
  public static func reading(onnxType: String) -> (any ONNXReader.Type)? {
    byONNXType[onnxType]
  }

  /// Every ONNX type that can be read, in alphabetical order.
  public static var onnxTypes: [String] { byONNXType.keys.sorted() }

  private static let byName: [String: any Operator.Type] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) }
  )

  private static let byONNXType: [String: any ONNXReader.Type] = {
    var table: [String: any ONNXReader.Type] = [:]
    for reader in all.map({ $0 as any ONNXReader.Type }) + readers {
      for name in reader.onnxTypes { table[name] = reader }
    }
    return table
  }()
}
