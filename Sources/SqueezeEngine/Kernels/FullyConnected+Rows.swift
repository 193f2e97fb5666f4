import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A fully connected layer of few rows by dot products with the weights where the model has them.
///
/// One row of input meets every weight once, so the time is that of reading them; nothing is won by
/// packing, which would hold them twice while compiling.
struct RowFullyConnected: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  private let rows: Int
  private let features: Int
  private let outputFeatures: Int
  private let weights: [Float]
  private let bias: [Float]?
  private let table: KernelTable
  private let clip: SQClip
  private var place = (input: 0, output: 0)

  /// More rows are worth packed weights, which serve several rows at once.
  private static let maximumRows = 2
  /// The output features of one item of work: whole cache lines of output.
  private static let featuresPerItem = 32

  static func accepts(_ op: FullyConnected, _ site: Site) -> Bool {
    let shape = site.inputs[0].shape
    return site.isFloat && site.isInhabited
      && shape.count(before: shape.rank - 1) <= maximumRows
  }

  init(_ op: FullyConnected, _ site: Site) {
    let shape = site.inputs[0].shape
    features = shape[shape.rank - 1]
    rows = shape.count(before: shape.rank - 1)
    outputFeatures = op.outputFeatures
    weights = site.parameters[0].scalars
    bias = op.hasBias ? site.parameters[1].scalars : nil
    table = site.table
    clip = site.clip
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    place = (inputs[0].layout.origin, outputs[0].layout.origin)
  }

  func run(_ run: Run) {
    let items = (outputFeatures + Self.featuresPerItem - 1) / Self.featuresPerItem
    weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      run.pool.forEach(items) { item, _ in
        let first = item * Self.featuresPerItem
        let count = min(Self.featuresPerItem, outputFeatures - first)
        for row in 0..<rows {
          let x = run.memory + place.input + row * features
          let y = run.memory + place.output + row * outputFeatures + first
          let source = weights + first * features
          guard let bias else {
            table.multiplyRows(source, nil, x, y, features, count, clip)
            continue
          }
          bias.withUnsafeBufferPointer {
            let bias = $0.baseAddress.map { $0 + first }
            table.multiplyRows(source, bias, x, y, features, count, clip)
          }
        }
      }
    }
  }
}
