import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// What maximum and average pooling share.
struct BlockedPooling: Sendable {
  typealias Function = @Sendable (UnsafePointer<SQPooling>, Int, Int) -> Void

  private let geometry: WindowGeometry
  private let clip: SQClip
  private let kernel: Function
  private let threadCount: Int
  /// How many positions a window of each output row counts, and of each output column.
  private let rowCounts: AlignedBuffer<Float>?
  private let columnCounts: AlignedBuffer<Float>?

  struct Bound: Sendable {
    fileprivate var input: Layout
    fileprivate var output: Layout
    fileprivate var partition: RowPartition
  }

  init(
    _ window: SlidingWindow,
    _ site: Site,
    kernel: @escaping Function,
    counts: (rows: [Float], columns: [Float])? = nil
  ) {
    geometry = WindowGeometry(
      window,
      input: site.inputs[0].shape,
      output: site.outputs[0].shape
    )
    clip = site.clip
    self.kernel = kernel
    threadCount = site.threadCount
    rowCounts = counts.map { AlignedBuffer($0.rows) }
    columnCounts = counts.map { AlignedBuffer($0.columns) }
  }

  func bound(_ input: Layout, _ output: Layout) -> Bound {
    let partition = RowPartition(
      images: output.batch,
      rows: output.height,
      tiles: output.planes,
      bytesPerRow: 0,
      threads: threadCount
    )
    return Bound(input: input, output: output, partition: partition)
  }

  func run(_ run: Run, _ bound: Bound) {
    let (input, output) = (bound.input, bound.output)
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      var arguments = SQPooling(
        input: run.memory + input.row(part.image, part.tile),
        inputRowStride: input.rowStride,
        inputHeight: input.height,
        inputWidth: input.width,
        output: run.memory + output.row(part.image, part.tile),
        outputRowStride: output.rowStride,
        outputWidth: output.width,
        kernelHeight: geometry.kernel[0],
        kernelWidth: geometry.kernel[1],
        strideHeight: geometry.stride[0],
        strideWidth: geometry.stride[1],
        dilationHeight: geometry.dilation[0],
        dilationWidth: geometry.dilation[1],
        paddingTop: geometry.begin[0],
        paddingLeft: geometry.begin[1],
        rowCounts: rowCounts.map { UnsafePointer($0.pointer) },
        columnCounts: columnCounts.map { UnsafePointer($0.pointer) },
        clip: clip
      )
      kernel(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
