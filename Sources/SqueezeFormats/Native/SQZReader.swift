public import Foundation
import SqueezeEntropy
public import SqueezeGraph
public import SqueezeParameters
import SqueezeTensor

/// Reads the native container `.sqz`.
///
/// Opening a file reads and checks its directory only; every parameter can then be decoded by
/// itself, in any order, on any thread. Of a file only the directory is kept in memory; the bytes of a
/// parameter are read when it is decoded.
public struct SQZReader: Sendable {
  /// One parameter as the directory describes it.
  public struct Entry: Sendable, Hashable {
    /// The key in `Model.parameters`, such as `conv1.weight`.
    public var key: String
    /// The name of the encoding, such as `dense`.
    public var encoding: String
    /// The name of the coder of its symbols, where it has any.
    public var coder: String?
    /// The bytes it takes in the file.
    public var byteCount: Int
  }

  /// One parameter with all that decoding it needs.
  private struct Record {
    var kind: Int
    var spec: TensorSpec
    var payload: Range<Int>
    var checksum: UInt32
    var hash: UInt64
  }

  /// The graph with everything but its parameters.
  public let structure: Model
  /// The parameters in execution order.
  public let entries: [Entry]
  /// The bytes before the first payload.
  public let directoryByteCount: Int
  private let source: ByteSource
  private let kinds: [SQZDirectory.Kind]
  private let records: [Record]

  // MARK: Directory

  /// Opens the bytes of a file.
  ///
  /// - Throws: ``FormatError`` where the directory is damaged, or names a version, encoding, coder
  ///   or operator that is not known.
  public init(bytes: [UInt8]) throws(FormatError) { try self.init(ByteSource(bytes)) }

  private init(_ source: ByteSource) throws(FormatError) {
    let head = try Self.head(source)
    let directory = try SQZDirectory(text: head.text)
    structure = try directory.model()
    kinds = directory.kinds
    let slots = try structure.parameterSlots()
    guard slots.count == directory.parameters.count else {
      throw FormatError(
        "directory",
        expected: "\(slots.count) parameters",
        actual: directory.parameters.count
      )
    }
    var scalars = 0
    var entries: [Entry] = []
    var records: [Record] = []
    var reader = ByteReader(head.records, of: "directory")
    var position = head.byteCount
    for (slot, index) in zip(slots, directory.parameters) {
      let place = "parameter \"\(slot.key)\""
      let kind = try Self.kind(index, of: directory, place)
      scalars += try Self.scalarCount(kind, slot.spec.spec.shape, place)
      guard scalars <= SQZ.scalarLimit(fileByteCount: source.count) else {
        throw FormatError(
          place,
          expected: "parameters in proportion to the file",
          actual: slot.spec.spec.shape
        )
      }
      do throws(EntropyError) {
        let length = try reader.readVarint(atMost: source.count - position)
        records.append(
          Record(
            kind: index,
            spec: slot.spec.spec,
            payload: position..<position + length,
            checksum: try reader.readUInt32(),
            hash: try reader.readUInt64()
          )
        )
        position += length
      } catch {
        throw FormatError(place, expected: "a payload inside the file", actual: "\(error)")
      }
      entries.append(
        Entry(
          key: slot.key,
          encoding: kind.encoding,
          coder: kind.coder,
          byteCount: records[records.count - 1].payload.count
        )
      )
    }
    guard reader.isAtEnd, position == source.count else {
      throw FormatError(
        "directory",
        expected: "payloads that fill the file",
        actual: "\(position) of \(source.count) bytes"
      )
    }
    self.source = source
    self.records = records
    self.entries = entries
    directoryByteCount = head.byteCount
  }

  /// The directory's parts, their checksum verified.
  private struct Head {
    var text: [UInt8]
    var records: ArraySlice<UInt8>
    /// All bytes before the first payload.
    var byteCount: Int
  }

  private static func head(_ source: ByteSource) throws(FormatError) -> Head {
    let bytes = try directory(source)
    var reader = ByteReader(bytes[(SQZ.magic.count + 1)...], of: "directory")
    do throws(EntropyError) {
      let textCount = try reader.readVarint()
      let codedCount = try reader.readVarint(atMost: reader.remaining)
      let recordCount = try reader.readVarint(atMost: reader.remaining)
      let coded = try reader.readSlice(codedCount)
      let records = try reader.readSlice(recordCount)
      let end = bytes.count - reader.remaining
      guard try reader.readUInt32() == CRC32C.checksum(bytes[..<end]) else {
        throw EntropyError.malformed("directory, checksum")
      }
      guard textCount <= SQZ.textLimit(coded: codedCount) else {
        throw EntropyError.malformed("directory, \(textCount) bytes of text in \(codedCount)")
      }
      let text = try ByteCoder.decode(coded, count: textCount, priming: SQZPriming.bytes)
      return Head(text: text, records: records, byteCount: end + 4)
    } catch {
      throw FormatError("directory", expected: "a sound directory", actual: "\(error)")
    }
  }

