import SqueezeEntropy
public import SqueezeGraph
public import SqueezeParameters

/// Where the bytes of a `.sqz` file go, parameter by parameter.
///
/// The sum is the file: ``byteCount`` = ``directoryByteCount`` + those of all ``parameters``.
public struct SQZSizes: Sendable, Hashable {
  /// One parameter.
  public struct Parameter: Sendable, Hashable {
    /// The key in `Model.parameters`, such as `conv1.weight`.
    public var key: String
    /// The name of the encoding, such as `dense`.
    public var encoding: String
    /// The name of the coder of its symbols, where it has any.
    public var coder: String?
    /// The elements of its tensor.
    public var scalarCount: Int
    /// The bytes it takes in the file, its entry in the directory apart.
    public var byteCount: Int

    /// Bits in the file for one element.
    public var bitsPerScalar: Double {
      scalarCount == 0 ? 0 : 8 * Double(byteCount) / Double(scalarCount)
    }
  }

  /// The parameters in execution order.
  public var parameters: [Parameter]
  /// The bytes of graph, names, checks and whatever else stands before the first parameter.
  public var directoryByteCount: Int

  /// The bytes of the file.
  public var byteCount: Int { parameters.reduce(directoryByteCount) { $0 + $1.byteCount } }

  /// The bytes of one parameter; `nil` where no node has it.
  public subscript(key: String) -> Int? { parameters.first { $0.key == key }?.byteCount }

  /// The sizes of the file that a writer would make of a model.
  ///
  /// - Throws: ``FormatError`` where the model is unsound.
  public init(of model: Model, writer: SQZWriter = SQZWriter()) throws(FormatError) {
    let parts = try writer.parts(of: model)
    directoryByteCount = parts.head.count
    parameters = parts.parameters.map { parameter in
      Parameter(
        key: parameter.key,
        encoding: parameter.coded.kind.encoding,
        coder: parameter.coded.kind.coder,
        scalarCount: parameter.scalars,
        byteCount: parameter.coded.bytes.count
      )
    }
  }

  /// The sizes of a file that was opened.
  public init(of reader: SQZReader) {
    directoryByteCount = reader.directoryByteCount
    parameters = reader.entries.map { entry in
      Parameter(
        key: entry.key,
        encoding: entry.encoding,
        coder: entry.coder,
        scalarCount: entry.scalarCount,
        byteCount: entry.byteCount
      )
    }
  }
}

extension SQZWriter {
  /// The bytes that one parameter takes in a file, its entry in the directory apart: what rate
  /// control asks again and again.
  ///
  /// The automatic coder gives the smallest way, as if no other parameter used up the budget.
  ///
  /// - Throws: ``FormatError`` where the encoding contradicts itself.
  public func byteCount(of encoding: any ParameterEncoding) throws(FormatError) -> Int {
    let ways = try SQZPayload.encode(
      encoding,
      coders: coder.candidates(scalars: encoding.shape.count),
      streamLength: streamLength,
      "parameter"
    )
    return ways.map(\.bytes.count).min() ?? 0
  }
}
