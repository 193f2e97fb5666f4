import Crypto
public import SqueezeGraph
import SqueezeTensor

extension Model {
  /// The SHA-256 of all decoded parameters, as 64 hexadecimal digits.
  ///
  /// Keys in alphabetical order; for each its name, type and shape as text, then the elements as 32-bit
  /// floats or 64-bit integers, little endian. Models whose parameters decode to the same bits have the
  /// same hash, whatever their encodings.
  public var weightsHash: String {
    var hash = SHA256()
    for key in parameters.keys.sorted() {
      guard let tensor = parameters[key]?.decoded() else { continue }
      hash.update(data: Array("\(key) \(tensor.spec)\n".utf8))
      if tensor.type.isReal {
        let bits = tensor.scalars.map { $0.bitPattern.littleEndian }
        bits.withUnsafeBytes { hash.update(bufferPointer: $0) }
      } else {
        let bits = tensor.integers.map { Int64($0).littleEndian }
        bits.withUnsafeBytes { hash.update(bufferPointer: $0) }
      }
    }
    return hexadecimal(hash.finalize())
  }
}

/// Bytes as pairs of hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { byte in
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }.joined()
}
