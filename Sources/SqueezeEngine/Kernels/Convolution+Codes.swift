import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Convolution over small maps that reads its weights as the model keeps them: integers of up to 8 bits,
/// signs, or indices into a codebook of up to 64 numbers.
///
/// Where a weight meets a few pixels only, the time of a convolution is that of reading weights, and a code is a
/// quarter or an eighth of a float.
struct CodedConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let geometry: WindowGeometry
  private let tiles: [ConvolutionWeights.Tile]
  private let extents: [ConvolutionWeights.Extent]
  /// For each tile, input channel block by block and tap by tap, the codes of 32 output channels.
  private let codes: AlignedBuffer<UInt8>
  private let numbers: CodeNumbers
  private let table: KernelTable
  private let clip: SQClip
  private let threadCount: Int
  private var bound: Bound?

  private struct Bound {
    var input: TapTable
    var output: Layout
    var residual: Layout?
    var partition: RowPartition
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    guard site.prologue == nil, site.writesItsOutput, site.isFloat, site.isInhabited,
      site.precision == .float32, site.table.instructionSet >= .v4, op.groups == 1,
      let rows = site.rowsOfCodes
    else { return false }
    let geometry = WindowGeometry(op, site)
    return geometry.input[1] >= 16 && !site.forms.contains(.scattered) && geometry.hasModestHalo
      && SparseEstimate.favoursCodes(rows, geometry, outputs: op.outputChannels)
      && site.weightCodes != nil
  }

  init(_ op: Convolution, _ site: Site) {
    guard let weights = site.weightCodes else { preconditionFailure("a layer without codes") }
    geometry = WindowGeometry(op, site)
    inputs = [.blocked(geometry.halo)] + (site.addsResidual ? [.blocked] : [])
    let outputs = op.outputChannels
    (tiles, extents) = ConvolutionWeights.tiles(
      geometry.input[1],
      outputs,
      geometry.taps,
      1,
      16,
      32,
      false
    )
    numbers = CodeNumbers(
      weights,
      outputs: outputs,
      bias: op.hasBias ? site.parameters[1].scalars : nil
    )
    codes = AlignedBuffer(count: tiles.count * tiles[0].depth * numbers.bytes)
    table = site.table
    clip = site.clip
    threadCount = site.threadCount
    pack(weights.codes, outputs: outputs)
  }

  /// Where the codes of a tile start.
  private func codes(of tile: ConvolutionWeights.Tile) -> UnsafeMutablePointer<UInt8> {
    codes.pointer + tile.firstChannel / 32 * tile.depth * numbers.bytes
  }

  /// Brings `[O, I, taps]` into the order in which tiles read.
  private func pack(_ source: [UInt8], outputs: Int) {
    let (channels, taps) = (geometry.input[1], geometry.taps)
    for tile in tiles {
      let target = codes(of: tile)
      for output in tile.firstChannel..<min(tile.firstChannel + tile.channels, outputs) {
        let lane = output - tile.firstChannel
        for input in 0..<channels {
          let block = input / 16
          let length = block < tile.fullPlanes ? 16 : tile.tailChannels
          for tap in 0..<taps {
            let code = source[(output * channels + input) * taps + tap]
            let k = block * taps * 16 + tap * length + input % 16
            numbers.put(code, lane, target + k * numbers.bytes)
          }
        }
      }
    }
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let output = outputs[0].layout
    let input = TapTable(inputs[0].layout, geometry, extents)
    bound = Bound(
      input: input,
      output: output,
      residual: inputs.count > 1 ? inputs[1].layout : nil,
      partition: RowPartition(
        images: output.batch,
        rows: output.height,
        tiles: tiles.count,
        bytesPerRow: input.bytesPerRow * geometry.stride[0],
        threads: threadCount
      )
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      let tile = tiles[part.tile]
      let block = tile.firstChannel / 16
      var arguments = SQCodeConvolution(
        kind: numbers.kind,
        base: SQConvolution(
          input: run.memory + bound.input.start(part.image, plane: 0),
          inputPixelStride: bound.input.pixelStride,
          inputRowStride: bound.input.rowStride,
          offsets: bound.input.offsets(part.image, tile),
          depth: tile.depth,
          weights: numbers.lookUp.pointer,
          bias: numbers.bias.pointer + tile.firstChannel,
          output: run.memory + bound.output.row(part.image, block),
          outputPixelStride: 16,
          outputRowStride: bound.output.rowStride,
          outputBlockStride: bound.output.planeStride,
          width: geometry.output[3],
          channels: tile.channels,
          residual: SQResidual(bound.residual, run, part.image, block),
          clip: clip
        ),
        codes: codes(of: tile),
        scales: numbers.scales.pointer + tile.firstChannel
      )
      table.convolveCodes(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
