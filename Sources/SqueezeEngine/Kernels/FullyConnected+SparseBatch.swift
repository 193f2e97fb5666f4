import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A fully connected layer of many rows whose weights are mostly zero: one weight meets 16 rows at once.
struct SparseBatchFullyConnected: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  private let rows: Int
  private let features: Int
  private let outputFeatures: Int
  private let weights: SparseWeights
  private let bias: AlignedBuffer<Float>
  private let table: KernelTable
  private let clip: SQClip
  /// The rows of an item of work, a multiple of 16.
  private let bandRows: Int
  private var place: (input: Int, output: Int, scratch: Int) = (0, 0, 0)

  static func accepts(_ op: FullyConnected, _ site: Site) -> Bool {
    let shape = site.inputs[0].shape
    let features = shape[shape.rank - 1]
    return site.isFloat && site.isInhabited && site.precision == .float32
      && SparseEstimate.favours(
        density: site.density,
        inputs: features,
        outputs: op.outputFeatures,
        pixels: shape.count(before: shape.rank - 1)
      )
  }

  init(_ op: FullyConnected, _ site: Site) {
    let shape = site.inputs[0].shape
    features = shape[shape.rank - 1]
    rows = shape.count(before: shape.rank - 1)
    outputFeatures = op.outputFeatures
    let fitting = max(16, Self.scratchBytes / (features * 4) / 16 * 16)
    let bands = max((rows + fitting - 1) / fitting, min(site.threadCount, (rows + 15) / 16))
    bandRows = ((rows + bands - 1) / bands + 15) / 16 * 16
    weights = SparseWeights(
      site.parameters[0].scalars,
      outputs: outputFeatures,
      stride: bandRows
    )
    bias = AlignedBuffer(count: (outputFeatures + 15) / 16 * 16)
    if op.hasBias { bias.pointer.update(from: site.parameters[1].scalars, count: outputFeatures) }
    table = site.table
    clip = site.clip
  }

  /// One band of input, a part of a usual second-level cache.
  private static let scratchBytes = 192 * 1024

  /// Input and 16 output features.
  var scratchCount: Int { (features + 16) * bandRows }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    place = (inputs[0].layout.origin, outputs[0].layout.origin, scratch)
  }

  func run(_ run: Run) {
    let perThread = (scratchCount + 15) / 16 * 16
    let shaping = table.shaping
    run.pool.forEach((rows + bandRows - 1) / bandRows) { item, thread in
      let first = item * bandRows
      let count = min(bandRows, rows - first)
      let scratch = run.memory + place.scratch + thread * perThread
      let products = scratch + features * bandRows
      let source = run.memory + place.input + first * features
      shaping.transposeMatrix(source, count, features, features, scratch, bandRows)
      for block in stride(from: 0, to: outputFeatures, by: 16) {
        let lanes = min(16, outputFeatures - block)
        var arguments = SQSparseProduct(
          input: scratch,
          offsets: weights.offsets.pointer,
          weights: weights.weights.pointer,
          starts: weights.starts.pointer + block,
          rows: lanes,
          bias: bias.pointer + block,
          output: products,
          outputStride: bandRows,
          vectors: (count + 15) / 16,
          clip: clip
        )
        table.multiplySparse(&arguments)
        let target = run.memory + place.output + first * outputFeatures + block
        shaping.transposeMatrix(products, lanes, count, bandRows, target, outputFeatures)
      }
    }
  }
}
