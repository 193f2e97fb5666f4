import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Convolution of ±1 with ±1 by counting the bits that differ, then scale, bias, residual and clip.
///
/// A tap outside the image contributes 0, but the halo's bits are +1; what they contribute, the sum of
/// the tap's signs, is subtracted where a window leaves the image. Pixels whose windows have the same
/// taps inside share one table of such corrections.
struct BinaryConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let geometry: WindowGeometry
  private let weights: BinaryWeights
  /// `[kinds][O]`: the dot product if no bit differed.
  private let bases: AlignedBuffer<Int32>
  /// Where the numbers of each output pixel's kind start, `[H'][W']`.
  private let kinds: AlignedBuffer<Int>
  private let table: NarrowKernelTable
  private let clip: SQClip
  private let threadCount: Int
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var residual: Layout?
    var offsets: AlignedBuffer<Int>
    var partition: RowPartition
  }

  static func accepts(_ op: BinaryLayer, _ site: Site) -> Bool { true }

  init(_ op: BinaryLayer, _ site: Site) {
    geometry = WindowGeometry(
      op.real.window,
      input: site.inputs[0].shape,
      output: site.outputs[0].shape
    )
    inputs =
      [Demand(form: .bits, halo: geometry.halo)] + (site.addsResidual ? [.blocked] : [])
    weights = BinaryWeights(
      site.parameters[0],
      bias: op.real.hasBias ? site.parameters[1].scalars : nil,
      outputChannels: op.real.outputChannels,
      taps: geometry.taps,
      widest: site.table.convolutionChannels
    )
    (bases, kinds) = Self.corrections(geometry, weights)
    table = site.table.narrow
    clip = site.clip
    threadCount = site.threadCount
  }

  /// For every kind of output pixel, the channels of its taps inside the image less what the taps
  /// outside contribute; and the kind of every output pixel.
  private static func corrections(
    _ geometry: WindowGeometry,
    _ weights: BinaryWeights
  ) -> (bases: AlignedBuffer<Int32>, kinds: AlignedBuffer<Int>) {
    /// For each position along an axis, which taps lie inside.
    func inside(_ axis: Int) -> [[Bool]] {
      (0..<geometry.output[2 + axis]).map { position in
        (0..<geometry.kernel[axis]).map { tap in
          let place =
            position * geometry.stride[axis] + tap * geometry.dilation[axis] - geometry.begin[axis]
          return (0..<geometry.input[2 + axis]).contains(place)
        }
      }
    }
    let (rows, columns) = (inside(0), inside(1))
    let (rowKinds, columnKinds) = (Set(rows).map { $0 }, Set(columns).map { $0 })
    let places = (
      rows: Dictionary(uniqueKeysWithValues: zip(rowKinds, rowKinds.indices)),
      columns: Dictionary(uniqueKeysWithValues: zip(columnKinds, columnKinds.indices))
    )
    let width = weights.scales.count
    let bases = AlignedBuffer<Int32>(count: rowKinds.count * columnKinds.count * width)
    let channels = Int32(truncatingIfNeeded: geometry.input[1])
    for (i, row) in rowKinds.enumerated() {
      for (j, column) in columnKinds.enumerated() {
        let target = bases.pointer + (i * columnKinds.count + j) * width
        for tap in 0..<geometry.taps {
          let isInside = row[tap / geometry.kernel[1]] && column[tap % geometry.kernel[1]]
          for output in 0..<width {
            // Outside, bits of +1 count as channels − 2 · differences = Σ signs.
            target[output] += channels - (isInside ? 0 : weights.tapSums[tap][output])
          }
        }
      }
    }
    let kinds = rows.flatMap { row in
      columns.map { column in
        let kind = (places.rows[row] ?? 0) * columnKinds.count + (places.columns[column] ?? 0)
        return kind * width
      }
    }
    return (bases, AlignedBuffer(kinds))
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let (input, output) = (inputs[0].layout, outputs[0].layout)
    let offsets = geometry.tapOffsets(input).flatMap { tap in
      (0..<input.lanes).map { tap + $0 }
    }
    bound = Bound(
      input: input,
      output: output,
      residual: inputs.count > 1 ? inputs[1].layout : nil,
      offsets: AlignedBuffer(offsets),
      partition: RowPartition(
        images: output.batch,
        rows: output.height,
        tiles: weights.tiles.count,
        bytesPerRow: input.rowStride * geometry.stride[0] * 4,
        threads: threadCount
      )
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let (input, output) = (bound.input, bound.output)
    let words = UnsafeRawPointer(run.memory).assumingMemoryBound(to: Int32.self)
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      let tile = weights.tiles[part.tile]
      let block = tile.firstChannel / 16
      let start = input.row(part.image, 0) + geometry.firstTap(input)
      var arguments = SQBitConvolution(
        input: words + start,
        inputPixelStride: geometry.stride[1] * input.lanes,
        inputRowStride: geometry.stride[0] * input.rowStride,
        offsets: bound.offsets.pointer,
        depth: bound.offsets.count,
        weights: weights.words.pointer + tile.offset,
        bases: bases.pointer + tile.firstChannel,
        kinds: kinds.pointer,
        scales: weights.scales.pointer + tile.firstChannel,
        bias: weights.bias.pointer + tile.firstChannel,
        output: run.memory + output.row(part.image, block),
        outputRowStride: output.rowStride,
        outputBlockStride: output.planeStride,
        width: output.width,
        channels: tile.channels,
        residual: SQResidual(bound.residual, run, part.image, block),
        clip: clip
      )
      table.convolveBits(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
