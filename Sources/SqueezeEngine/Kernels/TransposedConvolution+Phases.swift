import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Transposed convolution as one convolution per phase of the output, by register tiles.
///
/// Rows `s·t + r` of the output (`s` the stride, `r` the phase) see the taps `k` for which
/// `r + begin − k · dilation` is a multiple of `s`, at input row `t + (r + begin − k · dilation) / s`;
/// columns alike. So every phase is a convolution of stride 1 whose pixels lie `s` apart, and nothing
/// is multiplied that is not needed: a kernel of 2 with stride 2 costs four pointwise convolutions.
struct PhasedTransposedConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let phases: [Phase]
  private let stride: [Int]
  private let clip: SQClip
  private let table: KernelTable
  private let threadCount: Int
  private var bound: Bound?

  /// One residue of output rows and one of output columns.
  private struct Phase: Sendable {
    var row: Int
    var column: Int
    /// Where the taps lie relative to input pixel (t, u), row and column.
    var taps: [(row: Int, column: Int)]
    var weights: ConvolutionWeights
  }

  private struct Bound: Sendable {
    var input: Layout
    var output: Layout
    /// The offsets of the inputs of each phase, for each extent of its weights.
    var offsets: [[AlignedBuffer<Int>]]
    var partition: RowPartition
  }

  static func accepts(_ op: TransposedConvolution, _ site: Site) -> Bool {
    guard site.isFloat, site.isInhabited else { return false }
    let plan = PhasePlan(op, site)
    return plan.phaseCount <= maximumPhases && plan.hasModestHalo
  }

  /// Strides whose product is larger leave most phases without taps.
  private static let maximumPhases = 1024

  init(_ op: TransposedConvolution, _ site: Site) {
    let plan = PhasePlan(op, site)
    inputs = [.blocked(plan.halo)]
    let bias = op.hasBias ? site.parameters[1].scalars : nil
    let source = site.parameters[0].scalars
    let channels = plan.input[1]
    var phases: [Phase] = []
    for rows in plan.axes[0] {
      for columns in plan.axes[1] {
        let taps = rows.taps.flatMap { y in
          columns.taps.map { x in (index: y.index * plan.kernel[1] + x.index, y.offset, x.offset) }
        }
        let weights = ConvolutionWeights(
          weights: Self.transposed(
            source,
            channels: channels,
            outputsPerGroup: op.outputChannels / op.groups,
            groups: op.groups,
            kernelCount: plan.kernel[0] * plan.kernel[1],
            taps: taps.map(\.index)
          ),
          bias: bias,
          inputChannels: channels,
          outputChannels: op.outputChannels,
          taps: taps.count,
          groups: op.groups,
          lanes: 16,
          widest: site.table.convolutionChannels
        )
        phases.append(
          Phase(
            row: rows.phase,
            column: columns.phase,
            taps: taps.map { ($0.1, $0.2) },
            weights: weights
          )
        )
      }
    }
    self.phases = phases
    stride = plan.stride
    clip = site.clip
    table = site.table
    threadCount = site.threadCount
  }

  /// Some taps of `[C, O/groups, taps]` weights as `[O, C/groups, taps]`.
  private static func transposed(
    _ source: [Float],
    channels: Int,
    outputsPerGroup: Int,
    groups: Int,
    kernelCount: Int,
    taps: [Int]
  ) -> [Float] {
    let perGroup = channels / groups
    var result = [Float](repeating: 0, count: groups * outputsPerGroup * perGroup * taps.count)
    var next = 0
    for group in 0..<groups {
      for output in 0..<outputsPerGroup {
        for input in group * perGroup..<(group + 1) * perGroup {
          for tap in taps {
            result[next] = source[(input * outputsPerGroup + output) * kernelCount + tap]
            next += 1
          }
        }
      }
    }
    return result
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let (input, output) = (inputs[0].layout, outputs[0].layout)
    let tiles = phases[0].weights.tiles
    bound = Bound(
      input: input,
      output: output,
      offsets: phases.map { phase in
        let taps = phase.taps.map { $0.row * input.rowStride + $0.column * 16 }
        return phase.weights.extents.map { $0.offsets(input, taps: taps) }
      },
      partition: RowPartition(
        images: output.batch,
        rows: (output.height + stride[0] - 1) / stride[0],
        tiles: tiles.count,
        bytesPerRow: input.planes * input.rowStride * 4,
        threads: threadCount
      )
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let (input, output) = (bound.input, bound.output)
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      for (phase, offsets) in zip(phases, bound.offsets) {
        let tile = phase.weights.tiles[part.tile]
        let rows = (output.height - phase.row + stride[0] - 1) / stride[0]
        let first = output.row(part.image, tile.firstChannel / 16, phase.row) + phase.column * 16
        var arguments = SQConvolution(
          input: run.memory + input.row(part.image, tile.firstPlane),
          inputPixelStride: 16,
          inputRowStride: input.rowStride,
          offsets: offsets[tile.extent].pointer,
          depth: tile.depth,
          weights: phase.weights.weights.pointer + tile.offset,
          bias: phase.weights.bias.pointer + tile.firstChannel,
          output: run.memory + first,
          outputPixelStride: stride[1] * 16,
          outputRowStride: stride[0] * output.rowStride,
          outputBlockStride: output.planeStride,
          width: (output.width - phase.column + stride[1] - 1) / stride[1],
          channels: tile.channels,
          residual: .none,
          clip: clip
        )
        table.convolve(&arguments, part.rows.lowerBound, min(part.rows.upperBound, rows))
      }
    }
  }
}

