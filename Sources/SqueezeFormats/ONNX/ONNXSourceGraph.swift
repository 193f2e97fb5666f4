import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// The graph of an ONNX file, its names checked, its nodes in an order in which they can run.
struct ONNXSourceGraph {
  /// A node of the file with its attributes converted.
  struct SourceNode {
    /// Unique in the graph.
    var name: String
    var type: String
    var opset: Int
    var attributes: [String: ONNXAttribute]
    var inputs: [String]
    var outputs: [String]

    /// How errors call the node.
    var place: String { "\(type) \"\(name)\"" }

    /// The node as the operators read it.
    func applied(to operands: [ONNXOperand]) -> ONNXNode {
      ONNXNode(
        name: name,
        type: type,
        opset: opset,
        attributes: attributes,
        inputs: operands,
        outputs: outputs
      )
    }
  }

  let name: String
  let inputs: [ModelInput]
  let outputs: [String]
  /// Initializers and the values of `Constant` nodes.
  let constants: [String: any ParameterEncoding]
  let nodes: [SourceNode]
  /// The values that some kept node takes, and the graph's outputs.
  let usedValues: Set<String>
  let byteCount: Int

  /// Reads the graph of a message.
  init(_ proto: ONNXModelProto, tensors: ONNXTensorReader, byteCount: Int) throws(FormatError) {
    let opsets = try Self.opsets(proto)
    name = proto.graph.name
    self.byteCount = byteCount
    var constants: [String: any ParameterEncoding] = [:]
    for initializer in proto.graph.initializer {
      let place = "initializer \"\(initializer.name)\""
      guard constants[initializer.name] == nil, !initializer.name.isEmpty else {
        throw FormatError(place, expected: "a name of its own", actual: "a second of that name")
      }
      constants[initializer.name] = try tensors.encoding(initializer, place)
    }
    inputs = try proto.graph.input.filter { constants[$0.name] == nil }
      .map { input throws(FormatError) in try Self.input(input) }
    outputs = proto.graph.output.map(\.name)
    guard Set(outputs).count == outputs.count, !outputs.isEmpty else {
      throw FormatError("graph", expected: "outputs of different names", actual: "\(outputs)")
    }
    let order = try ONNXTopology.order(
      of: proto.graph.node,
      given: Set(constants.keys).union(inputs.map(\.name)),
      outputs: outputs
    )
    var names = UniqueNames()
    var nodes: [SourceNode] = []
    for node in order.map({ proto.graph.node[$0] }) {
      let type = Self.type(of: node)
      let base = node.name.isEmpty ? node.output.first { !$0.isEmpty } ?? type : node.name
      if type == "Constant", let output = node.output.first, !output.isEmpty {
        let place = "Constant \"\(base)\""
        guard let value = try Self.constant(node, tensors, place) else {
          throw .unsupportedNodes(
            file: "",
            nodes: [UnsupportedNode(name: base, type: type, reason: "a value that is no number")]
          )
        }
        constants[output] = value
        continue
      }
      nodes.append(
        SourceNode(
          name: names.make(base),
          type: type,
          opset: opsets[node.domain == "ai.onnx" ? "" : node.domain] ?? 1,
          attributes: try ONNXAttributeReader(tensors).attributes(node, "\(type) \"\(base)\""),
          inputs: node.input,
          outputs: node.output
        )
      )
    }
    self.constants = constants
    self.nodes = nodes
    usedValues = Set(outputs).union(nodes.flatMap(\.inputs))
  }

  /// The operator sets by domain; ONNX's own has to be one that Squeeze reads.
  private static func opsets(_ proto: ONNXModelProto) throws(FormatError) -> [String: Int] {
    var opsets: [String: Int] = [:]
    for entry in proto.opsetImport {
      opsets[entry.domain == "ai.onnx" ? "" : entry.domain] = Int(entry.version)
    }
    let supported = ONNXImporter.operatorSets
    guard let version = opsets[""], supported.contains(version) else {
      throw FormatError(
        "operator set",
        expected: "version \(supported.lowerBound) to \(supported.upperBound)",
        actual: opsets[""].map { "\($0)" } ?? "none"
      )
    }
    return opsets
  }

  /// The operator type, with its domain before a dot unless it is ONNX's own.
  static func type(of node: ONNXNodeProto) -> String {
    node.domain.isEmpty || node.domain == "ai.onnx"
      ? node.opType : "\(node.domain).\(node.opType)"
  }

  /// An input of the graph; sizes that are absent, unknown or not positive are left open.
  private static func input(_ proto: ONNXValueInfoProto) throws(FormatError) -> ModelInput {
    let place = "input \"\(proto.name)\""
    guard !proto.name.isEmpty, case .tensorType(let tensor)? = proto.type.value, tensor.hasShape
    else {
      throw FormatError(place, expected: "a tensor of known rank", actual: "something else")
    }
    guard let type = ElementType(onnxCode: Int(tensor.elemType)) else {
      throw FormatError(place, expected: "numbers", actual: "element type \(tensor.elemType)")
    }
    guard tensor.shape.dim.count <= 16 else {
      throw FormatError(place, expected: "at most 16 axes", actual: tensor.shape.dim.count)
    }
    let dimensions = tensor.shape.dim.enumerated().map { axis, dimension in
      switch dimension.value {
      case .dimValue(let size) where size > 0: Dimension.fixed(Int(size))
      case .dimParam(let name) where !name.isEmpty: Dimension.named(name)
      default: Dimension.named("\(proto.name)_\(axis)")
      }
    }
    return ModelInput(proto.name, dimensions, type: type.isReal ? .float32 : type)
  }

  /// The value of a `Constant` node, or `nil` where it is no number.
  private static func constant(
    _ node: ONNXNodeProto,
    _ tensors: ONNXTensorReader,
    _ place: String
  ) throws(FormatError) -> (any ParameterEncoding)? {
    guard let attribute = node.attribute.first(where: { $0.name.hasPrefix("value") }) else {
      return nil
    }
    if attribute.hasT { return try tensors.encoding(attribute.t, place) }
    switch try ONNXAttributeReader(tensors).attribute(attribute, place) {
    case .int(let value): return IntegerConstant(Tensor([], integers: [value]))
    case .ints(let values): return IntegerConstant(Tensor([values.count], integers: values))
    case .float(let value): return Dense(Tensor([], [value]))
    case .floats(let values): return Dense(Tensor([values.count], values))
    default: return nil
    }
  }
}

/// Gives out names, each once.
struct UniqueNames {
  private var used: Set<String> = []
  private var next: [String: Int] = [:]

  /// Marks a name as used.
  mutating func reserve(_ name: String) { used.insert(name) }

  /// Lets a name be used again.
  mutating func release(_ name: String) { used.remove(name) }

  /// `base`, or `base` with a number behind it where it is used already.
  mutating func make(_ base: String) -> String {
    if used.insert(base).inserted { return base }
    var number = next[base] ?? 2
    while !used.insert("\(base)_\(number)").inserted { number += 1 }
    next[base] = number + 1
    return "\(base)_\(number)"
  }
}
