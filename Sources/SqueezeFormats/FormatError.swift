/// A file that cannot be read or written as a model.
public enum FormatError: Error, Sendable, Hashable {
  /// Something at a place of a file is not what it has to be.
  case unexpected(file: String, place: String, expected: String, actual: String)
  /// An ONNX file has nodes that Squeeze cannot express; every one is listed.
  case unsupportedNodes(file: String, nodes: [UnsupportedNode])

  /// Creates an error about a place of a file that is named on the way up.
  public init(_ place: String, expected: String, actual: some CustomStringConvertible) {
    self = .unexpected(file: "", place: place, expected: expected, actual: actual.description)
  }

  /// The same error with the file named, unless it has a name already.
  public func `in`(_ name: String) -> FormatError {
    switch self {
    case .unexpected("", let place, let expected, let actual):
      .unexpected(file: name, place: place, expected: expected, actual: actual)
    case .unsupportedNodes("", let nodes): .unsupportedNodes(file: name, nodes: nodes)
    default: self
    }
  }
}

/// A node of an ONNX file that Squeeze cannot express.
public struct UnsupportedNode: Sendable, Hashable {
  public var name: String
  /// The operator type, with its domain before a dot unless it is ONNX's own.
  public var type: String
  /// What is missing.
  public var reason: String

  /// Creates a description of a node.
  public init(name: String, type: String, reason: String) {
    self.name = name
    self.type = type
    self.reason = reason
  }
}

extension FormatError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unexpected(let file, let place, let expected, let actual):
      return "\(Self.prefix(file))\(place): expected \(expected), got \(actual)"
    case .unsupportedNodes(let file, let nodes):
      let lines = nodes.map { "\n  \($0.type) \"\($0.name)\": \($0.reason)" }
      let count = nodes.count == 1 ? "1 node" : "\(nodes.count) nodes"
      return "\(Self.prefix(file))expected supported operators, got \(count) of others:"
        + lines.joined()
    }
  }

  private static func prefix(_ file: String) -> String { file.isEmpty ? "" : "\(file): " }
}
