import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// What is known of a value while a graph is read.
struct ONNXValue {
  /// Shape and type; `nil` where an unsupported node makes the value.
  var spec: TensorSpec?
  /// The shape for the second choice of open sizes, where that is inferred.
  var otherShape: Shape?
  /// The value where it is constant, for the first choice of open sizes.
  var constant: (any ParameterEncoding)?
  /// The value for the second choice, where it differs.
  var otherConstant: Tensor?
  /// Whether an input or a node of the model makes it.
  var isComputed = false

  /// Whether the value is a constant that changes with an open size.
  var isVarying: Bool { otherConstant != nil }

  /// The value as an operand.
  func operand(_ name: String) -> ONNXOperand {
    ONNXOperand(
      name,
      spec: spec,
      otherShape: otherShape,
      constant: isVarying && constant?.type.isReal == true ? nil : constant,
      otherIntegers: otherConstant?.integers
    )
  }
}

/// Walks over a graph once and builds a model.
struct ONNXGraphReader {
  private let graph: ONNXSourceGraph
  private let sizes: ONNXOpenSizes
  private(set) var values: [String: ONNXValue] = [:]
  private(set) var unsupported: [UnsupportedNode] = []
  private var nodes: [Node] = []
  private var parameters: [String: any ParameterEncoding] = [:]
  private var nodeNames = UniqueNames()
  private var valueNames = UniqueNames()
  private var folding: ONNXFolding
  /// How many more scalars the parameters of all nodes may have.
  private var parameterBudget: Int

  /// Prepares to read a graph with a choice of open sizes.
  init(_ graph: ONNXSourceGraph, sizes: ONNXOpenSizes) {
    self.graph = graph
    self.sizes = sizes
    // One initializer may serve many nodes, but a small file must not make a large model.
    parameterBudget = 16 * (graph.byteCount + 1 << 20)
    folding = ONNXFolding(budget: 16 * (graph.byteCount + 1 << 16))
    for input in graph.inputs {
      values[input.name] = ONNXValue(
        spec: TensorSpec(sizes.shape(of: input, second: false), input.type),
        otherShape: sizes.areFixed ? nil : sizes.shape(of: input, second: true),
        isComputed: true
      )
      valueNames.reserve(input.name)
    }
    for (name, constant) in graph.constants {
      values[name] = ONNXValue(
        spec: TensorSpec(constant.shape, constant.type),
        constant: constant
      )
      valueNames.reserve(name)
    }
    for node in graph.nodes {
      nodeNames.reserve(node.name)
      for name in node.outputs { valueNames.reserve(name) }
    }
  }

  /// The model, with every node of the graph.
  mutating func model() throws(FormatError) -> Model {
    for input in graph.inputs where sizes.shape(of: input, second: false).checkedCount == nil {
      throw FormatError("input", expected: "at most 2^40 elements", actual: "\(input)")
    }
    for node in graph.nodes { try read(node) }
    guard unsupported.isEmpty else { throw .unsupportedNodes(file: "", nodes: unsupported) }
    for name in graph.outputs { _ = try computed(name, place: "output \"\(name)\"") }
    return Model(
      name: graph.name,
      inputs: graph.inputs.map { sizes.settled($0) },
      outputs: graph.outputs,
      nodes: nodes,
      parameters: parameters
    )
  }

  // MARK: One node

  private mutating func read(_ node: ONNXSourceGraph.SourceNode) throws(FormatError) {
    let reader = OperatorCatalog.reading(onnxType: node.type)
    let inputs = node.inputs.map { $0.isEmpty ? ONNXValue() : values[$0] ?? ONNXValue() }
    let isKnown = zip(node.inputs, inputs).allSatisfy { $0.isEmpty || $1.spec != nil }
    if isKnown, folding.fold(node, inputs, reader, into: &values) {
      // A size that changes with an input may also be wanted at run time.
      let isVarying = node.outputs.contains { values[$0]?.isVarying == true }
      if isVarying, let reader {
        try? emit(node, inputs, reader)
      } else {
        nodeNames.release(node.name)
      }
      return
    }
    guard let reader else {
      unsupported.append(
        UnsupportedNode(name: node.name, type: node.type, reason: "no such operator")
      )
      return forget(node)
    }
    guard isKnown else { return forget(node) }
    try emit(node, inputs, reader)
  }

  /// Marks the outputs of a node that could not be read as unknown.
  private mutating func forget(_ node: ONNXSourceGraph.SourceNode) {
    for name in node.outputs { values[name] = ONNXValue() }
  }

  private mutating func emit(
    _ node: ONNXSourceGraph.SourceNode,
    _ inputs: [ONNXValue],
    _ reader: any ONNXReader.Type
  ) throws(FormatError) {
    let source = node.applied(to: zip(node.inputs, inputs).map { $1.operand($0) })
    var builder = ONNXBuilder(source)
    do throws(ONNXError) {
      try reader.read(source, into: &builder)
    } catch {
      switch error {
      case .unsupported(_, _, let reason):
        unsupported.append(UnsupportedNode(name: node.name, type: node.type, reason: reason))
        return forget(node)
      case .malformed(_, _, let reason):
        throw FormatError(node.place, expected: "a node of the standard", actual: reason)
      }
    }
    try add(builder, node)
  }

