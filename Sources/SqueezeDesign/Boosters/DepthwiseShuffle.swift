import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A depthwise convolution, a pointwise one in groups, and a channel shuffle that mixes the groups.
///
/// The fit of ``DepthwisePointwise``, of whose pointwise weights those within a group stay.
public struct DepthwiseShuffle: ConvolutionBooster {
  public static let about = BoosterAbout(
    "depthwise-shuffle",
    "Filters every channel by itself, mixes channels by 1×1 within groups, and shuffles the groups.",
    applies:
      "convolutions of one group with kernels above 1×1 whose channels are multiples of the groups",
    saves: "1 / (1/O + 1/(g·k²)) with O filters, k×k kernels and g groups",
    fidelity: .retrain,
    source: "Zhang et al., ShuffleNet (2017), §3",
    options: [
      BoosterOption("groups", .integer(2...65_536), standard: "2", "The groups of the 1×1 part."),
      .nodes,
    ]
  )

  public var groups: Int
  public var nodes: NodePattern

  /// Creates the booster.
  public init(groups: Int = 2, nodes: NodePattern = .all) {
    (self.groups, self.nodes) = (groups, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(groups: options.integer("groups"), nodes: options.nodes)
  }

  public var options: BoosterOptions {
    BoosterOptions().with("groups", groups).with("nodes", nodes)
  }

  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    guard site.op.groups == 1, site.op.window.kernelCount > 1, site.channels % groups == 0,
      site.filters % groups == 0
    else { return nil }
    let old = site.weight
    let fit = SeparableFit(old, kernels: 1)
    let grouped = GroupedWeight(fit.pointwise, groups: groups, shuffled: true)
    let filtered = builder.convolution(
      "\(site.name)/depthwise",
      Convolution(
        outputChannels: site.channels,
        window: site.op.window,
        groups: site.channels,
        hasBias: false
      ),
      weight: fit.depthwise,
      channels: site.channels,
      site.node.inputs[0]
    )
    let mixed = builder.convolution(
      "\(site.name)/pointwise",
      Convolution(
        outputChannels: site.filters,
        window: site.pointwise(),
        groups: groups,
        hasBias: site.op.hasBias
      ),
      weight: grouped.weight,
      bias: grouped.reordered(site.bias),
      channels: site.channels,
      filtered
    )
    builder.finish("\(site.name)/shuffle", ChannelShuffle(groups: groups), [mixed], for: site.node)
    let error = Self.error(of: old, fit.depthwise, grouped, groups: groups)
    return NodeChange(site.node.name, .retrain, error: error)
  }

  /// The error of what depthwise and grouped weights stand for together.
  private static func error(
    of old: Tensor,
    _ depthwise: Tensor,
    _ grouped: GroupedWeight,
    groups: Int
  ) -> Double {
    let (filters, channels) = (old.shape[0], old.shape[1])
    let (area, inputs) = (old.shape.count(from: 2), channels / groups)
    var kept = [Float](repeating: 0, count: filters * channels)
    for (row, filter) in grouped.order.enumerated() {
      let first = row / (filters / groups) * inputs
      for i in 0..<inputs {
        kept[filter * channels + first + i] = grouped.weight.scalars[row * inputs + i]
      }
    }
    var (dropped, total) = (0.0, 0.0)
    for filter in 0..<filters {
      for channel in 0..<channels {
        let factor = kept[filter * channels + channel]
        for position in 0..<area {
          let weight = Double(old.scalars[(filter * channels + channel) * area + position])
          let fit = Double(factor) * Double(depthwise.scalars[channel * area + position])
          total += weight * weight
          dropped += (weight - fit) * (weight - fit)
        }
      }
    }
    return WeightFit.error(dropped: dropped, of: total)
  }
}
