import SqueezeEntropy
import SqueezeParameters
import SqueezeTensor

/// The bytes of one parameter: its lists of floats, its lists of integers and its symbols.
///
/// Every section but the last begins with its length as a varint, so a payload of one section is
/// that section alone.
enum SQZPayload {
  /// A parameter ready to be written.
  struct Coded {
    var kind: SQZDirectory.Kind
    var bytes: [UInt8]
    /// The time that decoding takes by the coders' usual speed.
    var nanoseconds: Double
  }

  // MARK: Writing

  /// Codes a parameter with every coder, dense floats of few different values as a codebook, too.
  ///
  /// There is at least one coder, though parameters without symbols need none; `streamLength` is how
  /// many weights an independent stream holds at least. Latent weights are left out: they matter to an
  /// optimizer alone, and checkpoints keep them.
  static func encode(
    _ encoding: any ParameterEncoding,
    coders: [any SymbolCoder.Type],
    streamLength: Int,
    _ place: String
  ) throws(FormatError) -> [Coded] {
    let encoding = (encoding as? any LatentEncoding)?.rounded ?? encoding
    var ways = try encodeStored(encoding, coders, streamLength, place)
    let maximum = min(maximumCentroids, encoding.shape.count / 2)
    guard maximum > 0, let codebook = (encoding as? Dense)?.asCodebook(maximum: maximum) else {
      return ways
    }
    for var way in try encodeStored(codebook, coders, streamLength, place) {
      way.kind.isDense = true
      ways.append(way)
    }
    return ways
  }

  /// The most different values that dense floats are looked through for.
  private static let maximumCentroids = 4096

  /// Codes the stored form of a parameter.
  private static func encodeStored(
    _ encoding: any ParameterEncoding,
    _ coders: [any SymbolCoder.Type],
    _ streamLength: Int,
    _ place: String
  ) throws(FormatError) -> [Coded] {
    let stored = encoding.stored
    let count = stored.shape.count
    func lengths<Element>(_ lists: [[Element]]) -> [Int?]? {
      lists.isEmpty ? nil : lists.map { $0.count == count ? nil : $0.count }
    }
    var sections = stored.floats.map { FloatCoder.encode($0) }
    sections += stored.integers.map { SQZIntegers.encode($0) }
    let kind = SQZDirectory.Kind(
      encoding: type(of: encoding).name,
      attributes: stored.attributes.isEmpty ? nil : stored.attributes,
      floats: lengths(stored.floats),
      integers: lengths(stored.integers)
    )
    let seconds = stored.floats.reduce(0.0) { $0 + FloatCoder.decodingNanoseconds($1.count) }
    guard let table = try symbolTable(of: stored, type(of: encoding), place) else {
      return [Coded(kind: kind, bytes: joined(sections), nanoseconds: seconds)]
    }
    let symbols = SQZSymbols(
      shape: stored.shape,
      table: table,
      streams: SQZSymbols.streams(stored.shape, length: streamLength)
    )
    let zero = table.zero.map { UInt16($0) }
    let nonzeros = zero.map { zero in stored.symbols.count { $0 != zero } } ?? count
    var ways: [Coded] = []
    for coder in coders {
      var kind = kind
      kind.coder = coder.name
      kind.streams = symbols.streams == 1 ? nil : symbols.streams
      do throws(EntropyError) {
        let stream = try symbols.encode(stored.symbols, coder)
        ways.append(
          Coded(
            kind: kind,
            bytes: joined(sections + [stream]),
            nanoseconds: seconds + coder.decodingTime.nanoseconds(symbols: count, nonzeros)
          )
        )
      } catch {
        throw FormatError(place, expected: "symbols that fit their table", actual: "\(error)")
      }
    }
    return ways
  }

  private static func joined(_ sections: [[UInt8]]) -> [UInt8] {
    var writer = ByteWriter()
    for section in sections.dropLast() {
      writer.writeVarint(section.count)
      writer.write(contentsOf: section)
    }
    writer.write(contentsOf: sections.last ?? [])
    return writer.bytes
  }

  // MARK: Reading

  /// Decodes a payload.
  ///
  /// - Throws: ``FormatError`` where the payload contradicts its kind or shape.
  static func decode(
    _ bytes: ArraySlice<UInt8>,
    _ kind: SQZDirectory.Kind,
    shape: Shape,
    _ place: String
  ) throws(FormatError) -> any ParameterEncoding {
    guard let type = EncodingCatalog.encoding(named: kind.encoding) else {
      throw FormatError(place, expected: "a known encoding", actual: "\"\(kind.encoding)\"")
    }
    var stored = StoredParameter(shape: shape, attributes: kind.attributes ?? [:])
    var sections = Sections(bytes, kind)
    do throws(EntropyError) {
      for length in kind.floats ?? [] {
        let section = try sections.next(place)
        stored.floats.append(try FloatCoder.decode(section, count: length ?? shape.count))
      }
      for length in kind.integers ?? [] {
        let section = try sections.next(place)
        stored.integers.append(try SQZIntegers.decode(section, count: length ?? shape.count))
      }
    } catch {
      throw FormatError(place, expected: "a sound payload", actual: "\(error)")
    }
    if let table = try symbolTable(of: stored, type, place) {
      guard let coder = SymbolCoderCatalog.coder(named: kind.coder ?? "") else {
        throw FormatError(place, expected: "a known coder", actual: "\"\(kind.coder ?? "")\"")
      }
      do throws(EntropyError) {
        let symbols = SQZSymbols(shape: shape, table: table, streams: kind.streams ?? 1)
        stored.symbols = try symbols.decode(try sections.next(place), coder)
      } catch {
        throw FormatError(place, expected: "a sound payload", actual: "\(error)")
      }
    }
    guard sections.areAllTaken else {
      throw FormatError(place, expected: "no bytes after the last section", actual: "some")
    }
    let encoding: any ParameterEncoding
    do throws(EncodingError) {
      encoding = try type.init(stored: stored)
    } catch {
      throw FormatError(place, expected: error.expected, actual: error.actual)
    }
    guard kind.isDense == true else { return encoding }
    guard encoding.type.isReal else {
      throw FormatError(place, expected: "dense floats", actual: "\(encoding.type)")
    }
    return Dense(encoding.decoded())
  }

  /// The sections of a payload, one after the other.
  private struct Sections {
    private var reader: ByteReader
    private var remaining: Int

    init(_ bytes: ArraySlice<UInt8>, _ kind: SQZDirectory.Kind) {
      reader = ByteReader(bytes, of: "payload")
      remaining =
        (kind.floats?.count ?? 0) + (kind.integers?.count ?? 0) + (kind.coder == nil ? 0 : 1)
    }

    var areAllTaken: Bool { remaining == 0 && reader.isAtEnd }

    mutating func next(_ place: String) throws(EntropyError) -> ArraySlice<UInt8> {
      guard remaining > 0 else { throw .malformed("\(place): a section too many") }
      remaining -= 1
      return remaining == 0
        ? reader.readRest() : try reader.readSlice(try reader.readVarint(atMost: reader.remaining))
    }
  }

  private static func symbolTable(
    of stored: StoredParameter,
    _ type: any ParameterEncoding.Type,
    _ place: String
  ) throws(FormatError) -> SymbolTable? {
    do throws(EncodingError) {
      return try type.symbolTable(of: stored)
    } catch {
      throw FormatError(place, expected: error.expected, actual: error.actual)
    }
  }
}
