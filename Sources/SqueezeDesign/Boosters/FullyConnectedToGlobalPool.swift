public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A 1×1 convolution to the classes and the mean of every map, in place of the fully connected layers at the end.
public struct FullyConnectedToGlobalPool: Booster {
  public static let about = BoosterAbout(
    "fc-to-global-pool",
    "Replaces the fully connected layers at the end by a 1×1 convolution and global average pooling.",
    applies:
      "the last chain of fully connected layers, or of convolutions that cover the whole map",
    saves: "all their weights but C × classes: AlexNet's 58.6 M become 0.26 M",
    fidelity: .retrain,
    source:
      "Lin, Chen and Yan, Network in network (2013), §3.2; Iandola et al., SqueezeNet (2016), §3",
    options: [.seed]
  )

  public var seed: UInt64

  /// Creates the booster.
  public init(seed: UInt64 = 1) { self.seed = seed }

  public init(_ options: BoosterOptions) { self.init(seed: options.seed) }

  public var options: BoosterOptions { BoosterOptions().with("seed", seed) }

  public func boosted(_ model: Model) throws -> Boosted {
    let inference = try model.infer()
    guard let head = HeadChain(model, inference) else {
      throw inapplicable(
        "expected fully connected layers, or convolutions that cover the map, behind a map of several "
          + "positions; got none"
      )
    }
    let last = model.nodes[head.last]
    let classes = head.classes
    let channels = head.shape[1]
    var builder = LayerBuilder(
      taken: Set(inference.values.keys).union(model.nodes.map(\.name)),
      seed: seed
    )
    let window = SlidingWindow(kernelSize: head.shape.dimensions[2...].map { _ in 1 })
    let fit = head.linear.count == 1 ? Self.collapsed(model, last, head.shape, classes) : nil
    let scores = builder.convolution(
      last.name,
      Convolution(outputChannels: classes, window: window, hasBias: true),
      weight: fit?.weight,
      bias: fit?.bias,
      channels: channels,
      head.map,
      as: Node(last.name, last.op, inputs: [head.map], outputs: ["\(last.name)/maps"])
    )
    if head.isVector {
      let pooled = builder.add("\(last.name)/pool", GlobalAveragePool(), [scores])
      builder.finish("\(last.name)/flatten", Flatten(), [pooled], for: last)
    } else {
      builder.finish("\(last.name)/pool", GlobalAveragePool(), [scores], for: last)
    }
    var result = model
    result.nodes[head.last...head.last] = builder.nodes[...]
    let gone = head.nodes.subtracting([head.last])
    for key in ["weight", "bias"] { result.parameters[Model.key(last.name, key)] = nil }
    // Positions before the last one are as they were.
    result.removeNodes(at: gone)
    result.parameters.merge(builder.parameters) { _, new in new }
    _ = try result.infer()
    guard try result.cost().parameters < model.cost().parameters else {
      throw inapplicable("expected fewer parameters, got no fewer")
    }
    let changes = head.linear.sorted().map { NodeChange(model.nodes[$0].name, .retrain) }
    return Boosted(model: result, changes: changes)
  }

  /// A single layer's weights summed over the map: the same scores wherever a map is constant.
  private static func collapsed(
    _ model: Model,
    _ node: Node,
    _ map: Shape,
    _ classes: Int
  ) -> (weight: Tensor, bias: any ParameterEncoding)? {
    guard let weight = model.parameter("weight", of: node)?.decoded() else { return nil }
    let area = map.count(from: 2)
    guard weight.count == classes * map[1] * area else { return nil }
    let sums = (0..<classes * map[1]).map { row in
      weight.scalars[row * area..<(row + 1) * area].reduce(0, +)
    }
    let shape = Shape([classes, map[1]] + map.dimensions[2...].map { _ in 1 })
    return (
      Tensor(shape, sums), model.parameter("bias", of: node) ?? Dense(Tensor(zeros: [classes]))
    )
  }
}

/// The layers at a network's end that see the whole map at once.
private struct HeadChain {
  /// The position of the last layer, and of all nodes of the chain.
  let last: Int
  let nodes: Set<Int>
  /// The positions of layers with weights.
  let linear: Set<Int>
  /// The map that the chain takes, and its shape.
  let map: String
  let shape: Shape
  let classes: Int
  /// Whether the chain gives `[N, classes]`.
  let isVector: Bool

  /// Finds the last chain, or `nil`.
  init?(_ model: Model, _ inference: Inference) {
    let links = Links(model)
    func isWhole(_ node: Node) -> Bool {
      guard let output = inference.outputs(of: node).first?.shape else { return false }
      if node.op is FullyConnected { return output.rank == 2 }
      return node.op is Convolution && output.rank >= 3 && output.count(from: 2) == 1
    }
    for position in model.nodes.indices.reversed() where isWhole(model.nodes[position]) {
      var nodes: Set = [position]
      var linear: Set = [position]
      var value = model.nodes[position].inputs[0]
      while let before = links.producers[value], links.onlyConsumer(of: value) != nil {
        let node = model.nodes[before]
        if isWhole(node) {
          linear.insert(before)
        } else if !(node.op is Flatten || ChannelwiseOperators.isElementwise(node.op)) {
          break
        } else if let shape = inference.values[value]?.shape, shape.rank >= 3,
          shape.count(from: 2) > 1
        {
          // An activation over the map belongs to the layer before it.
          break
        }
        nodes.insert(before)
        value = node.inputs[0]
      }
      guard let shape = inference.values[value]?.shape, shape.rank >= 3, shape.count(from: 2) > 1,
        let output = inference.outputs(of: model.nodes[position]).first?.shape
      else { continue }
      (last, self.nodes, self.linear, map) = (position, nodes, linear, value)
      (self.shape, classes, isVector) = (shape, output[1], output.rank == 2)
      return
    }
    return nil
  }
}
