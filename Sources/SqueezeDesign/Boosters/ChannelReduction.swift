import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A 1×1 convolution that narrows the channels before a larger kernel sees them.
///
/// The weights begin as the low-rank product nearest to the old ones; the activation between makes the
/// function another one.
public struct ChannelReduction: ConvolutionBooster {
  public static let about = BoosterAbout(
    "channel-reduction",
    "Squeezes the input channels by 1×1 before a larger kernel.",
    applies: "convolutions of one group with kernels above 1×1 and at least 8 input channels",
    saves:
      "with the ratio r: C·O·k² weights become r·C·(C + O·k²); 3×3, 64→64, r = 1/4: 36,864 → 10,240",
    fidelity: .retrain,
    source:
      "Iandola et al., SqueezeNet (2016), §3.1, strategy 2; Zhang et al., Accelerating very deep "
      + "convolutional networks (2015), for the fit",
    options: [
      BoosterOption(
        "ratio",
        .number(0.001...1),
        standard: "0.25",
        "The channels after the squeeze over those before it."
      ),
      BoosterOption(
        "activation",
        .flag,
        standard: "true",
        "Whether normalization and activation stand between both; without, the old weights are fitted."
      ),
      .nodes,
    ]
  )

  public var ratio: Double
  public var activation: Bool
  public var nodes: NodePattern

  /// Creates the booster.
  public init(ratio: Double = 0.25, activation: Bool = true, nodes: NodePattern = .all) {
    (self.ratio, self.activation, self.nodes) = (ratio, activation, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(
      ratio: options.number("ratio"),
      activation: options.flag("activation"),
      nodes: options.nodes
    )
  }

  public var options: BoosterOptions {
    BoosterOptions().with("ratio", ratio).with("activation", activation).with("nodes", nodes)
  }

  /// Below so many channels a squeeze would mostly lose: the colours of a picture, for one.
  private static let leastChannels = 8

  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    guard site.op.groups == 1, site.op.window.kernelCount > 1,
      site.channels >= Self.leastChannels
    else { return nil }
    let narrow = max(1, Int((ratio * Double(site.channels)).rounded()))
    let area = site.op.window.kernelCount
    // Rows are filters and kernel positions, columns input channels.
    let old = site.weight
    let matrix = Matrix(rows: site.filters * area, columns: site.channels) { row, channel in
      Double(old.scalars[(row / area * site.channels + channel) * area + row % area])
    }
    let factors = LowRankFactors(matrix, rank: narrow)
    var squeeze = factors.right
    var expand = [Float](repeating: 0, count: site.filters * narrow * area)
    for row in 0..<factors.left.rows {
      for term in 0..<factors.left.columns {
        expand[(row / area * narrow + term) * area + row % area] = Float(factors.left[row, term])
      }
    }
    if squeeze.rows < narrow {
      squeeze = Matrix(rows: narrow, columns: site.channels) { row, column in
        row < factors.right.rows ? factors.right[row, column] : 0
      }
    }
    let name = "\(site.name)/reduce"
    var value = builder.convolution(
      name,
      Convolution(
        outputChannels: narrow,
        window: site.pointwise(),
        hasBias: activation && !site.style.isNormalized
      ),
      weight: squeeze.tensor(Shape([narrow, site.channels] + site.kernelSize.map { _ in 1 })),
      channels: site.channels,
      site.node.inputs[0]
    )
    if activation { value = builder.active(name, site.style, channels: narrow, value) }
    _ = builder.convolution(
      site.name,
      site.op,
      weight: Tensor(Shape([site.filters, narrow] + site.kernelSize), expand),
      bias: site.bias,
      channels: narrow,
      value,
      as: site.node
    )
    return NodeChange(
      site.node.name,
      activation ? .retrain : .approximate,
      error: factors.error
    )
  }
}
