/// A coder of small texts that mixes contexts bit by bit.
///
/// Each bit is predicted from the last one to six bytes, the current word, and the longest earlier
/// match; a logistic mixer weighs the predictions, as in Mahoney's lpaq (2007). A priming text that
/// both sides know is learnt first and not coded, so that even a short text meets familiar words.
public enum ByteCoder {
  /// The bytes, coded; the caller keeps their number.
  public static func encode(_ bytes: [UInt8], priming: [UInt8] = []) -> [UInt8] {
    var encoder = BinaryEncoder()
    var bytes = bytes
    code(&bytes, priming, &encoder)
    return encoder.finish()
  }

  /// The `count` bytes that were encoded with the same `priming`.
  ///
  /// - Throws: `EntropyError` when the bytes end early or are too many.
  public static func decode(
    _ bytes: ArraySlice<UInt8>,
    count: Int,
    priming: [UInt8] = []
  ) throws(EntropyError) -> [UInt8] {
    guard count >= 0 else { throw .malformed("text: \(count) bytes") }
    var text = [UInt8](repeating: 0, count: count)
    try BinaryDecoder.decode(bytes, "text") { decoder in code(&text, priming, &decoder) }
    return text
  }

  private static func code(
    _ bytes: inout [UInt8],
    _ priming: [UInt8],
    _ coder: inout some BinaryCoder
  ) {
    guard !bytes.isEmpty else { return }
    let memory = ScratchMemory()
    var model = ByteModel(capacity: priming.count + bytes.count, memory)
    var listener = Listener()
    for byte in priming { _ = model.code(byte, &listener) }
    for index in bytes.indices {
      guard !coder.isExhausted else { break }
      bytes[index] = model.code(bytes[index], &coder)
    }
    withExtendedLifetime(memory) {}
  }

  /// Codes nothing, so that a model only learns.
  private struct Listener: BinaryCoder {
    var isExhausted: Bool { false }
    mutating func code(_ bit: Int, probability: UInt32) -> Int { bit }
  }
}
