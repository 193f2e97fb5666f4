import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

extension SQZDirectory {
  /// An input as `[name, sizes]`, then its type unless that is float32; an open size is its name.
  struct Input: Codable, Equatable {
    var input: ModelInput

    init(input: ModelInput) { self.input = input }

    private enum Size: Codable {
      case fixed(Int)
      case named(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let size = try? container.decode(Int.self) {
          self = .fixed(size)
        } else {
          self = .named(try container.decode(String.self))
        }
      }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .fixed(let size): try container.encode(size)
        case .named(let name): try container.encode(name)
        }
      }
    }

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      let name = try container.decode(String.self)
      let sizes = try container.decode([Size].self)
      let type = container.isAtEnd ? .float32 : try container.decode(ElementType.self)
      let dimensions = sizes.map { size in
        switch size {
        case .fixed(let size): Dimension.fixed(size)
        case .named(let name): Dimension.named(name)
        }
      }
      input = ModelInput(name, dimensions, type: type)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(input.name)
      try container.encode(
        input.dimensions.map { dimension in
          switch dimension {
          case .fixed(let size): Size.fixed(size)
          case .named(let name): Size.named(name)
          }
        }
      )
      if input.type != .float32 { try container.encode(input.type) }
    }
  }

  /// An operator that the catalogue does not have.
  struct UnknownOperator: Error {
    var name: String
  }

  /// An operator as `[name, attributes]`.
  struct OperatorText: Codable, Equatable {
    var op: any Operator

    init(op: any Operator) { self.op = op }

    static func == (a: Self, b: Self) -> Bool { a.op.isEqual(to: b.op) }

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      let name = try container.decode(String.self)
      guard let type = OperatorCatalog.named(name) else { throw UnknownOperator(name: name) }
      op = try type.init(from: container.superDecoder())
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(type(of: op).name)
      try op.encode(to: container.superEncoder())
    }
  }

  /// A node as text.
  struct NodeText: Codable, Equatable {
    var name: String
    /// The index of its operator.
    var op: Int
    var inputs: [String]?
    var outputs: [String]?

    private init(name: String, op: Int, inputs: [String]?, outputs: [String]?) {
      self.name = name
      self.op = op
      self.inputs = inputs
      self.outputs = outputs
    }

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      name = try container.decode(String.self)
      op = try container.decode(Int.self)
      inputs = container.isAtEnd ? nil : try container.decode([String]?.self)
      outputs = container.isAtEnd ? nil : try container.decode([String].self)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(name)
      try container.encode(op)
      if inputs != nil || outputs != nil { try container.encode(inputs) }
      if let outputs { try container.encode(outputs) }
    }

    /// The operators of a model, each once, and its nodes with what follows from the node before
    /// left out.
    static func texts(of model: Model) -> ([OperatorText], [NodeText]) {
      var operators: [OperatorText] = []
      var index: [AnyHashable: Int] = [:]
      var previous = model.inputs.first.map { [$0.name] } ?? []
      let nodes = model.nodes.map { node in
        let position = index[AnyHashable(node.op)] ?? operators.count
        if position == operators.count {
          operators.append(OperatorText(op: node.op))
          index[AnyHashable(node.op)] = position
        }
        defer { previous = Array(node.outputs.prefix(1)) }
        return NodeText(
          name: node.name,
          op: position,
          inputs: node.inputs == previous ? nil : node.inputs,
          outputs: node.outputs == [node.name] ? nil : node.outputs
        )
      }
      return (operators, nodes)
    }

    /// The nodes that texts describe.
    static func nodes(
      of texts: [NodeText],
      _ operators: [OperatorText],
      inputs: [String]
    ) throws(FormatError) -> [Node] {
      var previous = Array(inputs.prefix(1))
      var nodes: [Node] = []
      for text in texts {
        guard operators.indices.contains(text.op) else {
          throw FormatError(
            "directory, node \"\(text.name)\"",
            expected: "one of \(operators.count) operators",
            actual: text.op
          )
        }
        let op = operators[text.op].op
        let inputs = text.inputs ?? previous
        nodes.append(Node(text.name, op, inputs: inputs, outputs: text.outputs))
        previous = Array(nodes[nodes.count - 1].outputs.prefix(1))
      }
      return nodes
    }
  }
}
