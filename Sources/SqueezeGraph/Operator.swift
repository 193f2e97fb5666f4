public import SqueezeTensor

/// A function of tensors with trained parameters: shape rule, cost and definition.
///
/// An operator is a small value: its attributes. ``forward(_:parameters:)`` is the definition in
/// plain loops, the oracle for every fast kernel and the fallback where none fits. Attributes may
/// come from a file: ``outputs(for:)`` checks them, and is called before anything else.
public protocol Operator: Sendable, Hashable, Codable {
  /// The name in files, tables and errors; the type's name.
  static var name: String { get }
  /// A few awkward uses: one channel, odd sizes, stride beyond the kernel, groups.
  static var examples: [Example<Self>] { get }

  /// How many inputs the operator takes; one unless said otherwise.
  var inputCount: ClosedRange<Int> { get }
  /// All that structured pruning has to know.
  var channelFlow: ChannelFlow { get }

  /// The shape and type of every output; throws where inputs or attributes do not fit.
  func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec]
  /// The parameters, in the order in which ``forward(_:parameters:)`` takes them.
  func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec]
  /// The multiply–accumulates for the given inputs.
  func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int
  /// The outputs, computed by plain loops in the notation of the source.
  func forward(_ inputs: [Tensor], parameters: [Tensor]) throws(ShapeError) -> [Tensor]
}

extension Operator {
  // Faster than `String(describing:)`, which first looks for a description of the type's own.
  public static var name: String { _typeName(Self.self, qualified: false) }
  public var inputCount: ClosedRange<Int> { 1...1 }
  public func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] { [] }
  public func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int { 0 }

  /// Whether two operators, of whatever types, are the same.
  public func isEqual(to other: any Operator) -> Bool { (other as? Self) == self }

  /// An error of this operator.
  public func error(expected: String, actual: some CustomStringConvertible) -> ShapeError {
    ShapeError(Self.name, expected: expected, actual: actual)
  }

  /// Checks the number of inputs, then applies the shape rule and checks that sizes stay sane.
  public func checkedOutputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard inputCount.contains(inputs.count) else {
      let expected = inputCount.count == 1 ? "\(inputCount.lowerBound)" : "\(inputCount)"
      throw error(expected: "\(expected) inputs", actual: inputs.count)
    }
    for input in inputs where input.shape.checkedCount == nil {
      throw error(expected: "at most 2^40 elements", actual: input.shape)
    }
    let outputs = try outputs(for: inputs)
    for output in outputs where output.shape.checkedCount == nil {
      throw error(expected: "an output of at most 2^40 elements", actual: output.shape)
    }
    return outputs
  }
}

/// The name, shape and kind of one parameter of an operator.
public struct ParameterSpec: Sendable, Hashable {
  /// What a parameter is for.
  public enum Kind: String, Sendable, Hashable {
    /// Found by training; counted as a parameter.
    case trained
    /// Measured while training, such as batch normalization's mean; counted apart.
    case statistic
    /// Never changes, such as a table of indices; not counted.
    case constant
  }

  /// The name within the node, such as `weight`.
  public var name: String
  public var spec: TensorSpec
  public var kind: Kind

  /// Creates the description of a parameter.
  public init(
    _ name: String,
    _ shape: Shape,
    type: ElementType = .float32,
    kind: Kind = .trained
  ) {
    self.name = name
    spec = TensorSpec(shape, type)
    self.kind = kind
  }
}

/// One use of an operator for the tests that every operator inherits.
public struct Example<Op: Operator>: Sendable {
  public var op: Op
  public var inputs: [TensorSpec]

  /// Creates an example with float32 inputs.
  public init(_ op: Op, inputs: [Shape]) {
    self.op = op
    self.inputs = inputs.map { TensorSpec($0) }
  }

  /// Creates an example with inputs of any type.
  public init(_ op: Op, specs: [TensorSpec]) {
    self.op = op
    inputs = specs
  }
}
