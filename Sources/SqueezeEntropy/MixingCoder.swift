/// The mixing coder: every decision predicted by many models at once, the smallest files.
///
/// It takes the same decisions as ``ContextTreeCoder`` (is the weight other than zero; its sign; the
/// rank of its magnitude down a tree), but sees more of what was coded before and weighs all of it
/// by logistic mixing, in the upper levels of the tree too. See `MixingModel`. It decodes at about a
/// third of the context tree's speed.
///
/// The decoder computes with integers only, so it gives the same symbols on every platform.
public enum MixingCoder: SymbolCoder {
  public static let identifier: UInt8 = 3
  public static let name = "mixing"
  public static let decodingTime = DecodingTime(
    nanosecondsPerSymbol: 65,
    nanosecondsPerNonzero: 125
  )

  public static func encode(_ plane: SymbolPlane) -> [UInt8] {
    BinaryEncoder.encode(plane) { codeSymbols($0, isEncoding: true, plane.layout, &$1) }
  }

  public static func decode(
    _ bytes: ArraySlice<UInt8>,
    layout: SymbolLayout
  ) throws(EntropyError) -> [UInt16] {
    try BinaryDecoder.decode(bytes, layout, "mixing") {
      codeSymbols($0, isEncoding: false, layout, &$1)
    }
  }

  /// Codes all symbols of a plane, reading them from memory or writing them there.
  private static func codeSymbols(
    _ symbols: UnsafeMutablePointer<UInt16>,
    isEncoding: Bool,
    _ layout: SymbolLayout,
    _ coder: inout some BinaryCoder
  ) {
    guard layout.alphabet > 1 else { return }  // all symbols are 0
    let memory = ScratchMemory()
    let model = MixingModel(layout, isEncoding ? symbols : nil, &coder, memory)
    model.code(symbols, isEncoding: isEncoding, &coder, memory)
    withExtendedLifetime(memory) {}
  }
}