  /// Adds the nodes of a builder to the model.
  private mutating func add(
    _ builder: ONNXBuilder,
    _ source: ONNXSourceGraph.SourceNode
  ) throws(FormatError) {
    var local: [String: String] = [:]
    for made in builder.nodes {
      var node = made
      if made.name != source.name { node.name = nodeNames.make(made.name) }
      var inputs: [String] = []
      for name in made.inputs {
        if let made = local[name] {
          inputs.append(made)
        } else {
          inputs.append(try computed(name, place: source.place))
        }
      }
      node.inputs = inputs
      let specs = try inferred(node, source.place)
      node.outputs = try outputs(of: node, source, count: specs.count, &local)
      for (name, spec) in zip(node.outputs, specs) {
        let constant = values[name]
        values[name] = ONNXValue(
          spec: spec.first,
          otherShape: spec.second,
          constant: constant?.constant,
          otherConstant: constant?.otherConstant,
          isComputed: true
        )
      }
      try addParameters(of: node, named: made.name, builder, source.place)
      nodes.append(node)
    }
    for name in source.outputs where values[name]?.isComputed != true && !name.isEmpty {
      if graph.usedValues.contains(name) {
        unsupported.append(
          UnsupportedNode(name: source.name, type: source.type, reason: "output \"\(name)\"")
        )
      }
      values[name] = ONNXValue()
    }
  }

  /// The names of a node's outputs: the graph's own where they are, new ones elsewhere.
  private mutating func outputs(
    of node: Node,
    _ source: ONNXSourceGraph.SourceNode,
    count: Int,
    _ local: inout [String: String]
  ) throws(FormatError) -> [String] {
    var names: [String] = []
    for position in 0..<count {
      let given = node.outputs.indices.contains(position) ? node.outputs[position] : ""
      if source.outputs.contains(given), !given.isEmpty {
        names.append(given)
      } else {
        let base = given.isEmpty ? "\(node.name)/output_\(position)" : given
        let name = valueNames.make(base)
        if !given.isEmpty { local[given] = name }
        names.append(name)
      }
    }
    return names
  }

  /// The specs of a node's outputs for both choices of open sizes.
  private func inferred(
    _ node: Node,
    _ place: String
  ) throws(FormatError) -> [(first: TensorSpec, second: Shape?)] {
    var first: [TensorSpec] = []
    var second: [TensorSpec] = []
    for name in node.inputs {
      guard let value = values[name], let spec = value.spec else {
        throw FormatError(place, expected: "inputs made earlier", actual: "\"\(name)\"")
      }
      first.append(spec)
      second.append(TensorSpec(value.otherShape ?? spec.shape, spec.type))
    }
    do throws(ShapeError) {
      let specs = try node.op.checkedOutputs(for: first)
      guard !sizes.areFixed else { return specs.map { ($0, nil) } }
      let others = try node.op.checkedOutputs(for: second)
      guard others.count == specs.count else {
        throw node.op.error(expected: "\(specs.count) outputs", actual: others.count)
      }
      return zip(specs, others).map { ($0, $1.shape) }
    } catch {
      throw FormatError(place, expected: error.expected, actual: error.actual)
    }
  }

  /// Takes over the parameters that a node asks for.
  private mutating func addParameters(
    of node: Node,
    named builderName: String,
    _ builder: ONNXBuilder,
    _ place: String
  ) throws(FormatError) {
    let inputs = node.inputs.compactMap { values[$0]?.spec }
    let specs: [ParameterSpec]
    do throws(ShapeError) {
      specs = try node.op.parameters(for: inputs)
    } catch {
      throw FormatError(place, expected: error.expected, actual: error.actual)
    }
    for spec in specs {
      guard let encoding = builder.parameters[Model.key(builderName, spec.name)] else {
        throw FormatError(place, expected: "a parameter \(spec.name)", actual: "none")
      }
      let actual = TensorSpec(encoding.shape, encoding.type)
      guard actual == spec.spec else {
        throw FormatError("\(place), \(spec.name)", expected: "\(spec.spec)", actual: "\(actual)")
      }
      try add(encoding, Model.key(node.name, spec.name))
    }
  }

  private mutating func add(
    _ encoding: any ParameterEncoding,
    _ key: String
  ) throws(FormatError) {
    parameterBudget -= encoding.shape.count
    guard parameterBudget >= 0 else {
      throw FormatError(
        "parameter \"\(key)\"",
        expected: "parameters in proportion to the file",
        actual: "far more"
      )
    }
    parameters[key] = encoding
  }

  /// The name of a value as nodes of the model take it; a constant becomes a node, once.
  private mutating func computed(_ name: String, place: String) throws(FormatError) -> String {
    guard var value = values[name], let spec = value.spec else {
      throw FormatError(place, expected: "inputs made earlier", actual: "\"\(name)\"")
    }
    guard !value.isComputed else { return name }
    guard let constant = value.constant, !value.isVarying else {
      throw FormatError(
        place,
        expected: "values that do not change with open input sizes",
        actual: "\"\(name)\""
      )
    }
    let nodeName = nodeNames.make(name)
    nodes.append(Node(nodeName, Constant(spec), inputs: [], outputs: [name]))
    try add(constant, Model.key(nodeName, "value"))
    value.isComputed = true
    value.otherShape = sizes.areFixed ? nil : spec.shape
    values[name] = value
    return name
  }
}

extension ONNXSourceGraph {
  /// The model of the graph, for the freest choice of open sizes that it accepts.
  func model() throws(FormatError) -> Model {
    var failure: FormatError?
    for sizes in ONNXOpenSizes.attempts(for: inputs) {
      var reader = ONNXGraphReader(self, sizes: sizes)
      do throws(FormatError) {
        return try ONNXCleanup.apply(to: reader.model())
      } catch {
        failure = failure ?? error
      }
    }
    throw failure ?? FormatError("graph", expected: "a model", actual: "none")
  }
}
