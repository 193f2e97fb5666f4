extension BinaryEncoder {
  /// The bytes of a plane, empty where it has no symbols; `code` puts all of them into the encoder.
  static func encode(
    _ plane: SymbolPlane,
    _ code: (UnsafeMutablePointer<UInt16>, inout BinaryEncoder) -> Void
  ) -> [UInt8] {
    guard plane.layout.count > 0 else { return [] }
    var encoder = BinaryEncoder()
    var symbols = plane.symbols
    symbols.withUnsafeMutableBufferPointer { symbols in
      guard let base = symbols.baseAddress else { return }
      code(base, &encoder)
    }
    return encoder.finish()
  }
}

extension BinaryDecoder {
  /// The symbols of a plane; `code` takes all of them from the decoder, and `place` is where errors
  /// say that they are.
  static func decode(
    _ bytes: ArraySlice<UInt8>,
    _ layout: SymbolLayout,
    _ place: String,
    _ code: (UnsafeMutablePointer<UInt16>, inout BinaryDecoder) -> Void
  ) throws(EntropyError) -> [UInt16] {
    guard layout.count > 0 else {
      guard bytes.isEmpty else { throw .malformed("\(place): bytes are left over") }
      return []
    }
    var symbols = [UInt16](repeating: 0, count: layout.count)
    try decode(bytes, place) { decoder in
      symbols.withUnsafeMutableBufferPointer { symbols in
        guard let base = symbols.baseAddress else { return }
        code(base, &decoder)
      }
    }
    return symbols
  }
}
