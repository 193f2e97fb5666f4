public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Fewer channels in every layer but the last.
///
/// Layers keep the first of their filters, and the weights between kept ones.
public struct WidthMultiplier: Booster {
  public static let about = BoosterAbout(
    "width",
    "Multiplies the channels of every layer but the last.",
    applies: "whole networks",
    saves: "about the square of the multiplier, in weights and MACs",
    fidelity: .retrain,
    source: "Howard et al., MobileNets (2017), §3.3",
    options: [
      BoosterOption(
        "multiplier",
        .number(0.01...1),
        standard: "0.5",
        "Channels over those before."
      ),
      BoosterOption(
        "divisor",
        .integer(1...1024),
        standard: "1",
        "Channels are rounded to multiples of this; where there are groups, of theirs too."
      ),
    ]
  )

  public var multiplier: Double
  public var divisor: Int

  /// Creates the booster.
  public init(multiplier: Double = 0.5, divisor: Int = 1) {
    (self.multiplier, self.divisor) = (multiplier, divisor)
  }

  public init(_ options: BoosterOptions) {
    self.init(multiplier: options.number("multiplier"), divisor: options.integer("divisor"))
  }

  public var options: BoosterOptions {
    BoosterOptions().with("multiplier", multiplier).with("divisor", divisor)
  }

  public func boosted(_ model: Model) throws -> Boosted {
    var narrowing = try ChannelNarrowing(model, multiplier: multiplier, divisor: divisor)
    do throws(ShapeError) {
      for node in model.nodes { try narrowing.narrow(node) }
    } catch {
      throw inapplicable("the network does not fit with fewer channels: \(error)")
    }
    guard !narrowing.changes.isEmpty else {
      throw inapplicable("expected layers that get fewer channels, got none")
    }
    _ = try narrowing.model.infer()
    return Boosted(model: narrowing.model, changes: narrowing.changes)
  }
}

/// Rebuilds a model node by node with fewer channels.
private struct ChannelNarrowing {
  private(set) var model: Model
  private(set) var changes: [NodeChange] = []
  private let multiplier: Double
  private let divisor: Int
  private let inference: Inference
  /// The layers whose channels are the model's outputs.
  private let lastLayers: Set<String>
  private var specs: [String: TensorSpec] = [:]
  /// The old channel behind each channel of a value.
  private var kept: [String: [Int]] = [:]

  init(_ model: Model, multiplier: Double, divisor: Int) throws {
    (self.model, self.multiplier) = (model, multiplier)
    let inference = try model.infer()
    self.inference = inference
    self.divisor = model.nodes.reduce(divisor) { divisor, node in
      switch node.op {
      case let op as Convolution where op.groups > 1 && op.groups != Self.channels(node, inference):
        Self.leastCommonMultiple(divisor, op.groups)
      case let op as ChannelShuffle: Self.leastCommonMultiple(divisor, op.groups)
      default: divisor
      }
    }
    var open = Set(model.outputs)
    var last: Set<String> = []
    for node in model.nodes.reversed() where node.outputs.contains(where: open.contains) {
      if Self.isLayer(node.op) { last.insert(node.name) } else { open.formUnion(node.inputs) }
    }
    lastLayers = last
    for input in model.inputs {
      let shape = input.shape()
      specs[input.name] = TensorSpec(shape, input.type)
      kept[input.name] = Array(0..<(shape.rank > 1 ? shape[1] : 1))
    }
  }

  private static func channels(_ node: Node, _ inference: Inference) -> Int {
    inference.inputs(of: node).first.map { $0.shape.rank > 1 ? $0.shape[1] : 1 } ?? 1
  }

