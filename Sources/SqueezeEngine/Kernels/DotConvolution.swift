import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// What convolutions of bytes and of bfloat16 share: geometry, packed weights, offsets and the cut
/// into items of work.
///
/// Inputs of up to 4 channels are read map by map, runs of neighbouring taps at a time; others in
/// blocks of 16 channels.
struct DotConvolution: Sendable {
  let geometry: WindowGeometry
  let weights: DotWeights
  /// Whether the input is read map by map.
  let isPlanar: Bool
  private let runLength: Int
  private let perWord: Int
  private let threadCount: Int

  /// What is known once input and output have their places; strides in bytes.
  struct Bound: Sendable {
    fileprivate var input: Layout
    fileprivate var output: Layout
    fileprivate var summand: Layout?
    fileprivate var offsets: AlignedBuffer<Int>
    fileprivate var partition: RowPartition
    /// All rows of an image are one row.
    fileprivate var isOneRow: Bool
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    site.isInhabited && WindowGeometry(op, site).hasModestHalo
  }

  /// Packs weights of `32 / perWord` bits.
  init(_ op: Convolution, _ site: Site, weights bits: [UInt16], perWord: Int) {
    geometry = WindowGeometry(op, site)
    let channels = geometry.input[1]
    isPlanar = channels <= 4 && op.groups == 1
    runLength = isPlanar && geometry.dilation[1] == 1 ? geometry.kernel[1] : 1
    self.perWord = perWord
    weights = DotWeights(
      bits,
      inputChannels: channels,
      outputChannels: op.outputChannels,
      taps: geometry.taps,
      groups: op.groups,
      input: isPlanar ? .maps(runLength: runLength) : .blocks,
      perWord: perWord,
      widest: site.table.convolutionChannels
    )
    threadCount = site.threadCount
  }

  /// The halo the input needs; runs of taps are read in whole words.
  var halo: Halo {
    var halo = geometry.halo
    if isPlanar { halo.right += perWord - 1 }
    return halo
  }

  func bound(_ input: Layout, _ output: Layout, summand: Layout? = nil) -> Bound {
    let bytes = input.form.elementBytes
    let taps = geometry.tapOffsets(input).enumerated().filter { $0.offset % runLength == 0 }
    let planes = weights.tiles.map { $0.fullPlanes + ($0.tailWords > 0 ? 1 : 0) }.max() ?? 0
    let offsets = (0..<planes).flatMap { plane in
      taps.map { (plane * input.planeStride + $0.element) * bytes }
    }
    let isOneRow =
      output.width * output.height <= Self.onePassPixels && !isPlanar
      && input.rowStride * geometry.stride[0] == output.width * geometry.stride[1] * 16
      && ([output] + (summand.map { [$0] } ?? [])).allSatisfy { $0.rowStride == $0.rowCount }
    let partition = RowPartition(
      images: output.batch,
      rows: isOneRow ? 1 : output.height,
      tiles: weights.tiles.count,
      bytesPerRow: input.planes * input.rowStride * geometry.stride[0] * bytes,
      threads: threadCount
    )
    return Bound(
      input: input,
      output: output,
      summand: summand,
      offsets: AlignedBuffer(offsets),
      partition: partition,
      isOneRow: isOneRow
    )
  }

  /// Images up to this size are one row where their rows follow each other without gaps.
  private static let onePassPixels = 1024

  /// Calls `body` with the arguments of every item of work, all but what turns sums into results.
  func run(
    _ run: Run,
    _ bound: Bound,
    bias: UnsafePointer<Int32>,
    _ body: (inout SQDotConvolution, _ tile: DotWeights.Tile, _ rows: Range<Int>) -> Void
  ) {
    let (input, output) = (bound.input, bound.output)
    let bytes = input.form.elementBytes
    let start = geometry.firstTap(input)
    let runsPerPlane = geometry.taps / runLength
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      let tile = weights.tiles[part.tile]
      var arguments = SQDotConvolution(
        input: run.bytes + (input.row(part.image, tile.firstPlane) + start) * bytes,
        offsets: bound.offsets.pointer,
        weights: weights.words.pointer + tile.offset,
        bias: bias + tile.firstChannel,
        output: run.bytes + output.row(part.image, tile.firstChannel / 16) * bytes,
        channels: tile.channels
      )
      arguments.inputPixelStride = geometry.stride[1] * input.form.lanes * bytes
      arguments.inputRowStride = geometry.stride[0] * input.rowStride * bytes
      arguments.runs = tile.fullPlanes * runsPerPlane
      arguments.runLength = isPlanar ? (runLength + perWord - 1) / perWord : 16 / perWord
      arguments.tailRuns = tile.tailWords > 0 ? runsPerPlane : 0
      arguments.tailLength = tile.tailWords
      arguments.outputPixelStride = 16 * bytes
      arguments.outputRowStride = output.rowStride * bytes
      arguments.outputBlockStride = output.planeStride * bytes
      arguments.width = bound.isOneRow ? output.width * output.height : output.width
      if let summand = bound.summand {
        let first = summand.row(part.image, tile.firstChannel / 16)
        arguments.summand = UnsafePointer(run.bytes) + first
        arguments.summandPixelStride = 16
        arguments.summandRowStride = summand.rowStride
        arguments.summandBlockStride = summand.planeStride
      }
      body(&arguments, tile, part.rows)
    }
  }
}

extension SQDotConvolution {
  /// Arguments with all sizes and strides 0.
  init(
    input: UnsafePointer<UInt8>,
    offsets: UnsafePointer<Int>,
    weights: UnsafePointer<Int32>,
    bias: UnsafeRawPointer,
    output: UnsafeMutablePointer<UInt8>,
    channels: Int
  ) {
    self.init(
      input: input,
      inputPixelStride: 0,
      inputRowStride: 0,
      offsets: offsets,
      runs: 0,
      runLength: 0,
      tailRuns: 0,
      tailLength: 0,
      weights: weights,
      bias: bias,
      output: output,
      outputPixelStride: 0,
      outputRowStride: 0,
      outputBlockStride: 0,
      width: 0,
      channels: channels,
      scales: nil,
      range: SQByteRange(),
      summand: nil,
      summandPixelStride: 0,
      summandRowStride: 0,
      summandBlockStride: 0,
      ownScale: 0,
      summandScale: 0,
      summandZero: 0,
      summedRange: SQByteRange(),
      clip: .none
    )
  }
}

extension Run {
  /// The memory as bytes.
  var bytes: UnsafeMutablePointer<UInt8> {
    UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt8.self)
  }
}

extension Array where Element == Float {
  /// The nearest bfloat16 of each number, ties to even.
  var bfloat16Bits: [UInt16] {
    map { value in
      let bits = value.bitPattern
      if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
      return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
  }
}
