import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Several small kernels one after the other in place of a large one that sees the same.
public struct FilterStacking: ConvolutionBooster {
  /// What takes the place of a kernel.
  public enum Form: String, Sendable, Hashable, CaseIterable {
    /// A chain of 3×3 kernels with activations between; the weights are drawn anew.
    case chain
    /// `k×1` and `1×k`, whose weights begin as the nearest product to the old ones.
    case asymmetric
  }

  public static let about = BoosterAbout(
    "filter-stacking",
    "Stacks small kernels: k×k becomes a chain of 3×3, or 3×3 becomes 3×1 and 1×3.",
    applies:
      "chain: undilated square kernels of odd size from 5; asymmetric: two-dimensional kernels above 1×1",
    saves: "chain: 5×5 → two 3×3 saves 25/18, 7×7 → three saves 49/27; asymmetric: 3×3 saves 9/6",
    fidelity: .retrain,
    source:
      "Simonyan and Zisserman, Very deep convolutional networks (2014), §2.3; Szegedy et al., "
      + "Rethinking the Inception architecture (2015), §3",
    options: [
      BoosterOption(
        "form",
        .word(Form.allCases.map(\.rawValue)),
        standard: "chain",
        "What is stacked."
      ),
      BoosterOption(
        "width",
        .number(0.01...4),
        standard: "1",
        "Channels between the kernels, over the filters of the last one."
      ),
      .seed, .nodes,
    ]
  )

  public var form: Form
  public var width: Double
  public var seed: UInt64
  public var nodes: NodePattern

  /// Creates the booster.
  public init(
    form: Form = .chain,
    width: Double = 1,
    seed: UInt64 = 1,
    nodes: NodePattern = .all
  ) {
    (self.form, self.width, self.seed, self.nodes) = (form, width, seed, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(
      form: options.word("form", Form.self),
      width: options.number("width"),
      seed: options.seed,
      nodes: options.nodes
    )
  }

  public var options: BoosterOptions {
    BoosterOptions().with("form", form.rawValue).with("width", width).with("seed", seed)
      .with("nodes", nodes)
  }

  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    guard site.op.groups == 1 else { return nil }
    let middle = max(1, Int((width * Double(site.filters)).rounded()))
    return form == .chain
      ? chain(site, middle, &builder) : asymmetric(site, middle, &builder)
  }

  /// `(k − 1) / 2` kernels of 3; the stride comes last, so that all see what the old kernel saw.
  private func chain(
    _ site: ConvolutionSite,
    _ middle: Int,
    _ builder: inout LayerBuilder
  ) -> NodeChange? {
    let size = site.kernelSize[0]
    guard size >= 5, size % 2 == 1, site.kernelSize.allSatisfy({ $0 == size }),
      site.op.window.dilation.allSatisfy({ $0 == 1 })
    else { return nil }
    let count = (size - 1) / 2
    let (begin, end) = site.padding
    var value = site.node.inputs[0]
    var channels = site.channels
    for layer in 0..<count {
      let isLast = layer == count - 1
      // The old padding is dealt out evenly, the first layers taking what is left over.
      func share(_ padding: [Int]) -> [Int] {
        padding.map { $0 / count + (layer < $0 % count ? 1 : 0) }
      }
      let window = SlidingWindow(
        kernelSize: site.kernelSize.map { _ in 3 },
        stride: isLast ? site.op.window.stride : nil,
        padding: .explicit(begin: share(begin), end: share(end))
      )
      let op = Convolution(
        outputChannels: isLast ? site.filters : middle,
        window: window,
        hasBias: isLast ? site.op.hasBias : !site.style.isNormalized
      )
      let name = isLast ? site.name : "\(site.name)/stack\(layer + 1)"
      value = builder.convolution(
        name,
        op,
        bias: isLast ? site.bias : nil,
        channels: channels,
        value,
        as: isLast ? site.node : nil
      )
      if !isLast { value = builder.active(name, site.style, channels: middle, value) }
      channels = middle
    }
    return NodeChange(site.node.name, .retrain)
  }

  /// `k×1` with the stride of rows, then `1×k` with that of columns, nothing between.
  private func asymmetric(
    _ site: ConvolutionSite,
    _ middle: Int,
    _ builder: inout LayerBuilder
  ) -> NodeChange? {
    guard site.kernelSize.count == 2, site.kernelSize.allSatisfy({ $0 > 1 }) else { return nil }
    guard let fit = SpatialFit(site, rank: middle, &builder) else { return nil }
    return NodeChange(site.node.name, .approximate, error: fit.error)
  }
}

/// Two convolutions, along columns and along rows, nearest to a two-dimensional one.
///
/// Source: Jaderberg, Vedaldi and Zisserman, "Speeding up convolutional neural networks with low rank
/// expansions" (2014), §2, scheme 2.
struct SpatialFit {
  let error: Double

  /// Adds both convolutions with `rank` channels between; `nil` for a kernel without two axes.
  init?(_ site: ConvolutionSite, rank: Int, _ builder: inout LayerBuilder) {
    guard site.kernelSize.count == 2, site.op.groups == 1 else { return nil }
    let (channels, filters) = (site.channels, site.filters)
    let (height, width) = (site.kernelSize[0], site.kernelSize[1])
    let old = site.weight
    // Rows are input channels and kernel rows, columns filters and kernel columns.
    let matrix = Matrix(rows: channels * height, columns: filters * width) { row, column in
      let (channel, y) = (row / height, row % height)
      let (filter, x) = (column / width, column % width)
      return Double(old.scalars[((filter * channels + channel) * height + y) * width + x])
    }
    let factors = LowRankFactors(matrix, rank: rank)
    let terms = factors.right.rows
    var first = [Float](repeating: 0, count: rank * channels * height)
    var second = [Float](repeating: 0, count: filters * rank * width)
    for term in 0..<terms {
      for row in 0..<channels * height {
        first[term * channels * height + row] = Float(factors.left[row, term])
      }
      for column in 0..<filters * width {
        second[(column / width * rank + term) * width + column % width] = Float(
          factors.right[term, column]
        )
      }
    }
    error = factors.error
    let (begin, end) = site.padding
    let window = site.op.window
    let rows = SlidingWindow(
      kernelSize: [height, 1],
      stride: [window.stride[0], 1],
      dilation: [window.dilation[0], 1],
      padding: .explicit(begin: [begin[0], 0], end: [end[0], 0])
    )
    let columns = SlidingWindow(
      kernelSize: [1, width],
      stride: [1, window.stride[1]],
      dilation: [1, window.dilation[1]],
      padding: .explicit(begin: [0, begin[1]], end: [0, end[1]])
    )
    let value = builder.convolution(
      "\(site.name)/vertical",
      Convolution(outputChannels: rank, window: rows, hasBias: false),
      weight: Tensor([rank, channels, height, 1], first),
      channels: channels,
      site.node.inputs[0]
    )
    _ = builder.convolution(
      site.name,
      Convolution(outputChannels: filters, window: columns, hasBias: site.op.hasBias),
      weight: Tensor([filters, rank, 1, width], second),
      bias: site.bias,
      channels: rank,
      value,
      as: site.node
    )
  }
}
