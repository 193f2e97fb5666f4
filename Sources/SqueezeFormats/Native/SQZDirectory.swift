import Foundation
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// The text of a container's directory.
///
/// JSON with sorted keys; what is empty is left out. A node is `[name, operator, attributes]`, then
/// its inputs unless it takes the first output of the node before, then its outputs unless it makes
/// one value of its own name. `parameters` has one index into `kinds` per parameter.
struct SQZDirectory: Codable, Equatable {
  /// What parameters of one kind have in common.
  struct Kind: Codable, Hashable {
    var encoding: String
    /// The coder of the symbols, where there are any.
    var coder: String?
    var attributes: [String: Int]?
    /// The length of every list of floats; `nil` for one float per element.
    var floats: [Int?]?
    /// The length of every list of integers; `nil` for one integer per element.
    var integers: [Int?]?
  }

  var name: String?
  var inputs: [Input]
  var outputs: [String]
  var nodes: [NodeText]
  var kinds: [Kind]
  var parameters: [Int]
  var labels: [String]?
  var preprocessing: Preprocessing?
  var metadata: [String: String]?

  /// Describes a model whose parameters are of some kinds.
  init(_ model: Model, kinds: [Kind], parameters: [Int]) {
    name = model.name.isEmpty ? nil : model.name
    inputs = model.inputs.map { Input(input: $0) }
    outputs = model.outputs
    nodes = NodeText.texts(of: model)
    self.kinds = kinds
    self.parameters = parameters
    labels = model.labels.isEmpty ? nil : model.labels
    preprocessing = model.preprocessing
    metadata = model.metadata.isEmpty ? nil : model.metadata
  }

  /// The model without its parameters.
  var model: Model {
    Model(
      name: name ?? "",
      inputs: inputs.map(\.input),
      outputs: outputs,
      nodes: NodeText.nodes(of: nodes, inputs: inputs.map(\.input.name)),
      preprocessing: preprocessing,
      labels: labels ?? [],
      metadata: metadata ?? [:]
    )
  }

  // MARK: Text

  /// The text as bytes.
  func text() throws(FormatError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    do {
      return [UInt8](try encoder.encode(self))
    } catch {
      throw FormatError("directory", expected: "a model that JSON can hold", actual: "\(error)")
    }
  }

  /// Reads a text.
  init(text: [UInt8]) throws(FormatError) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    do {
      self = try decoder.decode(Self.self, from: Data(text))
    } catch let error as UnknownOperator {
      throw FormatError(
        "directory, node \"\(error.node)\"",
        expected: "a known operator",
        actual: "\"\(error.name)\""
      )
    } catch {
      throw FormatError("directory", expected: "a graph as JSON", actual: Self.reason(error))
    }
    if let flaw = preprocessing?.flaw {
      throw FormatError("directory, preprocessing", expected: "sound numbers", actual: flaw)
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "something else" }
    switch error {
    case .keyNotFound(let key, _): return "no \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      return "at \(context.codingPath.map(\.stringValue).joined(separator: ".")): "
        + context.debugDescription
    @unknown default: return "something else"
    }
  }
}

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
  private struct UnknownOperator: Error {
    var node: String
    var name: String
  }

  /// A node as text.
  struct NodeText: Codable, Equatable {
    var name: String
    var op: any Operator
    var inputs: [String]?
    var outputs: [String]?

    static func == (a: Self, b: Self) -> Bool {
      a.name == b.name && a.op.isEqual(to: b.op) && a.inputs == b.inputs && a.outputs == b.outputs
    }

    private init(name: String, op: any Operator, inputs: [String]?, outputs: [String]?) {
      self.name = name
      self.op = op
      self.inputs = inputs
      self.outputs = outputs
    }

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      name = try container.decode(String.self)
      let type = try container.decode(String.self)
      guard let catalogued = OperatorCatalog.named(type) else {
        throw UnknownOperator(node: name, name: type)
      }
      op = try catalogued.init(from: container.superDecoder())
      inputs = container.isAtEnd ? nil : try container.decode([String]?.self)
      outputs = container.isAtEnd ? nil : try container.decode([String].self)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(name)
      try container.encode(type(of: op).name)
      try op.encode(to: container.superEncoder())
      if inputs != nil || outputs != nil { try container.encode(inputs) }
      if let outputs { try container.encode(outputs) }
    }

    /// The nodes of a model, with what follows from the node before left out.
    static func texts(of model: Model) -> [NodeText] {
      var previous = model.inputs.first.map { [$0.name] } ?? []
      return model.nodes.map { node in
        defer { previous = Array(node.outputs.prefix(1)) }
        return NodeText(
          name: node.name,
          op: node.op,
          inputs: node.inputs == previous ? nil : node.inputs,
          outputs: node.outputs == [node.name] ? nil : node.outputs
        )
      }
    }

    /// The nodes that texts describe.
    static func nodes(of texts: [NodeText], inputs: [String]) -> [Node] {
      var previous = Array(inputs.prefix(1))
      return texts.map { text in
        let node = Node(
          text.name,
          text.op,
          inputs: text.inputs ?? previous,
          outputs: text.outputs
        )
        previous = Array(node.outputs.prefix(1))
        return node
      }
    }
  }
}
