public import SqueezeGraph
public import SqueezeParameters
public import SqueezeTensor

/// A tensor that is always the same.
///
/// Real constants are parameters: an exporter's bias that is added by a node of its own is trained
/// like any other. Output: the parameter `value`, of any shape and type.
public struct Constant: Operator {
  /// The shape and type of the value.
  public var spec: TensorSpec
  /// Whether training leaves a real value as it is; `nil` means no.
  public var isFixed: Bool?

  /// Creates a constant; its value is the parameter `value`.
  public init(_ spec: TensorSpec, isFixed: Bool? = nil) {
    self.spec = spec
    self.isFixed = isFixed
  }

  public static let examples = [Example(Self(TensorSpec([2, 1, 3])), inputs: [])]

  public var inputCount: ClosedRange<Int> { 0...0 }
  public var channelFlow: ChannelFlow { .opaque }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] { [spec] }

  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    [
      ParameterSpec(
        "value",
        spec.shape,
        type: spec.type,
        kind: spec.type.isReal && isFixed != true ? .trained : .constant
      )
    ]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] { parameters }
}

// MARK: - Gradient

extension Constant: Differentiable {
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    Gradients(
      inputs: [],
      parameters: [spec.type.isReal && isFixed != true ? pass.gradients[0] : nil]
    )
  }
}

// MARK: - ONNX

extension Constant: ONNXConvertible {
  public static let onnxTypes = ["Constant"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let tensor: Tensor
    switch node.attributes.first(where: { $0.key.hasPrefix("value") })?.value {
    case .tensor(let value): tensor = value
    case .int(let value): tensor = Tensor([], integers: [value])
    case .ints(let values): tensor = Tensor([values.count], integers: values)
    case .float(let value): tensor = Tensor([], [value])
    case .floats(let values): tensor = Tensor([values.count], values)
    default: throw node.unsupported("a value that is no number")
    }
    builder.emit(
      Constant(TensorSpec(tensor.shape, tensor.type.isReal ? .float32 : tensor.type)),
      [],
      parameters: ["value": encoding(of: tensor)]
    )
  }

  /// The plainest encoding of a constant.
  public static func encoding(of tensor: Tensor) -> any ParameterEncoding {
    tensor.type.isReal ? Dense(tensor) : IntegerConstant(tensor)
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Identity", node, inputs: [node.parameter("value")])
  }
}
