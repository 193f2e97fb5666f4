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
  }

  // MARK: Writing

  /// Codes a parameter, dense floats of few different values as a codebook where that is shorter.
  ///
  /// Latent weights are left out: they matter to an optimizer alone, and checkpoints keep them.
  static func encode(
    _ encoding: any ParameterEncoding,
    coder: any SymbolCoder.Type,
    _ place: String
  ) throws(FormatError) -> Coded {
    let encoding = (encoding as? any LatentEncoding)?.rounded ?? encoding
    let plain = try encodeStored(encoding, coder: coder, place)
    let maximum = min(maximumCentroids, encoding.shape.count / 2)
    guard maximum > 0, let codebook = (encoding as? Dense)?.asCodebook(maximum: maximum) else {
      return plain
    }
    var shared = try encodeStored(codebook, coder: coder, place)
    shared.kind.isDense = true
    return shared.bytes.count < plain.bytes.count ? shared : plain
  }

  /// The most different values that dense floats are looked through for.
  private static let maximumCentroids = 4096

  /// Codes the stored form of a parameter.
  private static func encodeStored(
    _ encoding: any ParameterEncoding,
    coder: any SymbolCoder.Type,
    _ place: String
  ) throws(FormatError) -> Coded {
    let stored = encoding.stored
    let count = stored.shape.count
    func lengths<Element>(_ lists: [[Element]]) -> [Int?]? {
      lists.isEmpty ? nil : lists.map { $0.count == count ? nil : $0.count }
    }
    var sections = stored.floats.map { FloatCoder.encode($0) }
    sections += stored.integers.map { SQZIntegers.encode($0) }
    var kind = SQZDirectory.Kind(
      encoding: type(of: encoding).name,
      attributes: stored.attributes.isEmpty ? nil : stored.attributes,
      floats: lengths(stored.floats),
      integers: lengths(stored.integers)
    )
    if let table = try symbolTable(of: stored, type(of: encoding), place) {
      kind.coder = coder.name
      do throws(EntropyError) {
        let layout = try layout(stored.shape, table)
        sections.append(coder.encode(try SymbolPlane(layout: layout, symbols: stored.symbols)))
      } catch {
        throw FormatError(place, expected: "symbols that fit their table", actual: "\(error)")
      }
    }
    var writer = ByteWriter()
    for section in sections.dropLast() {
      writer.writeVarint(section.count)
      writer.write(contentsOf: section)
    }
    writer.write(contentsOf: sections.last ?? [])
    return Coded(kind: kind, bytes: writer.bytes)
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
        let layout = try layout(shape, table)
        stored.symbols = try coder.decode(try sections.next(place), layout: layout)
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
    private let isEmpty: Bool

    init(_ bytes: ArraySlice<UInt8>, _ kind: SQZDirectory.Kind) {
      reader = ByteReader(bytes, of: "payload")
      remaining =
        (kind.floats?.count ?? 0) + (kind.integers?.count ?? 0) + (kind.coder == nil ? 0 : 1)
      isEmpty = bytes.isEmpty
    }

    var areAllTaken: Bool { remaining == 0 && reader.isAtEnd }

    mutating func next(_ place: String) throws(EntropyError) -> ArraySlice<UInt8> {
      guard remaining > 0 else { throw .malformed("\(place): a section too many") }
      remaining -= 1
      return remaining == 0
        ? reader.readRest() : try reader.readSlice(try reader.readVarint(atMost: reader.remaining))
    }
  }

  // MARK: Symbols

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

  /// A tensor of any rank as the plane `[O, I, kH, kW]` that a coder sees.
  private static func layout(
    _ shape: Shape,
    _ table: SymbolTable
  ) throws(EntropyError) -> SymbolLayout {
    let rank = shape.rank
    return try SymbolLayout(
      rows: rank > 0 ? shape[0] : 1,
      columns: rank > 1 ? shape[1] : 1,
      tapRows: rank > 3 ? shape.dimensions[2..<rank - 1].reduce(1, *) : 1,
      tapColumns: rank > 2 ? shape[rank - 1] : 1,
      zero: table.zero,
      levels: SymbolLayout.levels(forFloatBits: table.values.map(\.bitPattern))
    )
  }
}

/// Lists of whole numbers: zigzag varints, as they are (first byte 0) or through `ByteCoder` with
/// their number of bytes before (first byte 1), whichever is shorter.
enum SQZIntegers {
  static func encode(_ values: [Int]) -> [UInt8] {
    var plain = ByteWriter()
    for value in values {
      // Two halves, because a varint has 63 bits: the sign is the lowest bit of the first.
      let zigzag = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
      plain.writeVarint(zigzag & 0xFFFF_FFFF)
      plain.writeVarint(zigzag >> 32)
    }
    var coded = ByteWriter()
    coded.writeVarint(plain.count)
    coded.write(contentsOf: ByteCoder.encode(plain.bytes))
    return coded.count < plain.count ? [1] + coded.bytes : [0] + plain.bytes
  }

  static func decode(_ bytes: ArraySlice<UInt8>, count: Int) throws(EntropyError) -> [Int] {
    let place = "integers"
    guard let form = bytes.first, form < 2 else { throw .malformed(place) }
    var reader = ByteReader(bytes.dropFirst(), of: place)
    if form == 1 {
      let length = try reader.readVarint(atMost: 10 * count)
      let plain = try ByteCoder.decode(reader.readRest(), count: length)
      reader = ByteReader(plain[...], of: place)
    }
    guard reader.remaining >= 2 * count else { throw .truncated(place) }
    var values: [Int] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      let low = UInt64(try reader.readVarint(atMost: 0xFFFF_FFFF))
      let zigzag = UInt64(try reader.readVarint(atMost: 0xFFFF_FFFF)) << 32 | low
      values.append(Int(bitPattern: UInt(zigzag >> 1)) ^ -Int(zigzag & 1))
    }
    guard reader.isAtEnd else { throw .malformed(place) }
    return values
  }
}
