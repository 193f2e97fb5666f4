public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Fully connected layers as convolutions, with the same weights and the same results.
///
/// The first one behind a flattening becomes a convolution whose kernel covers the whole map, the others
/// become 1×1; the flattening moves behind the last. Such a network runs on larger pictures too, and later
/// boosters can work on its layers as on any convolution.
public struct FullyConnectedToConvolution: Booster {
  public static let about = BoosterAbout(
    "fc-to-conv",
    "Writes fully connected layers as convolutions with the same weights.",
    applies: "fully connected layers over vectors, such as behind a flattening",
    saves: "nothing by itself: it opens the way to other boosters and to larger pictures",
    fidelity: .exact,
    source: "Long, Shelhamer and Darrell, Fully convolutional networks (2014), §3.1",
    options: [.nodes]
  )

  public var nodes: NodePattern

  /// Creates the booster.
  public init(nodes: NodePattern = .all) { self.nodes = nodes }

  public init(_ options: BoosterOptions) { self.init(nodes: options.nodes) }

  public var options: BoosterOptions { BoosterOptions().with("nodes", nodes) }

  public func boosted(_ model: Model) throws -> Boosted {
    var conversion = try MapConversion(model, nodes)
    for node in model.nodes { conversion.convert(node) }
    let changes = conversion.changes
    guard !changes.isEmpty else {
      throw inapplicable("expected fully connected layers over vectors among \(nodes), got none")
    }
    let result = conversion.finish()
    _ = try result.infer()
    return Boosted(model: result, changes: changes)
  }
}

/// Rebuilds a graph so that vectors stay maps as long as they can.
private struct MapConversion {
  private let pattern: NodePattern
  private let inference: Inference
  private var model: Model
  private var builder: LayerBuilder
  private var nodes: [Node] = []
  private(set) var changes: [NodeChange] = []
  /// The map whose elements are those of a vector, in the same order.
  private var maps: [String: (name: String, shape: Shape)] = [:]
  /// How to make a vector that so far exists as a map only.
  private var pending: [String: Node] = [:]

  init(_ model: Model, _ pattern: NodePattern) throws {
    (self.model, self.pattern) = (model, pattern)
    inference = try model.infer()
    builder = LayerBuilder(
      taken: Set(inference.values.keys).union(model.nodes.map(\.name)),
      seed: 0
    )
  }

  mutating func convert(_ node: Node) {
    let input = node.inputs.first ?? ""
    let shape = inference.values[input]?.shape ?? []
    switch node.op {
    case let op as Flatten where op.axis == 1 && shape.rank >= 3 && !shape.dimensions.contains(0):
      maps[node.outputs[0]] = (input, shape)
      pending[node.outputs[0]] = node
    case is FullyConnected where pattern.matches(node.name) && shape.rank == 2:
      convolve(node, input)
    case let op where ChannelwiseOperators.isElementwise(op) || op is BatchNormalization:
      guard let map = maps[input], !(op is BatchNormalization) || map.shape.count(from: 2) == 1
      else { return keep(node) }
      move(node, op, to: map)
    default: keep(node)
    }
  }

  /// Adds a node as it is, its vectors made.
  private mutating func keep(_ node: Node) {
    for input in node.inputs { materialize(input) }
    nodes.append(node)
  }

  /// Adds the flattening that a vector still waits for.
  private mutating func materialize(_ value: String) {
    if let node = pending.removeValue(forKey: value) { nodes.append(node) }
  }

  /// Lets a node work on a map and give one; the vector it gave follows on demand.
  private mutating func move(
    _ node: Node,
    _ op: any Operator,
    to map: (name: String, shape: Shape),
    channels: Int? = nil
  ) {
    var moved = LayerBuilder(taken: taken, seed: 0)
    let output = moved.add("\(node.name)/map", op, [map.name])
    nodes.append(Node(node.name, op, inputs: [map.name], outputs: [output]))
    var shape = map.shape
    if let channels { shape = Shape([shape[0], channels] + shape.dimensions[2...].map { _ in 1 }) }
    let vector = node.outputs[0]
    maps[vector] = (output, shape)
    var flattening = LayerBuilder(taken: taken, seed: 0)
    flattening.finish("\(node.name)/flatten", Flatten(), [output], for: node)
    pending[vector] = flattening.nodes[0]
  }

  private var taken: Set<String> {
    Set(inference.values.keys).union(model.nodes.map(\.name)).union(
      nodes.flatMap { [$0.name] + $0.outputs }
    ).union(pending.values.map(\.name))
  }

  private mutating func convolve(_ node: Node, _ input: String) {
    guard let op = node.op as? FullyConnected, let weight = model.parameter("weight", of: node)
    else { return keep(node) }
    let map: (name: String, shape: Shape)
    if let known = maps[input] {
      map = known
    } else {
      var inserted = LayerBuilder(taken: taken, seed: 0)
      let name = inserted.add("\(node.name)/expand", InsertAxes([2, 3]), [input])
      nodes += inserted.nodes
      map = (name, [1, weight.shape[1], 1, 1])
    }
    let kernel = Array(map.shape.dimensions[2...])
    let convolution = Convolution(
      outputChannels: op.outputFeatures,
      window: SlidingWindow(kernelSize: kernel),
      hasBias: op.hasBias
    )
    let shape = Shape([op.outputFeatures, map.shape[1]] + kernel)
    model.parameters[Model.key(node.name, "weight")] = weight.reshaped(shape)
    move(node, convolution, to: map, channels: op.outputFeatures)
    changes.append(NodeChange(node.name, .exact, error: 0))
  }

  /// The model of all nodes, its outputs made.
  mutating func finish() -> Model {
    for output in model.outputs { materialize(output) }
    model.nodes = nodes
    return model
  }
}

extension ParameterEncoding {
  /// The same elements in another shape, in the same encoding where that keeps its parts.
  func reshaped(_ shape: Shape) -> any ParameterEncoding {
    var parts = stored
    parts.shape = shape
    if let result = try? Self(stored: parts), result.shape == shape { return result }
    return Dense(decoded().reshaped(shape))
  }
}
