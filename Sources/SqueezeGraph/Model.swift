public import SqueezeParameters
public import SqueezeTensor

/// One application of an operator in a graph.
public struct Node: Sendable {
  /// The name, unique in the model.
  public var name: String
  public var op: any Operator
  /// The names of the values it takes.
  public var inputs: [String]
  /// The names of the values it makes.
  public var outputs: [String]

  /// Creates a node; without `outputs` it makes one value of its own name.
  public init(_ name: String, _ op: any Operator, inputs: [String], outputs: [String]? = nil) {
    self.name = name
    self.op = op
    self.inputs = inputs
    self.outputs = outputs ?? [name]
  }
}

extension Node: Equatable {
  public static func == (a: Node, b: Node) -> Bool {
    a.name == b.name && a.inputs == b.inputs && a.outputs == b.outputs && a.op.isEqual(to: b.op)
  }
}

/// The size of one axis of a model's input.
public enum Dimension: Sendable, Hashable, Codable {
  case fixed(Int)
  /// A size that each run may choose, such as the batch.
  case named(String)
}

/// An input of a model.
public struct ModelInput: Sendable, Hashable, Codable {
  public var name: String
  public var dimensions: [Dimension]
  public var type: ElementType

  /// Creates an input whose sizes may be left open.
  public init(_ name: String, _ dimensions: [Dimension], type: ElementType = .float32) {
    self.name = name
    self.dimensions = dimensions
    self.type = type
  }

  /// Creates an input of fixed shape.
  public init(_ name: String, _ shape: Shape, type: ElementType = .float32) {
    self.init(name, shape.dimensions.map { .fixed($0) }, type: type)
  }

  /// The shape with every open size set to `size`.
  public func shape(openSize size: Int = 1) -> Shape {
    Shape(
      dimensions.map {
        switch $0 {
        case .fixed(let size): size
        case .named: size
        }
      }
    )
  }

  /// Whether an input of `shape` fits.
  public func accepts(_ shape: Shape) -> Bool {
    shape.rank == dimensions.count
      && zip(shape.dimensions, dimensions).allSatisfy {
        switch $1 {
        case .fixed(let size): $0 == size
        case .named: $0 >= 0
        }
      }
  }
}

extension ModelInput: CustomStringConvertible {
  public var description: String {
    let sizes = dimensions.map {
      switch $0 {
      case .fixed(let size): "\(size)"
      case .named(let name): name
      }
    }
    return "\(name) \(type) [\(sizes.joined(separator: ", "))]"
  }
}

/// A graph and its parameters: the only thing that every step of Squeeze hands on.
public struct Model: Sendable {
  public var name: String
  public var inputs: [ModelInput]
  /// The names of the values the model gives, in order.
  public var outputs: [String]
  /// The nodes in an order in which they can run.
  public var nodes: [Node]
  /// Every parameter by `node.parameter`, such as `conv1.weight`.
  public var parameters: [String: any ParameterEncoding]
  /// How an image becomes the input, where that is known.
  public var preprocessing: Preprocessing?
  /// The names of the classes, in the order of the scores; empty if unknown.
  public var labels: [String]
  /// Anything else worth keeping, such as source and licence.
  public var metadata: [String: String]

  /// Creates a model; ``infer(_:)`` says whether it is sound.
  public init(
    name: String = "",
    inputs: [ModelInput],
    outputs: [String],
    nodes: [Node],
    parameters: [String: any ParameterEncoding] = [:],
    preprocessing: Preprocessing? = nil,
    labels: [String] = [],
    metadata: [String: String] = [:]
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.parameters = parameters
    self.preprocessing = preprocessing
    self.labels = labels
    self.metadata = metadata
  }

  /// The key of a node's parameter in ``parameters``.
  public static func key(_ node: String, _ parameter: String) -> String { "\(node).\(parameter)" }

  /// The parameter of a node, or `nil` where the model has none of that name.
  public func parameter(_ name: String, of node: Node) -> (any ParameterEncoding)? {
    parameters[Self.key(node.name, name)]
  }

  /// The shapes of all inputs with `batch` for their first axis where it is open, 1 for other open
  /// sizes.
  public func shapes(batch: Int) -> [String: Shape] {
    var shapes: [String: Shape] = [:]
    for input in inputs {
      var shape = input.shape()
      if case .named = input.dimensions.first { shape[0] = batch }
      shapes[input.name] = shape
    }
    return shapes
  }

  /// The bits of all parameters before entropy coding.
  public var storedBits: Int { parameters.values.reduce(0) { $0 + $1.storedBits } }
}
