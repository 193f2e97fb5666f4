public import SqueezeGraph
public import SqueezeTensor

/// The elements in another type.
///
/// Reals become integers by dropping the fraction, with NaN giving 0 and what lies outside the type
/// the nearest it has; integers become a narrower integer modulo its size; to `bool`, what is not 0
/// gives 1. Float16 and bfloat16 round to nearest, ties to even.
public struct Cast: Operator {
  /// The type of the output.
  public var type: ElementType

  /// Creates the operator.
  public init(_ type: ElementType) { self.type = type }

  public static let examples = [
    Example(Self(.float32), specs: [TensorSpec([2, 3], .int64)]),
    Example(Self(.int32), inputs: [[2, 3, 1]]),
    Example(Self(.float32), inputs: [[4]]),
    Example(Self(.bool), specs: [TensorSpec([7], .int32)]),
    Example(Self(.uint8), specs: [TensorSpec([9], .int64)]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    [TensorSpec(inputs[0].shape, type)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    guard x.type != type else { return [x] }
    switch (x.type.isReal, type.isReal) {
    case (_, true): return [Tensor(x.shape, x.reals.map(rounded), type: type)]
    case (true, false): return [Tensor(x.shape, integers: x.scalars.map(integer), type: type)]
    case (false, false):
      return [Tensor(x.shape, integers: x.integers.map(type.wrapped), type: type)]
    }
  }

  /// A real as the type keeps it.
  private func rounded(_ value: Float) -> Float {
    switch type {
    case .float16: HalfPrecision.float(float16Bits: HalfPrecision.float16Bits(value))
    case .bfloat16: HalfPrecision.float(bfloat16Bits: HalfPrecision.bfloat16Bits(value))
    default: value
    }
  }

  private func integer(_ value: Float) -> Int {
    if type == .bool { return value == 0 ? 0 : 1 }
    guard let range = type.range, !value.isNaN else { return 0 }
    if value <= Float(range.lowerBound) { return range.lowerBound }
    if value >= Float(range.upperBound) { return range.upperBound }
    return Int(value)
  }
}

// MARK: - Gradient

extension Cast: Differentiable {
  /// Passes between reals, whose rounding is taken for none; ends where integers begin.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    Gradients(inputs: [pass.inputs[0].type.isReal && type.isReal ? pass.gradients[0] : nil])
  }
}

// MARK: - ONNX

extension Cast: ONNXConvertible {
  public static let onnxTypes = ["Cast"]

  /// Reads a cast; a cast to any real type gives float32, the one Squeeze computes in.
  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let type: ElementType?
    if node.opset < 6 {
      let names = ["float": "float32", "double": "float64"]
      type = try node.string("to").flatMap {
        ElementType(rawValue: names[$0.lowercased()] ?? $0.lowercased())
      }
    } else {
      type = try node.int("to").flatMap { ElementType(onnxCode: $0) }
    }
    guard let type else { throw node.unsupported("a cast to that type") }
    builder.emit(Cast(type.isReal ? .float32 : type), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Cast", node, attributes: ["to": .int(type.onnxCode)])
  }
}
