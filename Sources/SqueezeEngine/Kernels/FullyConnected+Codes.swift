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
  /// Feature after feature, each filled up to 32 weights.
  private let codes: AlignedBuffer<UInt8>
  private let numbers: CodeNumbers
  private let table: KernelTable
  private let clip: SQClip
  private var place = (input: 0, output: 0)

  /// The output features of one item of work: whole cache lines of output.
  private static let featuresPerItem = 32

  static func accepts(_ op: FullyConnected, _ site: Site) -> Bool {
    switch site.bestRows(outputs: op.outputFeatures) {
    case .nibbles, .table, .bytes: site.weightCodes != nil
    case .dense, .sparse: false
    }
  }

  init(_ op: FullyConnected, _ site: Site) {
    guard let weights = site.weightCodes else { preconditionFailure("a layer without codes") }
    let shape = site.inputs[0].shape
    let features = shape[shape.rank - 1]
    self.features = features
    rows = shape.count(before: shape.rank - 1)
    outputFeatures = op.outputFeatures
    numbers = CodeNumbers(
      weights,
      outputs: outputFeatures,
      bias: op.hasBias ? site.parameters[1].scalars : nil
    )
    codes = AlignedBuffer(count: outputFeatures * Self.rowBytes(numbers, features))
    table = site.table
    clip = site.clip
    for output in 0..<outputFeatures {
      let row = codes.pointer + output * Self.rowBytes(numbers, features)
      for input in 0..<features {
        let code = weights.codes[output * features + input]
        numbers.put(code, input % 32, row + input / 32 * numbers.bytes)
      }
    }
  }

  /// The bytes of a row, filled up to 32 weights.
  private static func rowBytes(_ numbers: CodeNumbers, _ features: Int) -> Int {
    (features + 31) / 32 * numbers.bytes
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
          kind: numbers.kind,
          input: run.memory + place.input + row * features,
          features: features,
          codes: codes.pointer + first * Self.rowBytes(numbers, features),
          table: numbers.lookUp.pointer,
          scales: numbers.scales.pointer + first,
          bias: numbers.bias.pointer + first,
          output: run.memory + place.output + row * outputFeatures + first,
          rows: min(Self.featuresPerItem, outputFeatures - first),
          clip: clip
        )
        table.multiplyCodeRows(&arguments)
      }
    }
  }
}
