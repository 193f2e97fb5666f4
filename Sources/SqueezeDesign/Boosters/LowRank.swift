public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
package import SqueezeTensor

/// Thin layers one after the other whose product is near to one layer's weights.
public struct LowRank: Booster {
  /// Along which axes a weight is taken apart.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// `k×k` to `r` channels, then `1×1`; a fully connected layer becomes two.
    case channel
    /// `k×1` to `r` channels, then `1×k`.
    case spatial
    /// `1×1` to `r` channels, `k×k` to `r'`, then `1×1`.
    case tucker
  }

  public static let about = BoosterAbout(
    "low-rank",
    "Takes a layer's weights apart into thin layers whose product is nearest to them.",
    applies:
      "channel: convolutions of one group and fully connected layers; spatial: two-dimensional kernels "
      + "above 1×1; tucker: kernels above 1×1",
    saves: "the given factor: rank r of O×N weights needs r·(O + N)",
    fidelity: .approximate,
    source:
      "Eckart and Young (1936); Denton et al., Exploiting linear structure (2014); Jaderberg et al. (2014), "
      + "scheme 2; Kim et al., Compression of deep convolutional neural networks (2015), Tucker-2",
    options: [
      BoosterOption("method", .word(Method.allCases.map(\.rawValue)), standard: "channel", "How."),
      BoosterOption(
        "factor",
        .number(1...1_000_000),
        standard: "2",
        "How many times fewer weights; the rank follows."
      ),
      BoosterOption(
        "rank",
        .integer(0...65_536),
        standard: "0",
        "The rank itself, for all layers alike; 0 takes it from the factor."
      ),
      .nodes,
    ]
  )

  public var method: Method
  public var factor: Double
  public var rank: Int
  public var nodes: NodePattern

  /// Creates the booster.
  public init(
    method: Method = .channel,
    factor: Double = 2,
    rank: Int = 0,
    nodes: NodePattern = .all
  ) {
    (self.method, self.factor, self.rank, self.nodes) = (method, factor, rank, nodes)
  }

  public init(_ options: BoosterOptions) {
    self.init(
      method: options.word("method", Method.self),
      factor: options.number("factor"),
      rank: options.integer("rank"),
      nodes: options.nodes
    )
  }

  public var options: BoosterOptions {
    BoosterOptions().with("method", method.rawValue).with("factor", factor).with("rank", rank)
      .with("nodes", nodes)
  }

  public func boosted(_ model: Model) throws -> Boosted {
    let convolutions = LowRankConvolution(booster: self)
    guard method == .channel else { return try convolutions.boosted(model) }
    // Both kinds of layer; an error only where neither has any.
    let dense = try factoringFullyConnected(model)
    do {
      let both = try convolutions.boosted(dense.model)
      return Boosted(model: both.model, changes: dense.changes + both.changes)
    } catch let error as BoosterError {
      if dense.changes.isEmpty { throw error }
      return dense
    }
  }

  /// The rank at which `perRank` weights for each of its terms are `factor` times fewer than `weights`.
  func rank(_ weights: Int, perRank: Int, most: Int) -> Int {
    let wanted = rank > 0 ? rank : Int(Double(weights) / factor / Double(max(1, perRank)))
    return min(max(1, wanted), most)
  }

  /// Two fully connected layers in place of one.
  private func factoringFullyConnected(_ model: Model) throws -> Boosted {
    var result = model
    let inference = try model.infer()
    var taken = Set(inference.values.keys).union(model.nodes.map(\.name))
    var nodes: [Node] = []
    var changes: [NodeChange] = []
    for node in model.nodes {
      guard self.nodes.matches(node.name), let op = node.op as? FullyConnected,
        let weight = model.parameter("weight", of: node),
        let input = inference.inputs(of: node).first
      else {
        nodes.append(node)
        continue
      }
      let (filters, features) = (weight.shape[0], weight.shape[1])
      let rank = rank(
        weight.shape.count,
        perRank: filters + features,
        most: min(filters, features)
      )
      let thin = FullyConnected(outputFeatures: rank, hasBias: false)
      var builder = LayerBuilder(taken: taken, seed: 1)
      let middle = builder.add("\(node.name)/narrow", thin, node.inputs)
      _ = builder.add(node.name, op, [middle], as: node)
      guard try Cheaper.isCheaper(builder.nodes, than: node, given: input) else {
        nodes.append(node)
        continue
      }
      let factors = LowRankFactors(Matrix(weight.decoded(), rows: filters), rank: rank)
      result.parameters[Model.key(middle, "weight")] = Dense(
        factors.right.tensor([rank, features])
      )
      result.parameters[Model.key(node.name, "weight")] = Dense(
        factors.left.tensor([filters, rank])
      )
      nodes += builder.nodes
      taken.insert(middle)
      changes.append(NodeChange(node.name, .approximate, error: factors.error))
    }
    result.nodes = nodes
    return Boosted(model: result, changes: changes)
  }
}