/// Which taps each phase of each axis sees.
struct PhasePlan {
  struct AxisPhase {
    var phase: Int
    /// Each tap's index in the kernel and its place relative to position `t` of the input.
    var taps: [(index: Int, offset: Int)]
  }

  var kernel: [Int]
  var stride: [Int]
  /// The sizes `[N, C, H, W]` of the input.
  var input: [Int]
  /// The phases of rows and of columns that the output has.
  private(set) var axes: [[AxisPhase]] = []
  private(set) var halo = Halo.none
  private let output: [Int]
  private let begin: [Int]
  private let dilation: [Int]

  init(_ op: TransposedConvolution, _ site: Site) {
    let window = op.window.planar
    (kernel, stride, dilation) = (window.kernelSize, window.stride, window.dilation)
    begin = op.window.rank == 1 ? [0] + op.cut.begin : op.cut.begin
    input = Layout.sizes(site.inputs[0].shape)
    output = Layout.sizes(site.outputs[0].shape)
    guard phaseCount <= 1 << 20, kernel[0] * kernel[1] <= 1 << 24 else { return }
    axes = [phases(0), phases(1)]
    halo = Halo(top: before(0), left: before(1), bottom: after(0), right: after(1))
  }

  /// The number of phases of the output.
  var phaseCount: Int { min(stride[0], output[2]) * min(stride[1], output[3]) }

  private func phases(_ axis: Int) -> [AxisPhase] {
    (0..<min(stride[axis], output[2 + axis])).map { phase in
      let taps = (0..<kernel[axis]).compactMap { tap -> (index: Int, offset: Int)? in
        let distance = phase + begin[axis] - tap * dilation[axis]
        return distance % stride[axis] == 0 ? (tap, distance / stride[axis]) : nil
      }
      return AxisPhase(phase: phase, taps: taps)
    }
  }

  private func before(_ axis: Int) -> Int {
    max(0, -(axes[axis].flatMap { $0.taps.map(\.offset) }.min() ?? 0))
  }

  private func after(_ axis: Int) -> Int {
    let reach = axes[axis].flatMap { phase in
      let last = (output[2 + axis] - 1 - phase.phase) / stride[axis]
      return phase.taps.map { last + $0.offset - (input[2 + axis] - 1) }
    }
    return max(0, reach.max() ?? 0)
  }

  /// Whether the input with its halo stays near the size of the input itself.
  var hasModestHalo: Bool {
    guard !axes.isEmpty else { return false }
    let (height, width) = (input[2], input[3])
    let padded = (height + halo.top + halo.bottom) * (width + halo.left + halo.right)
    return padded <= 64 * height * width + (1 << 16)
  }
}
