public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// The least memory for activations when a network's first part runs patch by patch.
///
/// Early maps are the largest. Computing the first part for one patch of its output at a time keeps only that
/// patch's maps, the input, and the output of the part; patches overlap, so some MACs are done twice.
/// Source: Lin et al., "MCUNetV2: Memory-efficient patch-based inference for tiny deep learning" (2021), §3.1.
public struct PatchPlan: Sendable, Hashable {
  /// The value up to which patches are used; `nil` where they do not help.
  public var value: String?
  /// Patches along height and along width.
  public var patches: Int
  /// The most bytes of activations at once, the input included.
  public var peakBytes: Int
  /// MACs over those without patches.
  public var macsFactor: Double

  /// Finds the best plan of a model.
  ///
  /// - Parameters:
  ///   - model: the network.
  ///   - limit: the most patches along one axis.
  /// - Throws: `ModelError` where the graph does not hold together.
  public init(_ model: Model, limit: Int = 8) throws(ModelError) {
    let cost = try model.cost()
    let stage = Stages(model, try model.infer(), cost)
    var best = (value: String?.none, patches: 1, bytes: cost.peakActivationBytes, macs: 1.0)
    for end in stage.ends {
      for count in 2...max(2, limit) {
        guard let plan = stage.plan(until: end, count), plan.bytes < best.bytes else { continue }
        best = (end.value, count, plan.bytes, plan.macs)
      }
    }
    (value, patches, peakBytes, macsFactor) = (best.value, best.patches, best.bytes, best.macs)
  }
}

/// What is needed to cost the first part of a network in patches.
private struct Stages {
  struct End { var value: String, position: Int }

  let model: Model
  let specs: [String: TensorSpec]
  let cost: ModelCost
  let lifetimes: Lifetimes
  /// Values of pictures' shape that all of the network passes through, with the position of their node.
  var ends: [End] = []

  init(_ model: Model, _ inference: Inference, _ cost: ModelCost) {
    (self.model, self.cost) = (model, cost)
    specs = inference.values
    lifetimes = model.lifetimes()
    var live = Set(model.inputs.map(\.name))
    for (position, node) in model.nodes.enumerated() {
      // Patches go no further than operators that look at a window.
      guard Self.window(node.op) != nil || Self.isPointwise(node.op) else { break }
      live.formUnion(node.outputs)
      live = live.filter { (lifetimes.lastUse[$0] ?? 0) > position }
      if live.count == 1, let value = live.first, specs[value]?.shape.rank == 4,
        node.outputs.contains(value)
      {
        ends.append(End(value: value, position: position))
      }
    }
  }

  static func window(_ op: any Operator) -> SlidingWindow? {
    switch op {
    case let op as Convolution: op.window
    case let op as MaxPool: op.window
    case let op as AveragePool: op.window
    default: nil
    }
  }

  /// Whether an output position depends on the same position of the inputs alone.
  static func isPointwise(_ op: any Operator) -> Bool {
    ChannelwiseOperators.isElementwise(op) || op is BatchNormalization || op is Add
      || op is LocalResponseNormalization || op is ChannelShuffle
      || (op as? Concatenate).map { $0.axis == 1 } ?? false
      || (op as? Split).map { $0.axis == 1 } ?? false
  }

  /// The peak and the MACs' factor with `count × count` patches up to a value; `nil` where it is too small.
  func plan(until end: End, _ count: Int) -> (bytes: Int, macs: Double)? {
    guard let output = specs[end.value]?.shape, output[2] >= count, output[3] >= count else {
      return nil
    }
    var tiles = [end.value: [(output[2] + count - 1) / count, (output[3] + count - 1) / count]]
    for node in model.nodes[...end.position].reversed() {
      guard let tile = tiles[node.outputs[0]] else { continue }
      for input in node.inputs {
        guard let shape = specs[input]?.shape, shape.rank == 4 else { continue }
        var needed = tile
        if let window = Self.window(node.op), window.rank == 2 {
          needed = (0..<2).map { axis in
            (tile[axis] - 1) * window.stride[axis] + window.dilation[axis]
              * (window.kernelSize[axis] - 1) + 1
          }
        }
        let known = tiles[input] ?? [0, 0]
        tiles[input] = (0..<2).map { min(shape[$0 + 2], max(known[$0], needed[$0])) }
      }
    }
    func bytes(_ value: String) -> Int {
      guard let spec = specs[value] else { return 0 }
      guard let tile = tiles[value], spec.shape.rank == 4 else { return spec.byteCount }
      return spec.byteCount / max(1, spec.shape[2] * spec.shape[3]) * tile[0] * tile[1]
    }
    // The whole input and output stay; a patch of each map in between.
    let inputs = model.inputs.reduce(0) { $0 + (specs[$1.name]?.byteCount ?? 0) }
    let whole = inputs + (specs[end.value]?.byteCount ?? 0)
    var (alive, peak, macs) = (0, 0, 0.0)
    for (position, node) in model.nodes[...end.position].enumerated() {
      alive += node.outputs.reduce(0) { $0 + ($1 == end.value ? 0 : bytes($1)) }
      peak = max(peak, alive)
      for value in lifetimes.endingAt[position] ?? [] where value != end.value {
        if !model.inputs.contains(where: { $0.name == value }) { alive -= bytes(value) }
      }
      let full = specs[node.outputs[0]]?.shape
      if let full, full.rank == 4, let tile = tiles[node.outputs[0]] {
        let share = Double(tile[0] * tile[1]) / Double(max(1, full[2] * full[3]))
        macs += Double(cost.nodes[position].macs) * (share * Double(count * count) - 1)
      }
    }
    let factor = 1 + max(0, macs) / Double(max(1, cost.macs))
    return (max(whole + peak, rest(after: end)), factor)
  }

  /// The peak of the nodes behind a value, which run as usual.
  private func rest(after end: End) -> Int {
    var alive = specs[end.value]?.byteCount ?? 0
    var peak = alive
    for position in model.nodes.indices where position > end.position {
      alive += model.nodes[position].outputs.reduce(0) { $0 + (specs[$1]?.byteCount ?? 0) }
      peak = max(peak, alive)
      for value in lifetimes.endingAt[position] ?? [] { alive -= specs[value]?.byteCount ?? 0 }
    }
    return peak
  }
}
