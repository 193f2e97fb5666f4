import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An operator that gives each channel `y = slope · x + offset` of its own.
protocol ChannelOperator: Operator {
  /// The formula, or `nil` where the parameters say something else.
  func channelFormula(_ input: Shape, _ parameters: [Tensor]) -> ChannelFormula?
}

/// Slopes for positive and negative numbers and offsets, channel by channel.
struct ChannelFormula: Sendable {
  var slopes: [Float]
  var negativeSlopes: [Float]
  var offsets: [Float]
}

extension ChannelFormula {
  /// For each block of 16 channels 16 slopes, 16 slopes of negative numbers and 16 offsets.
  func packed() -> AlignedBuffer<Float> {
    let packed = AlignedBuffer<Float>(count: (slopes.count + 15) / 16 * 48)
    for channel in slopes.indices {
      let target = packed.pointer + channel / 16 * 48 + channel % 16
      target[0] = slopes[channel]
      target[16] = negativeSlopes[channel]
      target[32] = offsets[channel]
    }
    return packed
  }
}

extension BatchNormalization: ChannelOperator {
  func channelFormula(_ input: Shape, _ parameters: [Tensor]) -> ChannelFormula? {
    guard parameters.count == 4 else { return nil }
    let (scale, bias) = (parameters[0].scalars, parameters[1].scalars)
    let (mean, variance) = (parameters[2].scalars, parameters[3].scalars)
    var formula = ChannelFormula(slopes: [], negativeSlopes: [], offsets: [])
    for channel in scale.indices {
      let slope =
        Double(scale[channel]) / (Double(variance[channel]) + Double(epsilon)).squareRoot()
      formula.slopes.append(Float(slope))
      formula.offsets.append(Float(Double(bias[channel]) - Double(mean[channel]) * slope))
    }
    formula.negativeSlopes = formula.slopes
    return formula
  }
}

extension PReLU: ChannelOperator {
  func channelFormula(_ input: Shape, _ parameters: [Tensor]) -> ChannelFormula? {
    let channels = input[1]
    let ones = [Int](repeating: 1, count: input.rank - 2)
    let slopes = parameters[0].scalars
    let isPerChannel = [Shape([channels] + ones), Shape([1, channels] + ones)].contains(slopeShape)
    guard slopes.count == 1 || isPerChannel else { return nil }
    return ChannelFormula(
      slopes: [Float](repeating: 1, count: channels),
      negativeSlopes: slopes.count == 1
        ? [Float](repeating: slopes[0], count: channels) : slopes,
      offsets: [Float](repeating: 0, count: channels)
    )
  }
}

/// A formula per channel on blocks of 16 channels.
struct BlockedChannels<Op: ChannelOperator>: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  /// For each block 16 slopes, 16 slopes of negative numbers and 16 offsets.
  private let tables: AlignedBuffer<Float>
  private let clip: SQClip
  private let table: KernelTable
  private var places: (input: Layout, output: Layout)?

  static var title: String { "BlockedChannels" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    let shape = site.inputs[0].shape
    return site.isFloat && site.isInhabited && (2...4).contains(shape.rank)
      && op.channelFormula(shape, site.parameters) != nil
  }

  init(_ op: Op, _ site: Site) {
    let shape = site.inputs[0].shape
    tables =
      op.channelFormula(shape, site.parameters)?.packed()
      ?? AlignedBuffer(count: (shape[1] + 15) / 16 * 48)
    clip = site.clip
    table = site.table
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, block) = (item / input.planes, item % input.planes)
      let formula = tables.pointer + block * 48
      for row in 0..<input.height {
        table.applyChannels(
          formula,
          formula + 16,
          formula + 32,
          clip,
          run.memory + input.row(image, block, row),
          run.memory + output.row(image, block, row),
          input.width
        )
      }
    }
  }
}
