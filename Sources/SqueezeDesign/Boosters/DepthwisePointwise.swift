import SqueezeOperators
import SqueezeParameters
package import SqueezeTensor

/// A depthwise convolution and a pointwise one in place of a full one.
///
/// The weights of each input channel, a matrix of filters by kernel positions, become the product of
/// vectors nearest to it: one kernel per channel, and how much of it each filter takes. With as many kernels
/// per channel as a kernel has positions the function is kept.
public struct DepthwisePointwise: ConvolutionBooster {
  public static let about = BoosterAbout(
    "depthwise-pointwise",
    "Filters every channel by itself, then mixes channels by 1×1.",
    applies: "convolutions of one group with kernels above 1×1",
    saves:
      "about a factor k² for many filters: 1 / (1/O + 1/k²), with O filters and k×k kernels; the "
      + "depthwise part alone has C times fewer weights",
    fidelity: .approximate,
    source:
      "Howard et al., MobileNets (2017), §3.1; Guo et al., Network decoupling (2018), §3.2, for the fit",
    options: [
      BoosterOption(
        "kernels",
        .integer(1...1024),
        standard: "1",
        "Depthwise kernels for each channel; more keep more of the function."
      ),
      BoosterOption(
        "activation",
        .flag,
        standard: "false",
        "Whether normalization and activation stand between both, as in MobileNet; then train again."
      ),
      .nodes,
    ]
  )

  public var kernels: Int
  public var activation: Bool
  public var nodes: NodePattern

  /// Creates the booster.
  public init(kernels: Int = 1, activation: Bool = false, nodes: NodePattern = .all) {
    (self.kernels, self.activation, self.nodes) = (kernels, activation, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(
      kernels: options.integer("kernels"),
      activation: options.flag("activation"),
      nodes: options.nodes
    )
  }

  public var options: BoosterOptions {
    BoosterOptions().with("kernels", kernels).with("activation", activation).with("nodes", nodes)
  }

  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    guard site.op.groups == 1, site.op.window.kernelCount > 1 else { return nil }
    let fit = SeparableFit(site.weight, kernels: min(kernels, site.op.window.kernelCount))
    let middle = site.channels * fit.kernels
    let filtered = builder.convolution(
      "\(site.name)/depthwise",
      Convolution(
        outputChannels: middle,
        window: site.op.window,
        groups: site.channels,
        hasBias: activation && !site.style.isNormalized
      ),
      weight: fit.depthwise,
      channels: site.channels,
      site.node.inputs[0]
    )
    let active =
      activation
      ? builder.active("\(site.name)/depthwise", site.style, channels: middle, filtered) : filtered
    _ = builder.convolution(
      site.name,
      Convolution(
        outputChannels: site.filters,
        window: site.pointwise(),
        hasBias: site.op.hasBias
      ),
      weight: fit.pointwise,
      bias: site.bias,
      channels: middle,
      active,
      as: site.node
    )
    return NodeChange(site.node.name, activation ? .retrain : .approximate, error: fit.error)
  }
}

/// The depthwise and pointwise weights nearest to a convolution's.
package struct SeparableFit {
  let kernels: Int
  /// `[C · kernels, 1, …]`.
  let depthwise: Tensor
  /// `[O, C · kernels, 1, …]`.
  let pointwise: Tensor
  package let error: Double

  /// Fits a weight `[O, C, …]`.
  package init(_ weight: Tensor, kernels: Int) {
    let (filters, channels) = (weight.shape[0], weight.shape[1])
    let area = weight.shape.count(from: 2)
    let count = min(kernels, filters, area)
    var depth = [Float](repeating: 0, count: channels * count * area)
    var point = [Float](repeating: 0, count: filters * channels * count)
    var (dropped, total) = (0.0, 0.0)
    for channel in 0..<channels {
      let matrix = Matrix(rows: filters, columns: area) { filter, position in
        Double(weight.scalars[(filter * channels + channel) * area + position])
      }
      let factors = LowRankFactors(matrix, rank: count)
      dropped += factors.squaredError
      total += factors.squaredNorm
      for term in 0..<count {
        let slot = channel * count + term
        for position in 0..<area {
          depth[slot * area + position] = Float(factors.right[term, position])
        }
        for filter in 0..<filters {
          point[filter * channels * count + slot] = Float(factors.left[filter, term])
        }
      }
    }
    let spatial = weight.shape.dimensions[2...]
    self.kernels = count
    depthwise = Tensor(Shape([channels * count, 1] + spatial), depth)
    pointwise = Tensor(Shape([filters, channels * count] + spatial.map { _ in 1 }), point)
    error = WeightFit.error(dropped: dropped, of: total)
  }
}
