#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

public import SqueezeGraph
public import SqueezeTensor

/// A common function of one number, element by element on any shape.
///
/// Integers have absolute value, negation and sign, and wrap around at the range of their type.
public struct Unary: ElementwiseOperator {
  /// The function.
  public enum Function: String, Sendable, Hashable, Codable, CaseIterable {
    case absolute, ceiling, cosine, errorFunction, exponential, floor, logarithm, negate
    case reciprocal
    /// To the nearest whole number, ties to even.
    case round
    case sign, sine, squareRoot
  }

  public var function: Function

  /// Creates the operator.
  public init(_ function: Function) { self.function = function }

  public static let examples =
    Function.allCases.map { Example(Self($0), inputs: [[2, 3, 5]]) }
    + [Function.absolute, .negate, .sign].map {
      Example(Self($0), specs: [TensorSpec([4, 3], .int64)])
    }

  public func apply(_ x: Float) -> Float {
    switch function {
    case .absolute: abs(x)
    case .ceiling: x.rounded(.up)
    case .cosine: Float(cos(Double(x)))
    case .errorFunction: Float(erf(Double(x)))
    case .exponential: Float(exp(Double(x)))
    case .floor: x.rounded(.down)
    case .logarithm: Float(log(Double(x)))
    case .negate: -x
    case .reciprocal: 1 / x
    case .round: x.rounded(.toNearestOrEven)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .sine: Float(sin(Double(x)))
    case .squareRoot: x.squareRoot()
    }
  }

  /// The function of one integer, `nil` where it is for real numbers.
  private func apply(_ x: Int) -> Int? {
    switch function {
    case .absolute: x < 0 ? 0 &- x : x
    case .negate: 0 &- x
    case .sign: x.signum()
    default: nil
    }
  }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard inputs[0].type.isReal || apply(1) != nil else {
      throw error(expected: "a real input", actual: "\(inputs[0])")
    }
    return inputs
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    _ = try outputs(for: [x.spec])
    guard !x.type.isReal else { return [x.mapScalars(apply)] }
    let integers = x.integers.map { x.type.wrapped(apply($0) ?? 0) }
    return [Tensor(x.shape, integers: integers, type: x.type)]
  }
}

// MARK: - Gradient

extension Unary {
  public func derivative(_ x: Float, _ y: Float) -> Float {
    switch function {
    case .absolute: x > 0 ? 1 : -1
    case .ceiling, .floor, .round, .sign: 0
    case .cosine: Float(-sin(Double(x)))
    case .errorFunction: Float(2 / Double.pi.squareRoot() * exp(-Double(x) * Double(x)))
    case .exponential: y
    case .logarithm: 1 / x
    case .negate: -1
    case .reciprocal: -y * y
    case .sine: Float(cos(Double(x)))
    case .squareRoot: 0.5 / y
    }
  }
}

// MARK: - ONNX

extension Unary: ONNXConvertible {
  private static let functions: [String: Function] = [
    "Abs": .absolute, "Ceil": .ceiling, "Cos": .cosine, "Erf": .errorFunction, "Exp": .exponential,
    "Floor": .floor, "Log": .logarithm, "Neg": .negate, "Reciprocal": .reciprocal, "Round": .round,
    "Sign": .sign, "Sin": .sine, "Sqrt": .squareRoot,
  ]

  public static let onnxTypes = functions.keys.sorted()

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let function = functions[node.type] else { throw node.unsupported("this function") }
    builder.emit(Unary(function), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    guard let type = Self.functions.first(where: { $0.value == function })?.key else {
      preconditionFailure("no ONNX type for \(function)")
    }
    writer.node(type, node)
  }
}
