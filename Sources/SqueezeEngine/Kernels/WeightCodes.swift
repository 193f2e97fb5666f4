import CSqueezeKernels
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// Weights of a layer as small codes, as their encoding has them.
struct WeightCodes {
  var kind: SQCode
  /// One code per weight, row-major.
  var codes: [UInt8]
  /// The number each code stands for, unless it is the number itself; at most 64.
  var table: [Float]
  /// One per output feature or channel, or one.
  var scales: [Float]

  private init(kind: SQCode, codes: [UInt8], table: [Float], scales: [Float]) {
    (self.kind, self.codes, self.table, self.scales) = (kind, codes, table, scales)
  }

  /// The codes of an encoding, or `nil` where a byte does not hold them.
  init?(_ encoding: any ParameterEncoding) {
    switch encoding {
    case let book as Codebook: self.init(book.indices, table: book.free)
    case let book as MaskedCodebook: self.init(book.indices, table: [0] + book.free)
    case let scaled as ScaledCodes<Codebook>:
      self.init(scaled.book)
      scales = scaled.scales
    case let scaled as ScaledCodes<MaskedCodebook>:
      self.init(scaled.book)
      scales = scaled.scales
    case let binary as Binary:
      self.init(
        kind: SQCodeNibbles,
        codes: binary.signs.map { $0 ? 1 : 0 },
        table: [-1, 1],
        scales: binary.free
      )
    case let integer as UniformInteger:
      guard integer.bits <= 8, integer.axis == nil || integer.axis == 0, !integer.integers.isEmpty
      else { return nil }
      let perRow = integer.shape.count(from: 1)
      let zeros = integer.zeroPoints
      let values = integer.integers.indices.map {
        Int(integer.integers[$0]) - Int(zeros.count == 1 ? zeros[0] : zeros[$0 / perRow])
      }
      guard values.allSatisfy({ (-128...127).contains($0) }) else { return nil }
      let isNarrow = values.allSatisfy { (-8...7).contains($0) }
      self.init(
        kind: isNarrow ? SQCodeNibbles : SQCodeBytes,
        codes: values.map { isNarrow ? UInt8($0 + 8) : UInt8(bitPattern: Int8($0)) },
        table: isNarrow ? (-8...7).map { Float($0) } : [],
        scales: integer.scales
      )
    default: return nil
    }
  }

  private init?(_ indices: [UInt16], table: [Float]) {
    guard !table.isEmpty, table.count <= 64 else { return nil }
    self.init(
      kind: table.count <= 16 ? SQCodeNibbles : SQCodeTable,
      codes: indices.map { UInt8($0) },
      table: table,
      scales: [1]
    )
  }
}

/// What kernels on codes keep beside the codes themselves.
struct CodeNumbers: Sendable {
  let kind: SQCode
  /// 64 numbers that codes choose from.
  let lookUp = AlignedBuffer<Float>(count: 64)
  /// One per output feature or channel, filled up with 0 to a multiple of 32.
  let scales: AlignedBuffer<Float>
  let bias: AlignedBuffer<Float>

  init(_ weights: WeightCodes, outputs: Int, bias source: [Float]?) {
    kind = weights.kind
    lookUp.pointer.update(from: weights.table, count: weights.table.count)
    let padded = (outputs + 31) / 32 * 32
    scales = AlignedBuffer(count: padded)
    bias = AlignedBuffer(count: padded)
    for output in 0..<outputs {
      scales.pointer[output] = weights.scales[weights.scales.count == 1 ? 0 : output]
    }
    if let source { bias.pointer.update(from: source, count: outputs) }
  }

  /// The bytes that 32 codes take.
  var bytes: Int { kind == SQCodeNibbles ? 16 : 32 }

  /// Writes one of 32 codes that start at `target`, where all are 0 before.
  func put(_ code: UInt8, _ lane: Int, _ target: UnsafeMutablePointer<UInt8>) {
    if kind == SQCodeNibbles {
      target[lane % 16] |= lane < 16 ? code : code << 4
    } else {
      target[lane] = code
    }
  }
}

extension Site {
  /// The first parameter's codes, where it has some.
  var weightCodes: WeightCodes? { encodings.first.flatMap { WeightCodes($0) } }

  /// Whether the first parameter's encoding may become codes; cheaper than making them.
  var rowsOfCodes: SparseEstimate.Rows? {
    func rows(of numbers: Int) -> SparseEstimate.Rows? {
      numbers <= 16 ? .nibbles : numbers <= 64 ? .table : nil
    }
    return switch encodings.first {
    case let book as Codebook: rows(of: book.free.count)
    case let book as MaskedCodebook: rows(of: book.free.count + 1)
    case let scaled as ScaledCodes<Codebook>: rows(of: scaled.book.free.count)
    case let scaled as ScaledCodes<MaskedCodebook>: rows(of: scaled.book.free.count + 1)
    case is Binary: .nibbles
    case let integer as UniformInteger:
      integer.bits <= 4 ? .nibbles : integer.bits <= 8 ? .bytes : nil
    default: nil
    }
  }

  /// The fastest way to keep the weights of a fully connected layer of one or two rows.
  func bestRows(outputs: Int) -> SparseEstimate.Rows {
    let shape = inputs[0].shape
    let features = shape[shape.rank - 1]
    guard isFloat, isInhabited, precision == .float32, table.instructionSet >= .v4,
      shape.count(before: shape.rank - 1) <= 2
    else { return .dense }
    return SparseEstimate.bestRows(
      [.sparse] + (rowsOfCodes.map { [$0] } ?? []),
      density: density,
      weights: outputs * features
    )
  }
}
