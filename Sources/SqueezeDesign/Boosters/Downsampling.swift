public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Pools moved to other places along the network.
///
/// Only pools that the whole network passes through are moved, to places behind its convolutions or modules
/// where no other pool stands; their number and kind stay. Weights stay, too.
public struct Downsampling: Booster {
  /// Where pools go.
  public enum Placement: String, Sendable, Hashable, CaseIterable {
    /// At even distances.
    case even
    /// As early as possible: fewer MACs.
    case earlier
    /// As late as possible: more MACs, larger maps, and so often a higher accuracy.
    case later
  }

  public static let about = BoosterAbout(
    "downsampling",
    "Moves the pools to even distances, earlier, or later.",
    applies: "pools with a stride that all of the network passes through",
    saves:
      "earlier: every layer behind a 2×2 stride moved before it has a quarter of its MACs; later spends "
      + "MACs for accuracy",
    fidelity: .retrain,
    source:
      "Iandola et al., SqueezeNet (2016), §3.1, strategy 3; He and Sun, Convolutional neural networks at "
      + "constrained time cost (2014)",
    options: [
      BoosterOption(
        "place",
        .word(Placement.allCases.map(\.rawValue)),
        standard: "even",
        "Where pools go."
      ),
      .nodes,
    ]
  )

  public var placement: Placement
  public var nodes: NodePattern

  /// Creates the booster.
  public init(_ placement: Placement = .even, nodes: NodePattern = .all) {
    (self.placement, self.nodes) = (placement, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(options.word("place", Placement.self), nodes: options.nodes)
  }

  public var options: BoosterOptions {
    BoosterOptions().with("place", placement.rawValue).with("nodes", nodes)
  }

  public func boosted(_ model: Model) throws -> Boosted {
    let ranks = try model.infer().values.mapValues(\.shape.rank)
    let pools = Trunk(model, ranks).pools.filter { nodes.matches(model.nodes[$0].name) }
    guard !pools.isEmpty else {
      let pool = nodes == .all ? "a pool" : "a pool named \(nodes)"
      throw inapplicable("expected \(pool) that all of the network passes through, got none")
    }
    var result = model
    result.replaceUses(
      Dictionary(
        uniqueKeysWithValues: pools.map { (model.nodes[$0].outputs[0], model.nodes[$0].inputs[0]) }
      )
    )
    result.removeNodes(at: Set(pools))
    let slots = freeSlots(result, ranks)
    guard slots.count >= pools.count else {
      throw inapplicable("expected a place for each of \(pools.count) pools, got \(slots.count)")
    }
    for (pool, place) in zip(pools, places(pools.count, of: slots.count)).reversed() {
      result.insert(model.nodes[pool], behind: slots[place])
    }
    guard Self.wiring(result) != Self.wiring(model) else {
      throw inapplicable("expected pools at other places, got them there already")
    }
    do throws(ModelError) { _ = try result.infer() } catch {
      throw inapplicable("the network does not fit with its pools moved: \(error)")
    }
    return Boosted(model: result, changes: pools.map { NodeChange(model.nodes[$0].name, .retrain) })
  }

  /// The places for pools behind which none stands.
  private func freeSlots(_ model: Model, _ ranks: [String: Int]) -> [String] {
    let trunk = Trunk(model, ranks)
    let taken = Set(trunk.pools.flatMap { model.nodes[$0].inputs })
    return trunk.slots.filter { !taken.contains($0) }
  }

  /// Which node takes which values.
  private static func wiring(_ model: Model) -> [String: [String]] {
    Dictionary(model.nodes.map { ($0.name, $0.inputs) }, uniquingKeysWith: { first, _ in first })
  }

  /// Ascending indices of `count` places among `total`.
  private func places(_ count: Int, of total: Int) -> [Int] {
    switch placement {
    case .earlier: return Array(0..<count)
    case .later: return Array(total - count..<total)
    case .even:
      var places: [Int] = []
      for pool in 0..<count {
        let wanted = Double((pool + 1) * total) / Double(count + 1)
        let earliest = (places.last ?? -1) + 1
        let latest = total - count + pool
        places.append(min(max(Int(wanted.rounded()) - 1, earliest), latest))
      }
      return places
    }
  }
}
