import SqueezeCompress
import SqueezeFormats
public import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// What became of one weight.
public struct LayerRow: Sendable, Hashable, Codable {
  /// The parameter's key.
  public var key: String
  /// The name of its encoding.
  public var encoding: String
  /// The scalars before, and those that are kept.
  public var parameters: Int
  public var kept: Int
  /// The bits of one kept scalar before entropy coding.
  public var bits: Int
  /// The bytes of the parameter in the file.
  public var bytes: Int
  /// `‖w′ − w‖ / ‖w‖`; `nil` where the shape changed.
  public var weightError: Double?
  /// The relative error of the layer's output when only this layer is exchanged; `nil` where unknown.
  public var outputError: Double?

  /// The share of zeros.
  public var sparsity: Double { parameters == 0 ? 0 : 1 - Double(kept) / Double(parameters) }
  /// Bits in the file for each scalar there was before.
  public var bitsPerParameter: Double {
    parameters == 0 ? 0 : 8 * Double(bytes) / Double(parameters)
  }
}

/// Where the bytes of a file are.
public struct LayerTable: Sendable, Hashable, Codable {
  /// The weights of layers, in the order of the graph.
  public var rows: [LayerRow]
  /// The scalars and bytes of everything else: biases, normalizations, constants.
  public var otherParameters: Int
  public var otherBytes: Int
  /// The bytes of graph, names and checksums.
  public var directoryBytes: Int
  /// All bytes of the file.
  public var fileBytes: Int

  /// Describes a compressed model.
  ///
  /// - Parameters:
  ///   - model: as it was written.
  ///   - original: the model before.
  ///   - file: the bytes of its `.sqz` file.
  ///   - outputErrors: relative errors of outputs by the key of a weight.
  /// - Throws: `FormatError` where `file` cannot be read.
  public init(
    _ model: Model,
    original: Model,
    file: [UInt8],
    outputErrors: [String: Double] = [:]
  ) throws {
    let reader = try SQZReader(bytes: file)
    let bytes = Dictionary(uniqueKeysWithValues: reader.entries.map { ($0.key, $0.byteCount) })
    rows = model.weightKeys.compactMap { key in
      model.parameters[key].map { encoding in
        let before = original.parameters[key]
        let count = before?.shape.count ?? encoding.shape.count
        let zeros = (encoding.zeroFraction * Double(encoding.shape.count)).rounded()
        return LayerRow(
          key: key,
          encoding: Swift.type(of: encoding).name,
          parameters: count,
          kept: encoding.shape.count - Int(zeros),
          bits: encoding.bitsPerScalar,
          bytes: bytes[key] ?? 0,
          weightError: before.flatMap { Self.error(encoding, of: $0) },
          outputError: outputErrors[key]
        )
      }
    }
    let keys = Set(rows.map(\.key))
    let others = reader.entries.filter { !keys.contains($0.key) }
    otherBytes = others.reduce(0) { $0 + $1.byteCount }
    otherParameters = others.reduce(0) { $0 + (model.parameters[$1.key]?.shape.count ?? 0) }
    directoryBytes = reader.directoryByteCount
    fileBytes = file.count
  }

  private static func error(
    _ encoding: any ParameterEncoding,
    of original: any ParameterEncoding
  ) -> Double? {
    guard encoding.shape == original.shape, original.type.isReal, encoding.type.isReal else {
      return nil
    }
    return RelativeError.between(original.decoded().scalars, encoding.decoded().scalars)
  }
}

/// `‖b − a‖ / ‖a‖` over all elements.
enum RelativeError {
  /// The error of `b` against `a`; 0 where both are 0, infinite where only `a` is.
  static func between(_ a: [Float], _ b: [Float]) -> Double {
    var (difference, size) = (0.0, 0.0)
    for (a, b) in zip(a, b) {
      let (a, b) = (Double(a), Double(b))
      difference += (b - a) * (b - a)
      size += a * a
    }
    if size == 0 { return difference == 0 ? 0 : .infinity }
    return (difference / size).squareRoot()
  }
}

extension ParameterEncoding {
  /// The bits of one scalar, before entropy coding: of an index, an integer or a float.
  var bitsPerScalar: Int {
    func index(_ count: Int) -> Int { max(1, Int.bitWidth - max(0, count - 1).leadingZeroBitCount) }
    switch self {
    case is Half: return 16
    case is Binary: return 1
    case let integers as UniformInteger: return integers.bits
    case let integers as StraightThroughInteger: return integers.bits
    case let codebook as Codebook: return index(codebook.free.count)
    case let codebook as MaskedCodebook: return index(codebook.free.count + 1)
    default: return 32
    }
  }
}
