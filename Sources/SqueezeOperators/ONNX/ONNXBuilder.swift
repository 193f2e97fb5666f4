public import SqueezeGraph
public import SqueezeParameters

/// Collects the nodes that one ONNX node becomes.
public struct ONNXBuilder {
  /// The ONNX node that is being imported.
  public let source: ONNXNode
  /// The nodes made so far, in order.
  public private(set) var nodes: [Node] = []
  /// Their parameters by `node.parameter`.
  public private(set) var parameters: [String: any ParameterEncoding] = [:]
  /// Constants that some node takes as a value, by name.
  public private(set) var constants: [String: any ParameterEncoding] = [:]

  /// Starts with nothing.
  public init(_ source: ONNXNode) { self.source = source }

  /// Adds the node that makes the outputs of the ONNX node and bears its name.
  public mutating func emit(
    _ op: any Operator,
    _ inputs: [ONNXOperand],
    parameters: [String: any ParameterEncoding] = [:]
  ) {
    add(source.name, op, inputs, outputs: source.outputs, parameters: parameters)
  }

  /// Adds a node before the last one and returns the value it makes.
  public mutating func intermediate(
    _ suffix: String,
    _ op: any Operator,
    _ inputs: [ONNXOperand],
    parameters: [String: any ParameterEncoding] = [:]
  ) -> ONNXOperand {
    let name = "\(source.name)/\(suffix)"
    add(name, op, inputs, outputs: [name], parameters: parameters)
    return ONNXOperand(name)
  }

  /// Reads another ONNX node as a part of this one.
  ///
  /// - Parameter node: a node whose inputs may be intermediate values and whose only output is one.
  /// - Returns: its output.
  /// - Throws: ``ONNXError`` where nothing reads its type, or what reads it refuses it.
  public mutating func read(_ node: ONNXNode) throws(ONNXError) -> ONNXOperand {
    guard let reader = OperatorCatalog.reading(onnxType: node.type) else {
      throw node.unsupported("an operator of that type")
    }
    var part = ONNXBuilder(node)
    try reader.read(node, into: &part)
    nodes += part.nodes
    parameters.merge(part.parameters) { _, new in new }
    constants.merge(part.constants) { _, new in new }
    return ONNXOperand(node.outputs.first ?? node.name)
  }

  private mutating func add(
    _ name: String,
    _ op: any Operator,
    _ inputs: [ONNXOperand],
    outputs: [String],
    parameters: [String: any ParameterEncoding]
  ) {
    for input in inputs { constants[input.name] = input.constant ?? constants[input.name] }
    nodes.append(Node(name, op, inputs: inputs.map(\.name), outputs: outputs))
    for (key, value) in parameters { self.parameters[Model.key(name, key)] = value }
  }
}