  private static func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
    var (x, y) = (a, b)
    while y > 0 { (x, y) = (y, x % y) }
    return a / x * b
  }

  private static func isLayer(_ op: any Operator) -> Bool {
    op is Convolution || op is TransposedConvolution || op is FullyConnected
  }

  /// The new number of so many channels: never more, at least one multiple of the divisor.
  private func scaled(_ channels: Int) -> Int {
    let units = (multiplier * Double(channels) / Double(divisor)).rounded()
    return min(channels, max(1, Int(units)) * divisor)
  }

  mutating func narrow(_ node: Node) throws(ShapeError) {
    let old = inference.inputs(of: node)
    let inputs = node.inputs.compactMap { specs[$0] }
    let incoming = node.inputs.first.flatMap { kept[$0] } ?? []
    var node = node
    var outgoing = incoming
    node.op = resized(node, old, inputs, incoming, &outgoing)
    let outputs: [TensorSpec]
    do throws(ShapeError) { outputs = try node.op.checkedOutputs(for: inputs) } catch {
      throw error.at(node.name)
    }
    for (name, spec) in zip(node.outputs, outputs) { specs[name] = spec }
    keep(node, outputs, outgoing)
    try narrowParameters(node, inputs, incoming, node.outputs.first.flatMap { kept[$0] } ?? [])
    if let index = model.nodes.firstIndex(where: { $0.name == node.name }) {
      model.nodes[index] = node
    }
  }

  /// The operator with fewer channels, and which old channels its output has.
  private func resized(
    _ node: Node,
    _ old: [TensorSpec],
    _ inputs: [TensorSpec],
    _ incoming: [Int],
    _ outgoing: inout [Int]
  ) -> any Operator {
    let isLast = lastLayers.contains(node.name)
    func outputs(_ count: Int) -> Int { isLast ? count : scaled(count) }
    switch node.op {
    case var op as Convolution:
      if op.groups > 1, let channels = old.first?.shape[1], op.groups == channels {
        let multiplier = op.outputChannels / op.groups
        op.groups = inputs.first?.shape[1] ?? 1
        op.outputChannels = op.groups * multiplier
        outgoing = incoming.flatMap { channel in
          (0..<multiplier).map { channel * multiplier + $0 }
        }
      } else {
        op.outputChannels = outputs(op.outputChannels)
        outgoing = Array(0..<op.outputChannels)
      }
      return op
    case var op as TransposedConvolution:
      op.outputChannels = outputs(op.outputChannels)
      outgoing = Array(0..<op.outputChannels)
      return op
    case var op as FullyConnected:
      op.outputFeatures = outputs(op.outputFeatures)
      outgoing = Array(0..<op.outputFeatures)
      return op
    case var op as Split:
      if op.axis == 1, case .sizes(let sizes) = op.parts, let total = inputs.first?.shape[1] {
        var sizes = sizes.map { scaled($0) }
        if let last = sizes.indices.last { sizes[last] += total - sizes.reduce(0, +) }
        op.parts = .sizes(sizes)
      }
      return op
    case var op as Pad:
      // Channels of zeros fill up to what another branch, narrower too, has.
      guard let before = old.first?.shape, let after = inputs.first?.shape, op.begin.count > 1,
        op.end.count > 1, op.begin[1] + op.end[1] > 0
      else { return op }
      let total = scaled(before[1] + op.begin[1] + op.end[1])
      op.end[1] = max(0, total - after[1] - op.begin[1])
      return op
    case var op as PReLU:
      // Slopes of `[C, 1, 1]` broadcast from the last axis on.
      guard let before = old.first?.shape, let after = inputs.first?.shape else { return op }
      let axis = 1 - (before.rank - op.slopeShape.rank)
      if axis >= 0, op.slopeShape[axis] == before[1] { op.slopeShape[axis] = after[1] }
      return op
    default: return node.op
    }
  }

  /// Notes which old channels the outputs of a node have.
  private mutating func keep(_ node: Node, _ outputs: [TensorSpec], _ outgoing: [Int]) {
    let old = inference.inputs(of: node)
    var channels = outgoing
    switch node.op.channelFlow {
    case .concatenates:
      channels = []
      var offset = 0
      for (name, spec) in zip(node.inputs, old) {
        channels += (kept[name] ?? []).map { $0 + offset }
        offset += spec.shape.rank > 1 ? spec.shape[1] : 1
      }
    case .flattens:
      let area = old.first?.shape.count(from: 2) ?? 1
      channels = outgoing.flatMap { channel in (0..<area).map { channel * area + $0 } }
    case .shuffles(let groups):
      let size = outgoing.count / groups
      let oldSize = (old.first?.shape[1] ?? 1) / groups
      channels = (0..<size).flatMap { i in (0..<groups).map { outgoing[$0 * size + i] } }
        .map { $0 % oldSize * groups + $0 / oldSize }
    case .splits:
      let oldSizes = inference.outputs(of: node).map { $0.shape[1] }
      var (start, oldStart) = (0, 0)
      for (index, name) in node.outputs.enumerated() {
        let size = outputs[index].shape[1]
        let part = outgoing.dropFirst(start).prefix(size).map { $0 - oldStart }
        let isSound = part.allSatisfy { (0..<oldSizes[index]).contains($0) }
        kept[name] = isSound ? Array(part) : Array(0..<size)
        (start, oldStart) = (start + size, oldStart + oldSizes[index])
      }
      return
    default: break
    }
    for (name, spec) in zip(node.outputs, outputs) {
      let count = spec.shape.rank > 1 ? spec.shape[1] : 1
      kept[name] = channels.count == count ? channels : Array(0..<count)
    }
  }

  /// Cuts a node's parameters to what its narrower operator asks for.
  private mutating func narrowParameters(
    _ node: Node,
    _ inputs: [TensorSpec],
    _ incoming: [Int],
    _ outgoing: [Int]
  ) throws(ShapeError) {
    var isChanged = false
    for parameter in try node.op.parameters(for: inputs) {
      let key = Model.key(node.name, parameter.name)
      guard let old = model.parameters[key], old.shape != parameter.spec.shape else { continue }
      guard old.shape.rank == parameter.spec.shape.rank else {
        throw node.op.error(expected: "\(parameter.spec.shape)", actual: old.shape).at(node.name)
      }
      isChanged = true
      var tensor = old.decoded()
      let isTransposed = node.op is TransposedConvolution && parameter.name == "weight"
      for axis in 0..<tensor.shape.rank where tensor.shape[axis] != parameter.spec.shape[axis] {
        let size = parameter.spec.shape[axis]
        let candidates =
          (axis == 0) != isTransposed
          ? [outgoing, incoming] : [incoming, outgoing]
        let fitting = candidates.first { indices in
          indices.count == size && indices.allSatisfy { $0 < tensor.shape[axis] }
        }
        tensor = tensor.selecting(fitting ?? Array(0..<size), axis: axis)
      }
      model.parameters[key] = Dense(tensor)
    }
    if isChanged, Self.isLayer(node.op) { changes.append(NodeChange(node.name, .retrain)) }
  }
}
