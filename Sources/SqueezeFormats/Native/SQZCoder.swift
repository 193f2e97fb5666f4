import SqueezeEntropy

extension SQZWriter {
  /// How weights that are indices into a table are coded.
  public enum Coder: Sendable, Hashable {
    /// For every parameter the coder that makes the file smallest while decoding all of it on one
    /// thread takes no longer than the budget, by the coders' usual speed.
    case automatic(decodeBudget: Duration)
    /// Contexts weighed by mixing: the smallest files.
    case mixing
    /// An adaptive context tree: nearly as small, decoded twice as fast.
    case context
    /// Static range asymmetric numeral systems: the fastest.
    case rans
    /// Canonical Huffman codes.
    case huffman
    /// As few whole bits as the table needs.
    case raw

    /// Automatic within a quarter of a second.
    public static let standard = Coder.automatic(decodeBudget: .milliseconds(250))
  }
}

extension SQZWriter.Coder: RawRepresentable, CaseIterable, CustomStringConvertible {
  public static var allCases: [Self] { [.standard, .mixing, .context, .rans, .huffman, .raw] }

  /// The coder of a name; `automatic` is ``standard``.
  public init?(rawValue: String) {
    guard let coder = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = coder
  }

  public var rawValue: String {
    switch self {
    case .automatic: "automatic"
    case .mixing: MixingCoder.name
    case .context: ContextTreeCoder.name
    case .rans: RANSCoder.name
    case .huffman: HuffmanCoder.name
    case .raw: RawCoder.name
    }
  }

  public var description: String { rawValue }

  /// The budget in nanoseconds, if there is one.
  var budget: Double? {
    guard case .automatic(let budget) = self else { return nil }
    return budget / .nanoseconds(1)
  }

  /// The coders worth trying on parameters of `scalars` weights in all: for the automatic choice
  /// those that would not be far over the budget alone, and all that are fast.
  func candidates(scalars: Int) -> [any SymbolCoder.Type] {
    switch self {
    case .automatic:
      SymbolCoderCatalog.all.filter { coder in
        let time = coder.decodingTime
        return time.isFast
          || time.nanoseconds(symbols: scalars, scalars / 2) <= 4 * (budget ?? .infinity)
      }
    case .mixing: [MixingCoder.self]
    case .context: [ContextTreeCoder.self]
    case .rans: [RANSCoder.self]
    case .huffman: [HuffmanCoder.self]
    case .raw: [RawCoder.self]
    }
  }
}
