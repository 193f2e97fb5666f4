import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An operator that moves channels into blocks of pixels or back.
protocol PixelShuffle: Operator {
  /// The parts the output is made of.
  func parts(_ input: Shape) -> [ShuffledPart]
}

/// Pixels of the output that lie `step` apart, and where their channels come from.
struct ShuffledPart: Sendable {
  /// The first row and column of the output.
  var row: Int
  var column: Int
  /// From one row or column of the part to the next, in the output and in the input.
  var outputStep: Int
  var inputStep: Int
  var programs: [LaneProgram]
}

extension DepthToSpace: PixelShuffle {
  func parts(_ input: Shape) -> [ShuffledPart] {
    let channels = input[1] / (blockSize * blockSize)
    return (0..<blockSize * blockSize).map { phase in
      let sources = (0..<channels).map { channel in
        order == .depthFirst
          ? phase * channels + channel : channel * blockSize * blockSize + phase
      }
      return ShuffledPart(
        row: phase / blockSize,
        column: phase % blockSize,
        outputStep: blockSize,
        inputStep: 1,
        programs: LaneProgram.programs(channels: sources)
      )
    }
  }
}

extension SpaceToDepth: PixelShuffle {
  func parts(_ input: Shape) -> [ShuffledPart] {
    let channels = input[1]
    let lanes = (0..<channels * blockSize * blockSize).map { output in
      let (phase, channel) = (output / channels, output % channels)
      let source = LaneProgram.Source(
        block: channel / 16,
        row: phase / blockSize,
        column: phase % blockSize
      )
      return (source: source, lane: channel % 16)
    }
    let programs = stride(from: 0, to: lanes.count, by: 16).map {
      LaneProgram(Array(lanes[$0..<min($0 + 16, lanes.count)]))
    }
    return [
      ShuffledPart(row: 0, column: 0, outputStep: 1, inputStep: blockSize, programs: programs)
    ]
  }
}

/// Channels and blocks of pixels exchanged, in blocks of 16 channels put together lane by lane.
struct BlockedPixelShuffle<Op: PixelShuffle>: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  private let parts: [ShuffledPart]
  /// Where the pixels of a row of each part lie in the input.
  private let offsets: [AlignedBuffer<Int>]
  private let kernels: ShapingKernels
  private let threadCount: Int
  private var places: (input: Layout, output: Layout)?

  static var title: String { "BlockedPixelShuffle" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    guard site.isFloat, site.isInhabited else { return false }
    let (input, output) = (site.inputs[0].shape, site.outputs[0].shape)
    // As many lanes as an input and an output of one pixel each have.
    return output[1] <= 1 << 16 && input[1] <= 1 << 16
  }

  init(_ op: Op, _ site: Site) {
    let output = site.outputs[0].shape
    parts = op.parts(site.inputs[0].shape)
    offsets = parts.map { part in
      let pixels = (output[3] - part.column + part.outputStep - 1) / part.outputStep
      return AlignedBuffer((0..<pixels).map { $0 * part.inputStep * 16 })
    }
    kernels = site.table.shaping
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    let partition = RowPartition(
      images: output.batch,
      rows: output.height / parts[0].outputStep,
      tiles: output.planes,
      bytesPerRow: 0,
      threads: threadCount
    )
    run.pool.forEach(partition.items) { item, _ in
      let piece = partition[item]
      for row in piece.rows {
        for (part, offsets) in zip(parts, offsets) {
          let target = output.row(piece.image, piece.tile, row * part.outputStep + part.row)
          part.programs[piece.tile].run(
            kernels,
            offsets: offsets.pointer,
            filler: 0,
            into: run.memory + target + part.column * 16,
            stride: part.outputStep * 16,
            pixels: offsets.count
          ) { source in
            let line = input.row(piece.image, source.block, row * part.inputStep + source.row)
            return UnsafePointer(run.memory + line + source.column * 16)
          }
        }
      }
    }
  }
}
