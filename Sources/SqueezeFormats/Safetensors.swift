import Foundation
public import SqueezeTensor

/// Reads and writes safetensors files: tensors by name, without a graph.
///
/// A file is 8 bytes with the length of a JSON header, the header, and the tensors' bytes. The
/// header gives every tensor's element type, shape and place.
/// Source: the format's own description, github.com/huggingface/safetensors.
public struct Safetensors: Sendable {
  /// The longest header that is read, in bytes.
  public static let maximumHeaderByteCount = 16 << 20
  private static let metadataKey = "__metadata__"

  /// The tensors by name.
  public var tensors: [String: Tensor]
  /// Free text by key.
  public var metadata: [String: String]

  /// Creates a file's content.
  public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  // MARK: Reading

  /// One tensor as the header describes it.
  private struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    // The format's own name of the field.
    var dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  /// What a header key may stand for.
  private enum Item: Decodable {
    case tensor(Entry)
    case metadata([String: String])

    init(from decoder: any Decoder) throws {
      if decoder.codingPath.last?.stringValue == Safetensors.metadataKey {
        self = .metadata(try [String: String](from: decoder))
      } else {
        self = .tensor(try Entry(from: decoder))
      }
    }
  }

  /// Reads the bytes of a file.
  ///
  /// - Throws: ``FormatError`` where the header is malformed, or tensors overlap, leave gaps, do not
  ///   fit their shape or lie outside the file.
  public init(bytes: [UInt8]) throws(FormatError) {
    guard bytes.count >= 8 else {
      throw FormatError("header", expected: "8 bytes", actual: bytes.count)
    }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let limit = min(bytes.count - 8, Self.maximumHeaderByteCount)
    guard length <= UInt64(limit) else {
      throw FormatError("header", expected: "at most \(limit) bytes", actual: length)
    }
    let start = 8 + Int(length)
    let items: [String: Item]
    do {
      items = try JSONDecoder().decode([String: Item].self, from: Data(bytes[8..<start]))
    } catch {
      throw FormatError("header", expected: "JSON that describes tensors", actual: "other bytes")
    }
    tensors = [:]
    metadata = [:]
    var entries: [(name: String, entry: Entry)] = []
    for (name, item) in items {
      switch item {
      case .metadata(let texts): metadata = texts
      case .tensor(let entry): entries.append((name, entry))
      }
    }
    try Self.checkTiling(&entries, byteCount: bytes.count - start)
    for (name, entry) in entries {
      tensors[name] = try Self.tensor(bytes[start...], name, entry)
    }
  }

  /// Sorts tensors by place and checks that they follow each other without gap or overlap.
  private static func checkTiling(
    _ entries: inout [(name: String, entry: Entry)],
    byteCount: Int
  ) throws(FormatError) {
    for (name, entry) in entries where entry.dataOffsets.count != 2 {
      throw FormatError(
        "tensor \"\(name)\"",
        expected: "2 data offsets",
        actual: entry.dataOffsets.count
      )
    }
    // An empty tensor begins where the next one does, so ends decide between equal begins.
    entries.sort { $0.entry.dataOffsets.lexicographicallyPrecedes($1.entry.dataOffsets) }
    var end = 0
    for (name, entry) in entries {
      let offsets = entry.dataOffsets
      guard offsets[0] == end, offsets[1] >= end, offsets[1] <= byteCount else {
        throw FormatError(
          "tensor \"\(name)\"",
          expected: "bytes from \(end), within \(byteCount)",
          actual: "\(offsets[0])..<\(offsets[1])"
        )
      }
      end = offsets[1]
    }
    guard end == byteCount else {
      throw FormatError("end", expected: "\(end) bytes of tensors", actual: byteCount)
    }
  }

  private static func tensor(
    _ bytes: ArraySlice<UInt8>,
    _ name: String,
    _ entry: Entry
  ) throws(FormatError) -> Tensor {
    let place = "tensor \"\(name)\""
    guard let type = types.first(where: { $0.name == entry.dtype })?.type else {
      throw FormatError(
        place,
        expected: "one of \(types.map(\.name).joined(separator: ", "))",
        actual: entry.dtype
      )
    }
    let shape = Shape(entry.shape)
    let size = entry.dataOffsets[1] - entry.dataOffsets[0]
    guard let count = shape.checkedCount, count * type.byteCount == size else {
      throw FormatError(place, expected: "the bytes of \(type) \(shape)", actual: size)
    }
    let slice = bytes[
      bytes.startIndex + entry.dataOffsets[0]..<bytes.startIndex + entry.dataOffsets[1]
    ]
    switch slice.withUnsafeBytes({ ElementBytes.elements($0, type) }) {
    case .reals(let scalars): return Tensor(shape, scalars, type: type)
    case .integers(let integers): return Tensor(shape, integers: integers, type: type)
    case .outOfRange(let value):
      throw FormatError(place, expected: "\(type) elements", actual: value)
    }
  }

  private static let types: [(name: String, type: ElementType)] = [
    ("F32", .float32), ("F16", .float16), ("BF16", .bfloat16), ("F64", .float64), ("I8", .int8),
    ("I16", .int16), ("I32", .int32), ("I64", .int64), ("U8", .uint8), ("U16", .uint16),
    ("U32", .uint32), ("U64", .uint64), ("BOOL", .bool),
  ]

  // MARK: Writing

  /// The bytes of the file: tensors in alphabetical order, the header padded to 8 bytes.
  public var bytes: [UInt8] {
    var entries: [String: Entry] = [:]
    var body: [UInt8] = []
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let start = body.count
      body += ElementBytes.bytes(of: tensor)
      entries[name] = Entry(
        dtype: Self.types.first { $0.type == tensor.type }?.name ?? "",
        shape: tensor.shape.dimensions,
        dataOffsets: [start, body.count]
      )
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header: [UInt8] = []
    do {
      header = [UInt8](try encoder.encode(Header(entries: entries, metadata: metadata)))
    } catch {
      preconditionFailure("safetensors header: \(error)")
    }
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return length + header + body
  }

  private struct Header: Encodable {
    var entries: [String: Entry]
    var metadata: [String: String]

    private struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      if !metadata.isEmpty {
        try container.encode(metadata, forKey: Key(stringValue: Safetensors.metadataKey))
      }
      for (name, entry) in entries {
        try container.encode(entry, forKey: Key(stringValue: name))
      }
    }
  }
}
