/// Why bytes could not be decoded.
public enum EntropyError: Error, Sendable, Hashable {
  /// The bytes end before the data does.
  case truncated(String)
  /// The bytes contradict themselves.
  case malformed(String)
}

extension EntropyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let what): "\(what): the data ends too early"
    case .malformed(let what): "\(what): the data is damaged"
    }
  }
}
