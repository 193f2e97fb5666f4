public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A part of the filters made 1×1.
///
/// The convolution becomes two side by side, one of 1×1 filters and one of the others. The channels then come
/// in another order, which the weights of the next layers take on; only where that is not possible (a sum of
/// several values, say) are channels moved when the network runs.
public struct KernelReduction: ConvolutionBooster {
  /// How filters are chosen.
  public enum Choice: String, Sendable, Hashable, CaseIterable {
    /// By chance.
    case random
    /// Those whose centre holds the largest share of their energy `Σ w²`, so that least is lost.
    case energy
    /// The first ones.
    case position
  }

  public static let about = BoosterAbout(
    "kernel-reduction",
    "Makes a part of the filters 1×1, which keep the centre of their kernels.",
    applies:
      "undilated convolutions of one group with odd kernels above 1×1, padded by at least half a kernel",
    saves: "k² / (p + (1 − p)·k²) for the fraction p; half of 3×3 filters: 1.8",
    fidelity: .retrain,
    source: "Iandola et al., SqueezeNet (2016), §3.1, strategy 1",
    options: [
      BoosterOption("fraction", .number(0...1), standard: "0.5", "The part of the filters, p."),
      BoosterOption(
        "by",
        .word(Choice.allCases.map(\.rawValue)),
        standard: "energy",
        "How filters are chosen."
      ),
      .seed, .nodes,
    ]
  )

  public var fraction: Double
  public var choice: Choice
  public var seed: UInt64
  public var nodes: NodePattern

  /// Creates the booster.
  public init(
    fraction: Double = 0.5,
    by choice: Choice = .energy,
    seed: UInt64 = 1,
    nodes: NodePattern = .all
  ) {
    (self.fraction, self.choice, self.seed, self.nodes) = (fraction, choice, seed, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(
      fraction: options.number("fraction"),
      by: options.word("by", Choice.self),
      seed: options.seed,
      nodes: options.nodes
    )
  }

  public var options: BoosterOptions {
    BoosterOptions().with("fraction", fraction).with("by", choice.rawValue).with("seed", seed)
      .with("nodes", nodes)
  }

  public func boosted(_ model: Model) throws -> Boosted {
    var (boosted, sites) = try replacingConvolutions(model)
    for site in sites {
      let parts = parts(of: site)
      try boosted.model.reorderUsers(of: site.node.outputs[0], parts.small + parts.large)
    }
    _ = try boosted.model.infer()
    return boosted
  }

  /// The filters that become 1×1, and the others, each in ascending order.
  private func parts(of site: ConvolutionSite) -> (small: [Int], large: [Int]) {
    let count = Int((fraction * Double(site.filters)).rounded())
    var order = Array(0..<site.filters)
    switch choice {
    case .position: break
    case .random:
      // Two layers of one shape choose different filters.
      var random = SeededGenerator(seed: seed)
      for byte in site.node.name.utf8 {
        random = SeededGenerator(seed: random.next() &+ UInt64(byte))
      }
      order.shuffle(using: &random)
    case .energy:
      let weight = site.weight
      let centre = centre(of: site)
      let (area, size) = (site.op.window.kernelCount, weight.shape.count(from: 1))
      let losses = order.map { filter in
        var (lost, total) = (0.0, 0.0)
        for i in 0..<size {
          let value = Double(weight.scalars[filter * size + i])
          total += value * value
          if i % area != centre { lost += value * value }
        }
        return total > 0 ? lost / total : 0
      }
      order.sort { losses[$0] == losses[$1] ? $0 < $1 : losses[$0] < losses[$1] }
    }
    return (order.prefix(count).sorted(), order.dropFirst(count).sorted())
  }

  /// The index of a kernel's middle position.
  private func centre(of site: ConvolutionSite) -> Int {
    site.kernelSize.reduce(0) { $0 * $1 + $1 / 2 }
  }

  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    let (begin, end) = site.padding
    guard site.op.groups == 1, site.op.window.kernelCount > 1,
      site.kernelSize.allSatisfy({ $0 % 2 == 1 }),
      site.op.window.dilation.allSatisfy({ $0 == 1 }),
      zip(site.kernelSize, zip(begin, end)).allSatisfy({ size, padding in
        min(padding.0, padding.1) >= size / 2
      })
    else { return nil }
    let (small, large) = parts(of: site)
    guard !small.isEmpty else { return nil }
    let old = site.weight
    let (area, centre) = (site.op.window.kernelCount, centre(of: site))
    let chosen = old.selecting(small, axis: 0)
    let point = Tensor(
      Shape([small.count, site.channels] + site.kernelSize.map { _ in 1 }),
      stride(from: centre, to: chosen.count, by: area).map { chosen.scalars[$0] }
    )
    var window = site.pointwise(strided: true)
    window.padding = .explicit(
      begin: zip(begin, site.kernelSize).map { $0 - $1 / 2 },
      end: zip(end, site.kernelSize).map { $0 - $1 / 2 }
    )
    func bias(_ filters: [Int]) -> (any ParameterEncoding)? {
      site.bias.map { Dense($0.decoded().selecting(filters, axis: 0)) }
    }
    let input = site.node.inputs[0]
    let error = WeightFit.error(
      dropped: WeightFit.squaredNorm(chosen) - WeightFit.squaredNorm(point),
      of: WeightFit.squaredNorm(old)
    )
    let isWhole = large.isEmpty
    let pointwise = Convolution(
      outputChannels: small.count,
      window: window,
      hasBias: site.op.hasBias
    )
    let one = builder.convolution(
      "\(site.name)/1x1",
      pointwise,
      weight: point,
      bias: bias(small),
      channels: site.channels,
      input,
      as: isWhole ? site.node : nil
    )
    if !isWhole {
      var rest = site.op
      rest.outputChannels = large.count
      let size = site.kernelSize.map(String.init).joined(separator: "x")
      let other = builder.convolution(
        "\(site.name)/\(size)",
        rest,
        weight: old.selecting(large, axis: 0),
        bias: bias(large),
        channels: site.channels,
        input
      )
      builder.finish("\(site.name)/concat", Concatenate(axis: 1), [one, other], for: site.node)
    }
    return NodeChange(site.node.name, .retrain, error: error)
  }
}
