/// A lossless coder of symbol planes.
public protocol SymbolCoder: Sendable {
  /// The number that stands for the coder in a file.
  static var identifier: UInt8 { get }
  /// The name that stands for it in text.
  static var name: String { get }

  /// How long decoding usually takes.
  static var decodingTime: DecodingTime { get }

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
public enum SymbolCoderCatalog {
  public static let all: [any SymbolCoder.Type] = [
    RawCoder.self, RANSCoder.self, ContextTreeCoder.self, MixingCoder.self, HuffmanCoder.self,
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

/// How long a coder usually takes to decode, measured on one thread of a server of 2024.
///
/// Files must not depend on the machine that writes them, so plans within a time use these figures.
public struct DecodingTime: Sendable, Hashable {
  public var nanosecondsPerSymbol: Double
  /// What a symbol other than zero takes more.
  public var nanosecondsPerNonzero: Double

  /// Creates a time.
  public init(nanosecondsPerSymbol: Double, nanosecondsPerNonzero: Double = 0) {
    self.nanosecondsPerSymbol = nanosecondsPerSymbol
    self.nanosecondsPerNonzero = nanosecondsPerNonzero
  }

  /// Whether it is that of a coder without contexts.
  public var isFast: Bool { nanosecondsPerSymbol < 10 }

  /// The time of a plane.
  public func nanoseconds(symbols: Int, _ nonzeros: Int) -> Double {
    nanosecondsPerSymbol * Double(symbols) + nanosecondsPerNonzero * Double(nonzeros)
  }
}

extension FloatCoder {
  /// How long decoding so many floats usually takes.
  public static func decodingNanoseconds(_ count: Int) -> Double {
    // A few go bit by bit, many by words.
    (count < manyCount ? 150 : 6) * Double(count)
  }
}
