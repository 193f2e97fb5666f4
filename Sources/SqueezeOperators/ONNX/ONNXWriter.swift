public import SqueezeTensor

/// A node of a model on its way to ONNX.
public struct ONNXExport: Sendable {
  public var name: String
  /// The names of the values it takes.
  public var inputs: [String]
  /// The names of the values it makes.
  public var outputs: [String]
  public var inputSpecs: [TensorSpec]
  public var outputSpecs: [TensorSpec]
  /// The names of the values that hold its parameters, by the parameter's name.
  public var parameters: [String: String]

  /// Creates a description of a node.
  public init(
    name: String,
    inputs: [String],
    outputs: [String],
    inputSpecs: [TensorSpec],
    outputSpecs: [TensorSpec],
    parameters: [String: String]
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.inputSpecs = inputSpecs
    self.outputSpecs = outputSpecs
    self.parameters = parameters
  }

  /// The name of the value that holds a parameter.
  public func parameter(_ name: String) -> String {
    guard let value = parameters[name] else {
      preconditionFailure("node \(self.name) has no parameter \(name)")
    }
    return value
  }
}

/// Collects ONNX nodes and initializers.
public struct ONNXWriter: Sendable {
  /// A node of the ONNX graph.
  public struct Entry: Sendable, Hashable {
    public var name: String
    public var type: String
    public var inputs: [String]
    public var outputs: [String]
    public var attributes: [String: ONNXAttribute]
  }

  /// The nodes so far, in order.
  public private(set) var nodes: [Entry] = []
  /// The constants so far, in order, each name once.
  public private(set) var initializers: [(name: String, tensor: Tensor)] = []
  private var initializerNames: Set<String> = []

  /// Starts with nothing.
  public init() {}

  /// Adds a node; trailing empty inputs are left out.
  public mutating func node(
    _ type: String,
    name: String,
    inputs: [String],
    outputs: [String],
    attributes: [String: ONNXAttribute] = [:]
  ) {
    var inputs = inputs
    while inputs.last?.isEmpty == true { inputs.removeLast() }
    nodes.append(
      Entry(name: name, type: type, inputs: inputs, outputs: outputs, attributes: attributes)
    )
  }

  /// Adds the single node that an exported node becomes.
  public mutating func node(
    _ type: String,
    _ export: ONNXExport,
    inputs: [String]? = nil,
    attributes: [String: ONNXAttribute] = [:]
  ) {
    node(
      type,
      name: export.name,
      inputs: inputs ?? export.inputs,
      outputs: export.outputs,
      attributes: attributes
    )
  }

  /// Adds a constant unless one of that name exists, and returns its name.
  public mutating func initializer(_ name: String, _ tensor: Tensor) -> String {
    if initializerNames.insert(name).inserted { initializers.append((name, tensor)) }
    return name
  }

  /// Adds a constant list of integers, such as axes, and returns its name.
  public mutating func integers(_ name: String, _ values: [Int]) -> String {
    initializer(name, Tensor([values.count], integers: values))
  }
}
