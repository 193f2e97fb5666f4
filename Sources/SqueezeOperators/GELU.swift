public import SqueezeGraph
import SqueezeTensor

/// The Gaussian error linear unit, `y = x · Φ(x)` with the normal distribution function `Φ`.
///
/// The approximation is `y = x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
/// Source: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016), §2.
public struct GELU: ElementwiseOperator {
  /// Whether `Φ` is approximated by a hyperbolic tangent.
  public var isApproximate: Bool

  /// Creates the operator.
  public init(isApproximate: Bool = false) { self.isApproximate = isApproximate }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(isApproximate: true), inputs: [[7]]),
  ]

  private static let slope = 0.797_884_560_802_865_4

  public func apply(_ x: Float) -> Float {
    let x = Double(x)
    let gate =
      isApproximate
      ? Double(hyperbolicTangent(Float(Self.slope * (x + 0.044715 * x * x * x))))
      : errorFunction(x * 0.5.squareRoot())
    return Float(0.5 * x * (1 + gate))
  }
}

// MARK: - Gradient

extension GELU {
  /// `Φ(x) + x φ(x)` with the normal density `φ`, or the derivative of the approximation.
  public func derivative(_ x: Float, _ y: Float) -> Float {
    let x = Double(x)
    guard isApproximate else {
      let density = exponential(-x * x / 2) * Self.slope / 2
      return Float(0.5 * (1 + errorFunction(x * 0.5.squareRoot())) + x * density)
    }
    let gate = Double(hyperbolicTangent(Float(Self.slope * (x + 0.044715 * x * x * x))))
    let inner = Self.slope * (1 + 3 * 0.044715 * x * x)
    return Float(0.5 * (1 + gate) + 0.5 * x * (1 - gate * gate) * inner)
  }
}

// MARK: - ONNX

extension GELU: ONNXConvertible {
  public static let onnxTypes = ["Gelu", "com.microsoft.Gelu", "com.microsoft.FastGelu"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    if node.optionalInput(1) != nil { throw node.unsupported("a bias") }
    let approximation = try node.string("approximate")
    builder.emit(
      GELU(isApproximate: node.type == "com.microsoft.FastGelu" || approximation == "tanh"),
      [try node.input(0)]
    )
  }

  /// Operator set 17 has no such type, so its formula is written out.
  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let x = node.inputs[0]
    func constant(_ suffix: String, _ value: Double) -> String {
      writer.initializer("\(node.name)/\(suffix)", Tensor([], [Float(value)]))
    }
    func step(_ suffix: String, _ type: String, _ inputs: [String]) -> String {
      let name = "\(node.name)/\(suffix)"
      writer.node(type, name: name, inputs: inputs, outputs: [name])
      return name
    }
    let gate: String
    if isApproximate {
      let cube = step("cube", "Mul", [step("square", "Mul", [x, x]), x])
      let scaled = step("scaled", "Mul", [cube, constant("cubic", 0.044715)])
      let sum = step("inner", "Add", [x, scaled])
      gate = step("gate", "Tanh", [step("argument", "Mul", [sum, constant("slope", Self.slope)])])
    } else {
      let argument = step("argument", "Mul", [x, constant("slope", 0.5.squareRoot())])
      gate = step("gate", "Erf", [argument])
    }
    let share = step("share", "Add", [gate, constant("one", 1)])
    let half = step("half", "Mul", [x, constant("one_half", 0.5)])
    writer.node("Mul", node, inputs: [half, share])
  }
}
