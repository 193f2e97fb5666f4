/// A lossless coder of symbol planes.
public protocol SymbolCoder: Sendable {
  /// The number that stands for the coder in a file.
  static var identifier: UInt8 { get }
  /// The name that stands for it in text.
  static var name: String { get }

  /// The plane's symbols as bytes.
  static func encode(_ plane: SymbolPlane) -> [UInt8]

  /// The symbols of a plane, each inside the alphabet.
  ///
  /// Damaged bytes give an error or wrong symbols, never a trap; time and memory stay in proportion
  /// to `layout.count` and `layout.alphabet`.
  static func decode(
    _ bytes: ArraySlice<UInt8>,
    layout: SymbolLayout
  ) throws(EntropyError) -> [UInt16]
}

/// Every symbol coder, by number and by name.
///
/// Number 3 is reserved for a mixing coder.
public enum SymbolCoderCatalog {
  public static let all: [any SymbolCoder.Type] = [
    RawCoder.self, RANSCoder.self, ContextTreeCoder.self, HuffmanCoder.self,
  ]

  /// The coder with this number, if there is one.
  public static func coder(identifier: UInt8) -> (any SymbolCoder.Type)? {
    all.first { $0.identifier == identifier }
  }

  /// The coder with this name, if there is one.
  public static func coder(named name: String) -> (any SymbolCoder.Type)? {
    all.first { $0.name == name }
  }
}
