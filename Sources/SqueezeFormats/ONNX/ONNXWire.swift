/// Fields of protocol buffers' wire format, read one by one from a source.
///
/// A field is a tag (number and kind) and a value: a varint, 4 or 8 bytes, or a length and so many
/// bytes. Every length is checked against the message it is in before anything is read. Groups,
/// which ONNX does not use, are refused.
/// Source: Google, "Protocol Buffers: Encoding".
struct ONNXWire {
  /// One field of a message.
  struct Field {
    enum Kind: UInt64 {
      case varint = 0
      case eightBytes = 1
      case delimited = 2
      case fourBytes = 5
    }

    var number: UInt64
    var kind: Kind
    /// Where tag, length and value lie.
    var range: Range<Int>
    /// Where the value lies, for ``Kind/delimited`` without its length.
    var value: Range<Int>
  }

  private let source: ByteSource
  /// The bytes of the source from `windowStart` on.
  private var window: [UInt8] = []
  private var windowStart = 0
  private static let windowCount = 1 << 14

  init(_ source: ByteSource) { self.source = source }

  /// The field at `position` of a message that ends at `end`.
  mutating func field(at position: Int, end: Int) throws(FormatError) -> Field {
    var cursor = position
    let tag = try varint(&cursor, end: end)
    guard let kind = Field.Kind(rawValue: tag & 7), tag >> 3 > 0, tag >> 3 < 1 << 29 else {
      throw Self.malformed
    }
    let count: Int
    switch kind {
    case .varint:
      let start = cursor
      _ = try varint(&cursor, end: end)
      count = cursor - start
      cursor = start
    case .eightBytes: count = 8
    case .fourBytes: count = 4
    case .delimited:
      let length = try varint(&cursor, end: end)
      guard length <= UInt64(end - cursor) else { throw Self.malformed }
      count = Int(length)
    }
    guard count <= end - cursor else { throw Self.malformed }
    return Field(
      number: tag >> 3,
      kind: kind,
      range: position..<cursor + count,
      value: cursor..<cursor + count
    )
  }

  /// Appends the bytes of a range to an array.
  mutating func append(_ range: Range<Int>, to target: inout [UInt8]) throws(FormatError) {
    if range.lowerBound >= windowStart, range.upperBound <= windowStart + window.count {
      target += window[range.lowerBound - windowStart..<range.upperBound - windowStart]
    } else {
      target += try source.bytes(range)
    }
  }

  private mutating func varint(_ cursor: inout Int, end: Int) throws(FormatError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard cursor < end, shift < 64 else { throw Self.malformed }
      if cursor < windowStart || cursor >= windowStart + window.count {
        windowStart = cursor
        window = try source.bytes(cursor..<min(cursor + Self.windowCount, source.count))
      }
      let byte = window[cursor - windowStart]
      cursor += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  private static let malformed = FormatError(
    "message",
    expected: "an ONNX model",
    actual: "malformed protobuf"
  )
}
