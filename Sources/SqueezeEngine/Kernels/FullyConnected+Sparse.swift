import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A fully connected layer of one or two rows whose weights are mostly zero, 16 output features side by
/// side: of each 32 neighbouring inputs every feature takes those it has weights for, one per round.
struct SparseFullyConnected: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  private let rows: Int
  private let features: Int
  private let outputFeatures: Int
  private let rounds: SparseRounds
  private let bias: AlignedBuffer<Float>
  private let table: KernelTable
  private let clip: SQClip
  private var place = (input: 0, output: 0)

  /// The output features of one item of work: whole cache lines of output.
  private static let featuresPerItem = 32

  static func accepts(_ op: FullyConnected, _ site: Site) -> Bool {
    if case .sparse = site.bestRows(outputs: op.outputFeatures) { true } else { false }
  }

  init(_ op: FullyConnected, _ site: Site) {
    let shape = site.inputs[0].shape
    features = shape[shape.rank - 1]
    rows = shape.count(before: shape.rank - 1)
    outputFeatures = op.outputFeatures
    rounds = SparseRounds(site.parameters[0].scalars, outputs: outputFeatures)
    bias = AlignedBuffer(count: (outputFeatures + 15) / 16 * 16)
    if op.hasBias { bias.pointer.update(from: site.parameters[1].scalars, count: outputFeatures) }
    table = site.table
    clip = site.clip
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    place = (inputs[0].layout.origin, outputs[0].layout.origin)
  }

  func run(_ run: Run) {
    let items = (outputFeatures + Self.featuresPerItem - 1) / Self.featuresPerItem
    run.pool.forEach(items) { item, _ in
      let first = item * Self.featuresPerItem
      for row in 0..<rows {
        var arguments = SQSparseRows(
          input: run.memory + place.input + row * features,
          offsets: rounds.offsets.pointer,
          lanes: rounds.lanes.pointer,
          weights: rounds.weights.pointer,
          starts: rounds.starts.pointer + first / 16,
          bias: bias.pointer + first,
          output: run.memory + place.output + row * outputFeatures + first,
          rows: min(Self.featuresPerItem, outputFeatures - first),
          clip: clip
        )
        table.multiplySparseRows(&arguments)
      }
    }
  }
}

/// Sparse weights in rounds: one weight and the input it belongs to for each of 16 output features.
private struct SparseRounds: Sendable {
  /// Where the 32 inputs of each round start.
  let offsets: AlignedBuffer<Int32>
  /// `[rounds][16]`: which of them, and the weights; 0 where a feature has none left.
  let lanes: AlignedBuffer<UInt8>
  let weights: AlignedBuffer<Float>
  /// Where the rounds of each 16 features start, and where the last end.
  let starts: AlignedBuffer<Int>

  init(_ source: [Float], outputs: Int) {
    let inputs = source.count / outputs
    let groups = (outputs + 15) / 16
    var (offsets, lanes, weights, starts): ([Int32], [UInt8], [Float], [Int]) = ([], [], [], [0])
    for group in 0..<groups {
      for chunk in stride(from: 0, to: inputs, by: 32) {
        let first = offsets.count
        for output in group * 16..<min(outputs, group * 16 + 16) {
          var round = first
          for input in chunk..<min(inputs, chunk + 32) where source[output * inputs + input] != 0 {
            if round == offsets.count {
              offsets.append(Int32(truncatingIfNeeded: chunk))
              lanes += [UInt8](repeating: 0, count: 16)
              weights += [Float](repeating: 0, count: 16)
            }
            lanes[round * 16 + output % 16] = UInt8(input - chunk)
            weights[round * 16 + output % 16] = source[output * inputs + input]
            round += 1
          }
        }
      }
      starts.append(offsets.count)
    }
    self.offsets = AlignedBuffer(offsets)
    self.lanes = AlignedBuffer(lanes)
    self.weights = AlignedBuffer(weights)
    self.starts = AlignedBuffer(starts)
  }
}