/// ``LowRank`` for convolutions.
private struct LowRankConvolution: ConvolutionBooster {
  static let about = LowRank.about
  var booster: LowRank
  var nodes: NodePattern { booster.nodes }
  var options: BoosterOptions { booster.options }

  init(booster: LowRank) { self.booster = booster }
  init(_ options: BoosterOptions) { booster = LowRank(options) }

  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    guard site.op.groups == 1 else { return nil }
    switch booster.method {
    case .channel: return channel(site, &builder)
    case .spatial:
      guard site.kernelSize.count == 2, site.kernelSize.allSatisfy({ $0 > 1 }) else { return nil }
      let (height, width) = (site.kernelSize[0], site.kernelSize[1])
      let rank = booster.rank(
        site.channels * site.filters * height * width,
        perRank: site.channels * height + site.filters * width,
        most: min(site.channels * height, site.filters * width)
      )
      return SpatialFit(site, rank: rank, &builder).map {
        NodeChange(site.node.name, .approximate, error: $0.error)
      }
    case .tucker:
      guard site.op.window.kernelCount > 1 else { return nil }
      return tucker(site, &builder)
    }
  }

  /// `k×k` to few channels, then `1×1`.
  private func channel(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    let (filters, inputs) = (site.filters, site.channels * site.op.window.kernelCount)
    let rank = booster.rank(
      filters * inputs,
      perRank: filters + inputs,
      most: min(filters, inputs)
    )
    let factors = LowRankFactors(Matrix(site.weight, rows: filters), rank: rank)
    let value = builder.convolution(
      "\(site.name)/narrow",
      Convolution(outputChannels: rank, window: site.op.window, hasBias: false),
      weight: factors.right.tensor(Shape([rank, site.channels] + site.kernelSize)),
      channels: site.channels,
      site.node.inputs[0]
    )
    _ = builder.convolution(
      site.name,
      Convolution(outputChannels: filters, window: site.pointwise(), hasBias: site.op.hasBias),
      weight: factors.left.tensor(Shape([filters, rank] + site.kernelSize.map { _ in 1 })),
      bias: site.bias,
      channels: rank,
      value,
      as: site.node
    )
    return NodeChange(site.node.name, .approximate, error: factors.error)
  }

  /// `1×1`, a small `k×k`, and `1×1`: the main directions of inputs and of filters, and what is between them.
  private func tucker(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange? {
    let (filters, channels, area) = (site.filters, site.channels, site.op.window.kernelCount)
    let (inner, outer) = ranks(filters, channels, area)
    let fit = TuckerFit(site.weight, inner: inner, outer: outer)
    let ones = site.kernelSize.map { _ in 1 }
    var value = builder.convolution(
      "\(site.name)/narrow",
      Convolution(outputChannels: inner, window: site.pointwise(), hasBias: false),
      weight: fit.inputs.transposed.tensor(Shape([inner, channels] + ones)),
      channels: channels,
      site.node.inputs[0]
    )
    value = builder.convolution(
      "\(site.name)/core",
      Convolution(outputChannels: outer, window: site.op.window, hasBias: false),
      weight: fit.core.tensor(Shape([outer, inner] + site.kernelSize)),
      channels: inner,
      value
    )
    _ = builder.convolution(
      site.name,
      Convolution(outputChannels: filters, window: site.pointwise(), hasBias: site.op.hasBias),
      weight: fit.filters.tensor(Shape([filters, outer] + ones)),
      bias: site.bias,
      channels: outer,
      value,
      as: site.node
    )
    return NodeChange(site.node.name, .approximate, error: fit.error)
  }

  /// Ranks in proportion to the channels, `r = x·C` and `r' = x·O`, whose weights are `factor` times fewer:
  /// `x·(C² + O²) + x²·k²·C·O = k²·C·O / factor`.
  private func ranks(_ filters: Int, _ channels: Int, _ area: Int) -> (inner: Int, outer: Int) {
    if booster.rank > 0 { return (min(booster.rank, channels), min(booster.rank, filters)) }
    let (c, o) = (Double(channels), Double(filters))
    let (a, b) = (Double(area) * c * o, c * c + o * o)
    let x = (-b + (b * b + 4 * a * a / booster.factor).squareRoot()) / (2 * a)
    return (
      min(max(1, Int(x * c)), channels), min(max(1, Int(x * o)), filters)
    )
  }
}

