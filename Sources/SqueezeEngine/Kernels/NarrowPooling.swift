import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// What pooling of bytes and of bfloat16 share, the mean of whole maps included.
struct NarrowPooling: Sendable {
  typealias Function = @Sendable (UnsafePointer<SQNarrowPooling>, Int, Int) -> Void

  private let geometry: WindowGeometry
  private let kernel: Function
  private let threadCount: Int
  /// How many positions a window of each output row counts, and of each output column.
  private let rowCounts: AlignedBuffer<Float>?
  private let columnCounts: AlignedBuffer<Float>?
  /// How results are rounded to bytes.
  var scale: Float = 1
  var zeroPoint: Int32 = 0
  var range = SQByteRange(zeroPoint: 0, lower: 0, upper: 255)
  var clip = SQClip.none

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
    geometry = WindowGeometry(window, input: site.inputs[0].shape, output: site.outputs[0].shape)
    self.kernel = kernel
    threadCount = site.threadCount
    rowCounts = counts.map { AlignedBuffer($0.rows) }
    columnCounts = counts.map { AlignedBuffer($0.columns) }
  }

  /// Averages of windows.
  init(_ op: AveragePool, _ site: Site, kernel: @escaping Function) {
    let counts = WindowCounts(op, site.inputs[0].shape, site.outputs[0].shape)
    self.init(op.window, site, kernel: kernel, counts: (counts.rows, counts.columns))
  }

  /// The mean of whole maps.
  init(_ op: GlobalAveragePool, _ site: Site, kernel: @escaping Function) {
    let sizes = Layout.sizes(site.inputs[0].shape)
    self.init(
      SlidingWindow(kernelSize: [sizes[2], sizes[3]], stride: [1, 1]),
      site,
      kernel: kernel,
      counts: ([Float(sizes[2])], [Float(sizes[3])])
    )
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
    let bytes = input.form.elementBytes
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      var arguments = SQNarrowPooling(
        input: run.bytes + input.row(part.image, part.tile) * bytes,
        inputRowStride: input.rowStride * bytes,
        inputHeight: input.height,
        inputWidth: input.width,
        output: run.bytes + output.row(part.image, part.tile) * bytes,
        outputRowStride: output.rowStride * bytes,
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
        scale: scale,
        zeroPoint: zeroPoint,
        range: range,
        clip: clip
      )
      kernel(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}

/// How many positions of an average pool's kernel count, row by row and column by column.
struct WindowCounts {
  let rows: [Float]
  let columns: [Float]

  init(_ op: AveragePool, _ input: Shape, _ output: Shape) {
    let window = op.window.planar
    let (sizes, outputs) = (Layout.sizes(input), Layout.sizes(output))
    let (begin, end) = window.resolvedPadding(for: [sizes[2], sizes[3]])
    func counts(_ axis: Int) -> [Float] {
      let counted =
        op.countsPadding
        ? -begin[axis]..<sizes[axis + 2] + end[axis] : 0..<sizes[axis + 2]
      return (0..<outputs[axis + 2]).map { output in
        let start = output * window.stride[axis] - begin[axis]
        let positions = (0..<window.kernelSize[axis]).map { start + $0 * window.dilation[axis] }
        return Float(max(1, positions.count { counted.contains($0) }))
      }
    }
    rows = counts(0)
    columns = counts(1)
  }
}
