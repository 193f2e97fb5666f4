import SqueezeEntropy
import SqueezeTensor

/// The native container: a whole model in one file, as small as its parts allow.
///
/// | part | bytes |
/// |---|---|
/// | magic `SQZ` and version | 4 |
/// | lengths of the directory's text, of its coded form, and of the records | varints |
/// | the directory's text, JSON, through `ByteCoder` | |
/// | per parameter: payload length, CRC-32C of the payload, hash of the decoded tensor | varint, 4, 8 |
/// | CRC-32C of everything so far | 4 |
/// | the payloads in execution order, without gaps | |
///
/// The text holds graph, labels, preprocessing and metadata, and which kind of encoding every
/// parameter has. Keys and shapes of parameters follow from the graph. Numbers are little endian.
enum SQZ {
  static let magic: [UInt8] = [0x53, 0x51, 0x5A]
  static let version: UInt8 = 1

  /// The most bytes of text for so many coded ones.
  static func textLimit(coded: Int) -> Int { 1 << 16 + 256 * coded }

  /// The most scalars of all parameters for a file of so many bytes: what decoding costs must be in
  /// proportion to what was sent.
  static func scalarLimit(fileByteCount: Int) -> Int { 1 << 22 + 4096 * fileByteCount }

  /// The hash of a decoded tensor's elements.
  static func hash(_ tensor: Tensor) -> UInt64 {
    tensor.type.isReal ? Hash64.hash(tensor.scalars) : Hash64.hash(tensor.integers)
  }
}
