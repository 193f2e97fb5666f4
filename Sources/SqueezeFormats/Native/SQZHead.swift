import SqueezeEntropy
import SqueezeParameters

/// Everything before the first payload of a container, its checksum verified.
struct SQZHead {
  var directory: SQZDirectory
  /// One for each of the directory's parameters.
  var records: [SQZRecord]
  var byteCount: Int

  /// Reads the start of a file.
  ///
  /// - Throws: ``FormatError`` where it is damaged, or names a version, encoding, coder or operator
  ///   that is not known.
  init(_ source: ByteSource) throws(FormatError) {
    let bytes = try Self.bytes(source)
    let magic = SQZ.magic.count
    var reader = ByteReader(bytes[(magic + 1)...], of: "directory")
    let coded: ArraySlice<UInt8>
    let text: [UInt8]
    let recordBytes: ArraySlice<UInt8>
    do throws(EntropyError) {
      let textCount = try reader.readVarint()
      let codedCount = try reader.readVarint(atMost: reader.remaining)
      let recordCount = try reader.readVarint(atMost: reader.remaining)
      coded = try reader.readSlice(codedCount)
      recordBytes = try reader.readSlice(recordCount)
      byteCount = bytes.count
      let end = bytes.count - reader.remaining
      guard try reader.readUInt32() == CRC32C.checksum(bytes[..<end]) else {
        throw EntropyError.malformed("directory, checksum")
      }
      guard textCount <= SQZ.textLimit(coded: codedCount) else {
        throw EntropyError.malformed("directory, \(textCount) bytes of text in \(codedCount)")
      }
      text = try ByteCoder.decode(coded, count: textCount, priming: SQZPriming.bytes)
    } catch {
      throw FormatError("directory", expected: "a sound directory", actual: "\(error)")
    }
    directory = try SQZDirectory(text: text)
    let kinds = try Self.kinds(of: directory)
    do throws(EntropyError) {
      records =
        bytes[magic] == 1
        ? try SQZRecords.decodeVersion1(recordBytes, kinds: kinds)
        : try SQZRecords.decode(recordBytes, kinds: kinds)
    } catch {
      throw FormatError("directory", expected: "a sound directory", actual: "\(error)")
    }
  }

  /// The bytes before the first payload, their length checked against the source's.
  private static func bytes(_ source: ByteSource) throws(FormatError) -> [UInt8] {
    let magic = SQZ.magic.count
    let start = try source.bytes(0..<min(source.count, 64))
    guard start.count > magic, start.starts(with: SQZ.magic) else {
      throw FormatError("header", expected: "an SQZ container", actual: "other bytes")
    }
    guard SQZ.versions.contains(start[magic]) else {
      throw FormatError(
        "header",
        expected: "version \(SQZ.versions.lowerBound) to \(SQZ.versions.upperBound)",
        actual: start[magic]
      )
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

  /// The kind of every parameter, its encoding and coder known and its lists few.
  private static func kinds(
    of directory: SQZDirectory
  ) throws(FormatError) -> [SQZDirectory.Kind] {
    for kind in directory.kinds {
      let place = "directory, kind \"\(kind.encoding)\""
      guard EncodingCatalog.encoding(named: kind.encoding) != nil else {
        throw FormatError(place, expected: "a known encoding", actual: "\"\(kind.encoding)\"")
      }
      if let coder = kind.coder, SymbolCoderCatalog.coder(named: coder) == nil {
        throw FormatError(place, expected: "a known coder", actual: "\"\(coder)\"")
      }
      let counts = [kind.attributes?.count, kind.floats?.count, kind.integers?.count]
      guard counts.allSatisfy({ $0 ?? 0 <= SQZ.listLimit }),
        1...SQZ.streamLimit ~= kind.streams ?? 1
      else {
        throw FormatError(place, expected: "a few lists and streams", actual: "too many")
      }
    }
    var kinds: [SQZDirectory.Kind] = []
    for index in directory.parameters {
      guard directory.kinds.indices.contains(index) else {
        throw FormatError(
          "directory, parameter \(kinds.count)",
          expected: "one of \(directory.kinds.count) kinds",
          actual: index
        )
      }
      kinds.append(directory.kinds[index])
    }
    return kinds
  }
}