  /// The bytes before the first payload, their length checked against the source's.
  private static func directory(_ source: ByteSource) throws(FormatError) -> [UInt8] {
    let magic = SQZ.magic.count
    let start = try source.bytes(0..<min(source.count, 64))
    guard start.count > magic, start.starts(with: SQZ.magic) else {
      throw FormatError("header", expected: "an SQZ container", actual: "other bytes")
    }
    guard start[magic] == SQZ.version else {
      throw FormatError("header", expected: "version \(SQZ.version)", actual: start[magic])
    }
    let count: Int
    do throws(EntropyError) {
      var reader = ByteReader(start[(magic + 1)...], of: "directory")
      _ = try reader.readVarint()
      let coded = try reader.readVarint(atMost: source.count)
      let records = try reader.readVarint(atMost: source.count)
      count = start.count - reader.remaining + coded + records + 4
      guard count <= source.count else { throw .truncated("directory") }
    } catch {
      throw FormatError("directory", expected: "a sound directory", actual: "\(error)")
    }
    return try source.bytes(0..<count)
  }

  /// A kind of the directory, its encoding and coder known.
  private static func kind(
    _ index: Int,
    of directory: SQZDirectory,
    _ place: String
  ) throws(FormatError) -> SQZDirectory.Kind {
    guard directory.kinds.indices.contains(index) else {
      throw FormatError(
        place,
        expected: "one of \(directory.kinds.count) kinds",
        actual: "\(index)"
      )
    }
    let kind = directory.kinds[index]
    guard EncodingCatalog.encoding(named: kind.encoding) != nil else {
      throw FormatError(place, expected: "a known encoding", actual: "\"\(kind.encoding)\"")
    }
    if let coder = kind.coder, SymbolCoderCatalog.coder(named: coder) == nil {
      throw FormatError(place, expected: "a known coder", actual: "\"\(coder)\"")
    }
    return kind
  }

  /// The numbers that a parameter decodes to, its lists included.
  private static func scalarCount(
    _ kind: SQZDirectory.Kind,
    _ shape: Shape,
    _ place: String
  ) throws(FormatError) -> Int {
    guard var sum = shape.checkedCount else {
      throw FormatError(place, expected: "a shape", actual: shape)
    }
    let lists = (kind.floats ?? []) + (kind.integers ?? [])
    guard lists.count <= 16, lists.allSatisfy({ (0...Shape.maximumCount).contains($0 ?? 0) })
    else {
      throw FormatError(place, expected: "a few lists of sane length", actual: "\(lists.count)")
    }
    for length in lists { sum += length ?? shape.count }
    return sum
  }

  // MARK: Parameters

  /// Decodes parameter `index` of ``entries`` and checks it against checksum and hash.
  ///
  /// - Throws: ``FormatError`` where its bytes are damaged.
  public func parameter(at index: Int) throws(FormatError) -> any ParameterEncoding {
    let record = records[index]
    let place = "parameter \"\(entries[index].key)\""
    let payload = try source.bytes(record.payload)[...]
    guard CRC32C.checksum(payload) == record.checksum else {
      throw FormatError(place, expected: "its checksum", actual: "another")
    }
    let encoding = try SQZPayload.decode(
      payload,
      kinds[record.kind],
      shape: record.spec.shape,
      place
    )
    guard encoding.type == record.spec.type else {
      throw FormatError(place, expected: "\(record.spec)", actual: "\(encoding.type)")
    }
    guard SQZ.hash(encoding.decoded()) == record.hash else {
      throw FormatError(place, expected: "a tensor with its hash", actual: "another")
    }
    return encoding
  }

  /// Decodes the whole model.
  ///
  /// - Throws: ``FormatError`` naming the first parameter that is damaged.
  public func model() throws(FormatError) -> Model {
    var model = structure
    for (index, entry) in entries.enumerated() {
      model.parameters[entry.key] = try parameter(at: index)
    }
    return model
  }

  /// Reads a file.
  ///
  /// - Throws: ``FormatError`` that names the file and the place.
  public static func model(at url: URL) throws(FormatError) -> Model {
    let source = try ByteSource(url, limit: 1 << 32)
    do throws(FormatError) {
      return try SQZReader(source).model()
    } catch {
      throw error.in(url.lastPathComponent)
    }
  }
}
