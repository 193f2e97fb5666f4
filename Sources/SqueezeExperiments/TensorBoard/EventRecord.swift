import SqueezeEntropy

/// One entry of a TensorBoard event file.
///
/// The messages are `Event` (wall_time = 1, step = 2, file_version = 3, summary = 5), `Summary`
/// (value = 1) and `Summary.Value` (tag = 1, simple_value = 2) of TensorFlow's `event.proto` and
/// `summary.proto`.
package enum EventRecord {
  /// The entry that a file begins with.
  static func version(seconds: Double) -> [UInt8] {
    var event = WireWriter()
    event.double(1, seconds)
    event.text(3, "brain.Event:2")
    return framed(event.bytes)
  }

  /// The values of one step by tag.
  static func scalars(_ values: [(tag: String, value: Double)], step: Int, seconds: Double)
    -> [UInt8]
  {
    var summary = WireWriter()
    for (tag, number) in values {
      var value = WireWriter()
      value.text(1, tag)
      value.float(2, Float(number))
      summary.bytes(1, value.bytes)
    }
    var event = WireWriter()
    event.double(1, seconds)
    event.integer(2, step)
    event.bytes(5, summary.bytes)
    return framed(event.bytes)
  }

  /// A record: its length, the length's checksum, the data, the data's checksum, little-endian.
  ///
  /// Source: TensorFlow, "TFRecord and tf.train.Example", TFRecords format details.
  static func framed(_ data: [UInt8]) -> [UInt8] {
    var length = ByteWriter()
    length.write(UInt64(data.count))
    var record = ByteWriter(reservingCapacity: data.count + 16)
    record.write(contentsOf: length.bytes)
    record.write(masked(CRC32C.checksum(length.bytes)))
    record.write(contentsOf: data)
    record.write(masked(CRC32C.checksum(data)))
    return record.bytes
  }

  /// A checksum turned by 15 bits and shifted, so that data which holds checksums has sound ones.
  package static func masked(_ checksum: UInt32) -> UInt32 {
    (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
