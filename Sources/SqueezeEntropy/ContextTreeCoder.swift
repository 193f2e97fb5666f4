/// The context tree coder: adaptive binary decisions under contexts, the default of `.sqz`.
///
/// A weight is coded as: is it other than zero; its sign; the rank of its magnitude, bit by bit down a
/// balanced tree. Probabilities learn by counting under contexts made of the weights already coded
/// (the same kernel, the same input channel, the same output channel); where contexts disagree,
/// logistic mixers weigh them. See `PlaneModel`.
///
/// The decoder computes with integers only, so it gives the same symbols on every platform.
public enum ContextTreeCoder: SymbolCoder {
  public static let identifier: UInt8 = 2
  public static let name = "context"
  public static let decodingTime = DecodingTime(nanosecondsPerSymbol: 27, nanosecondsPerNonzero: 68)

  public static func encode(_ plane: SymbolPlane) -> [UInt8] {
    BinaryEncoder.encode(plane) { codeSymbols($0, isEncoding: true, plane.layout, &$1) }
  }

  public static func decode(
    _ bytes: ArraySlice<UInt8>,
    layout: SymbolLayout
  ) throws(EntropyError) -> [UInt16] {
    try BinaryDecoder.decode(bytes, layout, "context tree") {
      codeSymbols($0, isEncoding: false, layout, &$1)
    }
  }

  /// Codes all symbols of a plane, reading them from memory or writing them there.
  static func codeSymbols<Coder: BinaryCoder>(
    _ symbols: UnsafeMutablePointer<UInt16>,
    isEncoding: Bool,
    _ layout: SymbolLayout,
    _ coder: inout Coder
  ) {
    guard layout.alphabet > 1 else { return }  // all symbols are 0
    let memory = ScratchMemory()
    let model = PlaneModel(layout, isEncoding ? symbols : nil, &coder, memory)
    if layout.tapRows * layout.tapColumns == 1 {
      model.codePointwise(symbols, isEncoding: isEncoding, &coder, memory)
    } else {
      model.codeKernels(symbols, isEncoding: isEncoding, &coder, memory)
    }
    withExtendedLifetime(memory) {}
  }
}
