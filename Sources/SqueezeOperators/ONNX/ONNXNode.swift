public import SqueezeParameters
public import SqueezeTensor

/// The value of an attribute of an ONNX node.
public enum ONNXAttribute: Sendable, Hashable {
  case int(Int)
  case float(Float)
  case string(String)
  case ints([Int])
  case floats([Float])
  case strings([String])
  case tensor(Tensor)
}

/// A size that is known, or that changes with an open size of the model's inputs.
///
/// The importer computes shapes twice, for two choices of the open sizes; what differs is varying.
public enum SymbolicSize: Sendable, Hashable {
  case fixed(Int)
  case varying(Int, Int)
}

/// An input of an ONNX node as far as it is known while importing.
public struct ONNXOperand: Sendable {
  /// The name of the value; empty where an optional input is absent.
  public var name: String
  /// Shape and type, once inferred.
  public var spec: TensorSpec?
  /// The shape for the second choice of open sizes.
  public var otherShape: Shape?
  /// The value where it is a constant: an initializer, or folded.
  public var constant: (any ParameterEncoding)?
  /// The integers of the constant for the second choice of open sizes, where they differ.
  public var otherIntegers: [Int]?

  /// Creates an operand.
  public init(
    _ name: String,
    spec: TensorSpec? = nil,
    otherShape: Shape? = nil,
    constant: (any ParameterEncoding)? = nil,
    otherIntegers: [Int]? = nil
  ) {
    self.name = name
    self.spec = spec
    self.otherShape = otherShape
    self.constant = constant
    self.otherIntegers = otherIntegers
  }

  /// The sizes of its axes, fixed or varying; `nil` while the shape is unknown.
  public var axes: [SymbolicSize]? {
    guard let spec else { return nil }
    return symbolic(spec.shape.dimensions, otherShape?.dimensions)
  }

  /// Its elements where it is an integer constant, fixed or varying.
  public var sizes: [SymbolicSize]? {
    guard let constant, !constant.type.isReal else { return nil }
    return symbolic(constant.decoded().integers, otherIntegers)
  }

  private func symbolic(_ a: [Int], _ b: [Int]?) -> [SymbolicSize] {
    guard let b, a.count == b.count else { return a.map { .fixed($0) } }
    return zip(a, b).map { $0 == $1 ? .fixed($0) : .varying($0, $1) }
  }
}

/// A node of an ONNX graph as a plain value; only the formats know the wire format.
public struct ONNXNode: Sendable {
  public var name: String
  /// The operator type, with its domain before a dot unless it is ONNX's own.
  public var type: String
  /// The version of the operator set the node was written for.
  public var opset: Int
  public var attributes: [String: ONNXAttribute]
  public var inputs: [ONNXOperand]
  /// The names of the outputs; empty where an optional output is absent.
  public var outputs: [String]

  /// Creates a node.
  public init(
    name: String,
    type: String,
    opset: Int,
    attributes: [String: ONNXAttribute],
    inputs: [ONNXOperand],
    outputs: [String]
  ) {
    self.name = name
    self.type = type
    self.opset = opset
    self.attributes = attributes
    self.inputs = inputs
    self.outputs = outputs
  }

  // MARK: Errors

  /// An error that says what Squeeze does not have.
  public func unsupported(_ reason: String) -> ONNXError {
    .unsupported(node: name, type: type, reason: reason)
  }

  /// An error that says what contradicts the standard.
  public func malformed(_ reason: String) -> ONNXError {
    .malformed(node: name, type: type, reason: reason)
  }

  // MARK: Attributes

  /// An integer attribute, or `nil` where it is absent.
  public func int(_ key: String) throws(ONNXError) -> Int? {
    switch attributes[key] {
    case nil: return nil
    case .int(let value): return value
    default: throw malformed("attribute \(key) is not an integer")
    }
  }

  /// A real attribute, or `nil` where it is absent.
  public func float(_ key: String) throws(ONNXError) -> Float? {
    switch attributes[key] {
    case nil: return nil
    case .float(let value): return value
    default: throw malformed("attribute \(key) is not a float")
    }
  }

  /// A text attribute, or `nil` where it is absent.
  public func string(_ key: String) throws(ONNXError) -> String? {
    switch attributes[key] {
    case nil: return nil
    case .string(let value): return value
    default: throw malformed("attribute \(key) is not a string")
    }
  }

  /// An attribute of integers, or `nil` where it is absent.
  public func ints(_ key: String) throws(ONNXError) -> [Int]? {
    switch attributes[key] {
    case nil: return nil
    case .ints(let values): return values
    default: throw malformed("attribute \(key) is not a list of integers")
    }
  }

  // MARK: Inputs

  /// Input `index`; throws where it is absent.
  public func input(_ index: Int) throws(ONNXError) -> ONNXOperand {
    guard let operand = optionalInput(index) else { throw malformed("input \(index) is missing") }
    return operand
  }

  /// Input `index`, or `nil` where it is absent.
  public func optionalInput(_ index: Int) -> ONNXOperand? {
    guard inputs.indices.contains(index), !inputs[index].name.isEmpty else { return nil }
    return inputs[index]
  }

  /// The inferred shape of input `index`.
  public func shape(_ index: Int) throws(ONNXError) -> Shape {
    guard let spec = try input(index).spec else {
      throw unsupported("input \(index) of unknown shape")
    }
    return spec.shape
  }

  /// The constant that input `index` is; throws where it is computed at run time.
  public func constant(_ index: Int) throws(ONNXError) -> any ParameterEncoding {
    guard let constant = try input(index).constant else {
      throw unsupported("input \(index) (\"\(inputs[index].name)\") computed at run time")
    }
    return constant
  }

  /// The decoded constant of input `index`, or `nil` where the input is absent.
  public func optionalTensor(_ index: Int) throws(ONNXError) -> Tensor? {
    optionalInput(index) == nil ? nil : try constant(index).decoded()
  }

  /// The integers of the constant input `index`, or `nil` where the input is absent.
  public func optionalIntegers(_ index: Int) throws(ONNXError) -> [Int]? {
    guard let tensor = try optionalTensor(index) else { return nil }
    guard !tensor.type.isReal else { throw malformed("input \(index) is not integer") }
    if inputs[index].otherIntegers != nil {
      throw unsupported("input \(index) that changes with an open input size")
    }
    return tensor.integers
  }
}
