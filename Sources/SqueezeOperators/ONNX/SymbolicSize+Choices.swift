extension SymbolicSize {
  /// The size for the first choice of open sizes.
  var first: Int {
    switch self {
    case .fixed(let size), .varying(let size, _): size
    }
  }

  /// The size for the second choice of open sizes.
  var second: Int {
    switch self {
    case .fixed(let size), .varying(_, let size): size
    }
  }
}
