import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A Fire module in place of a convolution: a 1×1 squeeze layer, then 1×1 and 3×3 expand layers side by side.
public struct FireModule: ConvolutionBooster {
  public static let about = BoosterAbout(
    "fire-module",
    "Makes a convolution a Fire module: squeeze by 1×1, expand by 1×1 and 3×3 side by side.",
    applies:
      "undilated convolutions of one group with square odd kernels from 3, padded by half, with at "
      + "least 8 input channels",
    saves:
      "C·O·k² weights become s·(C + O·(1 + 8·q)), s the squeezed channels and q the share of 3×3",
    fidelity: .retrain,
    source: "Iandola et al., SqueezeNet (2016), §3.2",
    options: [
      BoosterOption(
        "squeeze",
        .number(0.001...1),
        standard: "0.125",
        "Squeezed channels over the filters of the module; the paper's ratio."
      ),
      BoosterOption(
        "share",
        .number(0...1),
        standard: "0.5",
        "The share of 3×3 filters among those that expand."
      ),
      .seed, .nodes,
    ]
  )

  public var squeeze: Double
  public var share: Double
  public var seed: UInt64
  public var nodes: NodePattern

  /// Creates the booster.
  public init(
    squeeze: Double = 0.125,
    share: Double = 0.5,
    seed: UInt64 = 1,
    nodes: NodePattern = .all
  ) {
    (self.squeeze, self.share, self.seed, self.nodes) = (squeeze, share, seed, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(
      squeeze: options.number("squeeze"),
      share: options.number("share"),
      seed: options.seed,
      nodes: options.nodes
    )
  }

  public var options: BoosterOptions {
    BoosterOptions().with("squeeze", squeeze).with("share", share).with("seed", seed)
      .with("nodes", nodes)
  }

  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    let (begin, end) = site.padding
    guard site.op.groups == 1, site.channels >= 8,
      site.kernelSize.allSatisfy({ $0 >= 3 && $0 % 2 == 1 }),
      site.op.window.dilation.allSatisfy({ $0 == 1 }),
      zip(site.kernelSize, zip(begin, end)).allSatisfy({ size, padding in
        min(padding.0, padding.1) >= size / 2
      })
    else { return nil }
    let narrow = max(1, Int((squeeze * Double(site.filters)).rounded()))
    let three = Int((share * Double(site.filters)).rounded())
    let hasBias = !site.style.isNormalized
    let name = "\(site.name)/squeeze1x1"
    let sums = builder.convolution(
      name,
      Convolution(outputChannels: narrow, window: site.pointwise(), hasBias: hasBias),
      channels: site.channels,
      site.node.inputs[0]
    )
    let squeezed = builder.active(name, site.style, channels: narrow, sums)
    var parts: [String] = []
    for (size, filters) in [(1, site.filters - three), (3, three)] where filters > 0 {
      // The output keeps the size that the old kernel gave.
      func padding(_ old: [Int]) -> [Int] {
        zip(old, site.kernelSize).map { $0 - $1 / 2 + size / 2 }
      }
      let window = SlidingWindow(
        kernelSize: site.kernelSize.map { _ in size },
        stride: site.op.window.stride,
        padding: .explicit(begin: padding(begin), end: padding(end))
      )
      parts.append(
        builder.convolution(
          "\(site.name)/expand\(size)x\(size)",
          Convolution(outputChannels: filters, window: window, hasBias: site.op.hasBias),
          channels: narrow,
          squeezed
        )
      )
    }
    builder.finish("\(site.name)/concat", Concatenate(axis: 1), parts, for: site.node)
    return NodeChange(site.node.name, .retrain)
  }
}
