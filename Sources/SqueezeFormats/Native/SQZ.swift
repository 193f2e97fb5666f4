import SqueezeEntropy
import SqueezeTensor

/// The native container: a whole model in one file, as small as its parts allow.
///
/// | part | bytes |
/// |---|---|
/// | magic `SQZ` and version, 2 | 4 |
/// | lengths of the directory's text, of its coded form, and of the records | varints |
/// | the directory's text, JSON, through `ByteCoder` | |
/// | the records: length of the numbers, the numbers through `IntegerCoder`, checks | varint, –, 4 each |
/// | CRC-32C of everything so far | 4 |
/// | the payloads in execution order, without gaps | |
///
/// The text holds graph, labels, preprocessing and metadata, and which kind of encoding every
/// parameter has. Keys and shapes of parameters follow from the graph. Numbers, see `SQZRecords`, are
/// what differs between parameters of one kind: bytes of the payload, attributes, lengths of lists,
/// streams. A check joins the payload's checksum and the decoded tensor's hash: it finds damage of the
/// one and any drift of a decoder. All is little endian.
///
/// Version 1 has, instead of the records: per parameter the length of its payload (varint), the CRC-32C
/// of the payload (4) and the whole hash (8); its text holds the numbers. It is still read.
enum SQZ {
  static let magic: [UInt8] = [0x53, 0x51, 0x5A]
  /// The version that is written.
  static let version: UInt8 = 2
  /// The versions that are read.
  static let versions: ClosedRange<UInt8> = 1...2

  /// The most bytes of text for so many coded ones.
  static func textLimit(coded: Int) -> Int { 1 << 16 + 256 * coded }

  /// The most scalars of all parameters for a file of so many bytes: what decoding costs must be in
  /// proportion to what was sent.
  static func scalarLimit(fileByteCount: Int) -> Int { 1 << 22 + 4096 * fileByteCount }

  /// The most attributes of a parameter, and the most lists of one sort.
  static let listLimit = 16
  /// The most independent streams of one parameter's symbols.
  static let streamLimit = 4096

  /// The check of version 2: CRC-32C of the payload, exclusive or the upper half of the hash of the
  /// decoded tensor.
  static func check(_ tensor: Tensor, payload: ArraySlice<UInt8>) -> UInt32 {
    CRC32C.checksum(payload) ^ UInt32(hash(tensor) >> 32)
  }

  /// The hash of a decoded tensor's elements.
  static func hash(_ tensor: Tensor) -> UInt64 {
    tensor.type.isReal ? Hash64.hash(tensor.scalars) : Hash64.hash(tensor.integers)
  }
}
