import SqueezeEntropy

/// Writes protobuf's wire format, field by field.
///
/// Source: Protocol Buffers documentation, "Encoding".
struct WireWriter {
  private var writer = ByteWriter()

  var bytes: [UInt8] { writer.bytes }

  private enum Kind: UInt64 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
  }

  private mutating func tag(_ field: UInt64, _ kind: Kind) {
    writer.writeVarint(field << 3 | kind.rawValue)
  }

  mutating func integer(_ field: UInt64, _ value: Int) {
    tag(field, .varint)
    writer.writeVarint(UInt64(bitPattern: Int64(value)))
  }

  mutating func double(_ field: UInt64, _ value: Double) {
    tag(field, .fixed64)
    writer.write(value.bitPattern)
  }

  mutating func float(_ field: UInt64, _ value: Float) {
    tag(field, .fixed32)
    writer.write(value)
  }

  mutating func bytes(_ field: UInt64, _ value: some Collection<UInt8>) {
    tag(field, .delimited)
    writer.writeVarint(value.count)
    writer.write(contentsOf: value)
  }

  mutating func text(_ field: UInt64, _ value: String) { bytes(field, Array(value.utf8)) }
}
