import SqueezeGraph

/// What structured pruning removed, group by group.
public struct StructuredPruningReport: Sendable, Hashable, Codable {
  /// What became of one group of channels.
  public struct Group: Sendable, Hashable, Codable {
    /// The first layer that makes the channels.
    public var name: String
    /// The layers that make the channels, and the layers that read them.
    public var producers: [String]
    public var consumers: [String]
    /// The sets of channels before and after.
    public var setsBefore: Int
    public var setsAfter: Int
    /// The output channels removed of each layer, ascending.
    public var removedChannels: [String: [Int]]
    /// Why channels stay that otherwise could go; `nil` where nothing is in the way.
    public var refusal: String?

    /// The fraction that was removed.
    public var ratio: Double {
      setsBefore == 0 ? 0 : 1 - Double(setsAfter) / Double(setsBefore)
    }
  }

  public var groups: [Group]
  public var parametersBefore: Int
  public var parametersAfter: Int
  public var macsBefore: Int
  public var macsAfter: Int

  /// Describes a plan.
  init(_ groups: ChannelGroups, _ plan: ChannelPlan, _ model: Model) throws {
    let before = try groups.cost(model, groups.values.map(\.count))
    let after = try plan.cost(model)
    (parametersBefore, macsBefore) = before
    (parametersAfter, macsAfter) = after
    self.groups = groups.groups.enumerated().map { position, group in
      let removed = plan.removedSets(of: position)
      var channels: [Int: [Int]] = [:]
      for set in removed {
        groups.forEachChannel(of: set) { channels[$0, default: []].append($1) }
      }
      var byLayer: [String: [Int]] = [:]
      for layer in group.producers {
        if let value = groups.output(of: layer), let list = channels[value] {
          byLayer[layer] = list.sorted()
        }
      }
      let all = group.sets.count + group.fixedSets
      return Group(
        name: group.name,
        producers: group.producers,
        consumers: group.consumers,
        setsBefore: all,
        setsAfter: all - removed.count,
        removedChannels: byLayer,
        refusal: plan.refusal(of: position)
      )
    }
  }
}
