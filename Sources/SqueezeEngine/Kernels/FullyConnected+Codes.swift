import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A fully connected layer of one or two rows that reads its weights as the model keeps them: integers
/// of up to 8 bits, signs, or indices into a codebook of up to 64 numbers.
struct CodedFullyConnected: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  private let rows: Int
  private let features: Int
  private let outputFeatures: Int
  private let kind: SQCode
  private let codes: AlignedBuffer<UInt8>
  private let lookUp: AlignedBuffer<Float>
  private let scales: AlignedBuffer<Float>
  private let bias: AlignedBuffer<Float>
  private let table: KernelTable
  private let clip: SQClip
  private var place = (input: 0, output: 0)

  /// The output features of one item of work: whole cache lines of output.
  private static let featuresPerItem = 32

  static func accepts(_ op: FullyConnected, _ site: Site) -> Bool {
    switch site.bestRows(outputs: op.outputFeatures) {
    case .nibbles, .table, .bytes: site.encodings.first.flatMap { WeightCodes($0) } != nil
    case .dense, .sparse: false
    }
  }

  init(_ op: FullyConnected, _ site: Site) {
    guard let weights = site.encodings.first.flatMap({ WeightCodes($0) }) else {
      preconditionFailure("a layer without codes")
    }
    let shape = site.inputs[0].shape
    let features = shape[shape.rank - 1]
    self.features = features
    rows = shape.count(before: shape.rank - 1)
    outputFeatures = op.outputFeatures
    kind = weights.kind
    lookUp = AlignedBuffer(count: 64)
    lookUp.pointer.update(from: weights.table, count: weights.table.count)
    scales = AlignedBuffer(count: outputFeatures)
    bias = AlignedBuffer(count: outputFeatures)
    if op.hasBias { bias.pointer.update(from: site.parameters[1].scalars, count: outputFeatures) }
    codes = AlignedBuffer(count: outputFeatures * Self.rowBytes(kind, features))
    table = site.table
    clip = site.clip
    for output in 0..<outputFeatures {
      scales.pointer[output] = weights.scales[weights.scales.count == 1 ? 0 : output]
      let target = codes.pointer + output * Self.rowBytes(kind, features)
      for input in 0..<features {
        let code = weights.codes[output * features + input]
        if kind == SQCodeNibbles {
          let place = input / 32 * 16 + input % 16
          target[place] |= input % 32 < 16 ? code : code << 4
        } else {
          target[input] = code
        }
      }
    }
  }

  /// The bytes of a row, filled up to 32 weights.
  private static func rowBytes(_ kind: SQCode, _ features: Int) -> Int {
    (features + 31) / 32 * (kind == SQCodeNibbles ? 16 : 32)
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    place = (inputs[0].layout.origin, outputs[0].layout.origin)
  }

  func run(_ run: Run) {
    let items = (outputFeatures + Self.featuresPerItem - 1) / Self.featuresPerItem
    run.pool.forEach(items) { item, _ in
      let first = item * Self.featuresPerItem
      for row in 0..<rows {
        var arguments = SQCodeRows(
          kind: kind,
          input: run.memory + place.input + row * features,
          features: features,
          codes: codes.pointer + first * Self.rowBytes(kind, features),
          table: lookUp.pointer,
          scales: scales.pointer + first,
          bias: bias.pointer + first,
          output: run.memory + place.output + row * outputFeatures + first,
          rows: min(Self.featuresPerItem, outputFeatures - first),
          clip: clip
        )
        table.multiplyCodeRows(&arguments)
      }
    }
  }
}
