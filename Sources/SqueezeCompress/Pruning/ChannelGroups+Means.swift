public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
public import SqueezeTensor

extension ChannelGroups {
  /// The model with the means of some channels moved into the biases of the layers that read them.
  ///
  /// A channel that is removed takes its mean along; a layer behind it then misses
  /// `Σ_c E[x_c] · Σ_k w[o, c, k]` in output channel `o`. Added to its bias before the channels go, only the
  /// channels' variation is lost: what a network without training data can do for itself. Where a channel
  /// is constant and nothing is padded, nothing is lost at all.
  ///
  /// Source: Molchanov et al., "Pruning Convolutional Neural Networks for Resource Efficient Inference"
  /// (2017), and Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction"
  /// (2019), §4.2, on errors of the mean.
  ///
  /// - Parameters:
  ///   - sets: the sets that will be removed.
  ///   - model: the model that the groups were found in.
  ///   - inputs: what means are taken over, at least one; each a tensor for every input.
  ///   - run: runs a model on one of them.
  /// - Returns: a model for ``removing(_:from:)`` of the model's new groups; layers may have gained a bias.
  /// - Throws: ``PruningError`` without inputs, and what `run` throws.
  public func movingMeans(
    of sets: [ChannelSet],
    in model: Model,
    calibratedOn inputs: [[String: Tensor]],
    using run: ModelRun
  ) throws -> Model {
    guard !inputs.isEmpty else {
      throw PruningError("means of channels", expected: "at least one input", actual: "none")
    }
    var gone: [Int: [Int]] = [:]
    for set in sets { forEachChannel(of: set) { gone[$0, default: []].append($1) } }
    let readers = model.nodes.indices.filter { position in
      let node = model.nodes[position]
      let specs = inference.inputs(of: node)
      let isDepthwise = node.channelBlocks > 1 && specs[0].shape[1] == node.channelBlocks
      return node.mixesChannels(for: specs) && !isDepthwise
        && positions[node.inputs[0]].map { gone[$0] != nil } == true
    }
    let names = Set(readers.map { model.nodes[$0].inputs[0] })
    let means = try means(of: names, in: model, inputs, run)
    var result = model
    for position in readers {
      let node = model.nodes[position]
      guard let value = positions[node.inputs[0]], let mean = means[node.inputs[0]],
        let weight = model.parameter("weight", of: node)?.decoded()
      else { continue }
      var inMean = [Double](repeating: 0, count: mean.count)
      for channel in gone[value] ?? [] { inMean[channel] = mean[channel] }
      let shift = shift(node, weight, inMean)
      let key = Model.key(node.name, "bias")
      let bias = model.parameters[key]?.decoded().scalars ?? shift.map { _ in 0 }
      result.parameters[key] = Dense(
        Tensor([bias.count], zip(bias, shift).map { Float(Double($0) + $1) })
      )
      result.nodes[position].op = Self.withBias(node.op)
    }
    return result
  }

  /// The mean of every channel of some values over all inputs and positions.
  private func means(
    of names: Set<String>,
    in model: Model,
    _ inputs: [[String: Tensor]],
    _ run: ModelRun
  ) throws -> [String: [Double]] {
    var observed = model
    let given = Set(model.inputs.map(\.name))
    observed.outputs = names.subtracting(given).sorted()
    var sums: [String: [Double]] = [:]
    var counts: [String: Int] = [:]
    for sample in inputs {
      var values = sample
      if !observed.outputs.isEmpty { values.merge(try run(observed, sample)) { $1 } }
      for name in names {
        guard let tensor = values[name] else { continue }
        let (channels, inner) = (tensor.shape[1], tensor.shape.count(from: 2))
        var list = sums[name] ?? [Double](repeating: 0, count: channels)
        for row in 0..<tensor.shape[0] * channels {
          for i in row * inner..<(row + 1) * inner {
            list[row % channels] += Double(tensor.scalars[i])
          }
        }
        sums[name] = list
        counts[name, default: 0] += tensor.shape[0] * inner
      }
    }
    for (name, count) in counts { sums[name] = sums[name]?.map { $0 / Double(max(1, count)) } }
    return sums
  }

  /// What channels with certain means add to each output channel.
  private func shift(_ node: Node, _ weight: Tensor, _ mean: [Double]) -> [Double] {
    let (rows, columns, inner) = (weight.shape[0], weight.shape[1], weight.shape.count(from: 2))
    let groups = node.channelBlocks
    let rowsPerGroup = rows / groups
    let transposed = node.op as? TransposedConvolution
    // An output of a transposed convolution sees one kernel position of each stride.
    let share = 1 / Double(transposed?.window.stride.reduce(1, *) ?? 1)
    var shift = [Double](repeating: 0, count: transposed == nil ? rows : columns * groups)
    for row in 0..<rows {
      for column in 0..<columns {
        let other = row / rowsPerGroup * columns + column
        let (input, output) = transposed == nil ? (other, row) : (row, other)
        guard mean[input] != 0 else { continue }
        let first = (row * columns + column) * inner
        let taps = weight.scalars[first..<first + inner].reduce(0.0) { $0 + Double($1) }
        shift[output] += mean[input] * taps * share
      }
    }
    return shift
  }

  private static func withBias(_ op: any Operator) -> any Operator {
    switch op {
    case var op as Convolution:
      op.hasBias = true
      return op
    case var op as TransposedConvolution:
      op.hasBias = true
      return op
    case var op as FullyConnected:
      op.hasBias = true
      return op
    default: return op
    }
  }
}

extension StructuredPruning {
  /// The smaller model with the means of what was removed moved into biases, and what was removed.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - inputs: what means are taken over, such as a few dozen images without labels.
  ///   - run: runs a model on one of them.
  ///   - shapes: the shapes of inputs whose sizes are open beyond the batch.
  /// - Returns: the model, and a report on every group.
  /// - Throws: as ``prune(_:shapes:)`` and ``ChannelGroups/movingMeans(of:in:calibratedOn:using:)``.
  public func prune(
    _ model: Model,
    calibratedOn inputs: [[String: Tensor]],
    using run: ModelRun,
    shapes: [String: Shape] = [:]
  ) throws -> (model: Model, report: StructuredPruningReport) {
    let groups = try ChannelGroups(of: model, shapes: shapes)
    let sets = try sets(of: model, groups)
    let moved = try groups.movingMeans(of: sets, in: model, calibratedOn: inputs, using: run)
    // The graph and its values are the same, so the sets are too.
    let small = try ChannelGroups(of: moved, shapes: shapes).removing(sets, from: moved)
    return (small, try prune(model, shapes: shapes).report)
  }
}