/// The Tucker-2 form of a weight: `W[o, c, k] ≈ Σ F[o, q] · core[q, p, k] · I[c, p]`.
///
/// The directions are those of the two unfoldings, then each is renewed once given the other, after
/// De Lathauwer, De Moor and Vandewalle, "On the best rank-1 and rank-(R1, …, RN) approximation" (2000).
package struct TuckerFit {
  /// `[C, inner]` with orthonormal columns.
  let inputs: Matrix
  /// `[O, outer]` with orthonormal columns.
  let filters: Matrix
  /// `[outer, inner · area]`.
  let core: Matrix
  package let error: Double

  /// Fits a weight `[O, C, …]`.
  package init(_ weight: Tensor, inner: Int, outer: Int) {
    let (o, c) = (weight.shape[0], weight.shape[1])
    let area = weight.shape.count(from: 2)
    let total = WeightFit.squaredNorm(weight)
    let byFilter = Matrix(weight, rows: o)
    // `[O · area, C]`.
    let byChannel = Matrix(rows: o * area, columns: c) { row, channel in
      Double(weight.scalars[(row / area * c + channel) * area + row % area])
    }
    var inputs = Self.directions(ofColumnsOf: byChannel, inner)
    var filters = Matrix(zeros: 0, 0)
    var projected = Matrix(zeros: 0, 0)
    for _ in 0..<2 {
      // `[O · area, inner]`, read as `[O, area · inner]`.
      let narrow = byChannel.times(inputs)
      projected = Matrix(rows: o, columns: area * inner, values: narrow.values)
      filters = Self.directions(ofColumnsOf: projected.transposed, outer)
      let seen = filters.transposed.times(byFilter)
      inputs = Self.directions(
        ofColumnsOf: Matrix(rows: outer * area, columns: c) { row, channel in
          seen[row / area, channel * area + row % area]
        },
        inner
      )
    }
    let narrow = byChannel.times(inputs)
    projected = Matrix(rows: o, columns: area * inner, values: narrow.values)
    let mixed = filters.transposed.times(projected)
    self.inputs = inputs
    self.filters = filters
    core = Matrix(rows: outer, columns: inner * area) { row, column in
      mixed[row, column % area * inner + column / area]
    }
    error = WeightFit.error(dropped: total - core.squaredNorm, of: total)
  }

  /// `[columns, count]`: the main directions of a matrix's rows, filled up by zeros where it has fewer.
  private static func directions(ofColumnsOf a: Matrix, _ count: Int) -> Matrix {
    let found = SingularVectors(a, count: count).right
    guard found.columns < count else { return found }
    return Matrix(rows: found.rows, columns: count) { row, column in
      column < found.columns ? found[row, column] : 0
    }
  }
}
