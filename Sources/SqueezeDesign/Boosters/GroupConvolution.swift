import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Convolution in groups: each filter sees one part of the input channels.
///
/// The weights between an input and an output of the same group stay, the others go.
public struct GroupConvolution: ConvolutionBooster {
  public static let about = BoosterAbout(
    "group-convolution",
    "Divides a convolution's channels into groups that do not see each other.",
    applies: "convolutions of one group whose channels are multiples of the groups",
    saves: "weights and MACs by the number of groups",
    fidelity: .retrain,
    source: "Krizhevsky, Sutskever and Hinton, ImageNet classification (2012), §3.2; "
      + "Zhang et al., ShuffleNet (2017), §3.1",
    options: [
      BoosterOption("groups", .integer(2...65_536), standard: "2", "The number of groups."),
      BoosterOption(
        "shuffle",
        .flag,
        standard: "false",
        "Whether a channel shuffle mixes the groups afterwards."
      ),
      .nodes,
    ]
  )

  public var groups: Int
  public var shuffle: Bool
  public var nodes: NodePattern

  /// Creates the booster.
  public init(groups: Int = 2, shuffle: Bool = false, nodes: NodePattern = .all) {
    (self.groups, self.shuffle, self.nodes) = (groups, shuffle, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(
      groups: options.integer("groups"),
      shuffle: options.flag("shuffle"),
      nodes: options.nodes
    )
  }

  public var options: BoosterOptions {
    BoosterOptions().with("groups", groups).with("shuffle", shuffle).with("nodes", nodes)
  }

  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    guard site.op.groups == 1, site.channels % groups == 0, site.filters % groups == 0 else {
      return nil
    }
    let fit = GroupedWeight(site.weight, groups: groups, shuffled: shuffle)
    var op = site.op
    op.groups = groups
    let bias = fit.reordered(site.bias)
    if shuffle {
      let sums = builder.convolution(
        "\(site.name)/grouped",
        op,
        weight: fit.weight,
        bias: bias,
        channels: site.channels,
        site.node.inputs[0]
      )
      builder.finish("\(site.name)/shuffle", ChannelShuffle(groups: groups), [sums], for: site.node)
    } else {
      _ = builder.convolution(
        site.name,
        op,
        weight: fit.weight,
        bias: bias,
        channels: site.channels,
        site.node.inputs[0],
        as: site.node
      )
    }
    return NodeChange(site.node.name, .retrain, error: fit.error)
  }
}

/// The part of a convolution's weight that stays within groups.
struct GroupedWeight {
  /// `[O, C/G, …]`.
  let weight: Tensor
  let error: Double
  /// The old filter that each new one comes from: another order where a shuffle follows.
  let order: [Int]

  /// Takes the weights within groups of `[O, C, …]`.
  ///
  /// With a shuffle behind it, filter `g · O/G + i` becomes channel `i · G + g`, so that it takes the
  /// weights of that one.
  init(_ old: Tensor, groups: Int, shuffled: Bool) {
    let (filters, channels) = (old.shape[0], old.shape[1])
    let (perGroup, inputs) = (filters / groups, channels / groups)
    let area = old.shape.count(from: 2)
    let order = (0..<filters).map { filter in
      shuffled ? filter % perGroup * groups + filter / perGroup : filter
    }
    var scalars: [Float] = []
    scalars.reserveCapacity(old.count / groups)
    for (filter, source) in order.enumerated() {
      let start = (source * channels + filter / perGroup * inputs) * area
      scalars += old.scalars[start..<start + inputs * area]
    }
    weight = Tensor(Shape([filters, inputs] + old.shape.dimensions[2...]), scalars)
    self.order = order
    let total = WeightFit.squaredNorm(old)
    error = WeightFit.error(dropped: total - WeightFit.squaredNorm(weight), of: total)
  }

  /// A bias in the order of the new filters.
  func reordered(_ bias: (any ParameterEncoding)?) -> (any ParameterEncoding)? {
    bias.map { order == Array(order.indices) ? $0 : Dense($0.decoded().selecting(order, axis: 0)) }
  }
}
