/// Inputs, attributes or parameters that an operator cannot take.
///
/// Reads as `Convolution "fire2/squeeze1x1": expected 64 input channels, got 3`.
public struct ShapeError: Error, Sendable, Hashable {
  /// The operator's name.
  public var operatorName: String
  /// The node's name, once the error has passed through a graph.
  public var node: String?
  public var expected: String
  public var actual: String

  /// Creates an error that says what was expected and what came.
  public init(
    _ operatorName: String,
    node: String? = nil,
    expected: String,
    actual: some CustomStringConvertible
  ) {
    self.operatorName = operatorName
    self.node = node
    self.expected = expected
    self.actual = actual.description
  }

  /// The same error with the node named.
  public func at(_ node: String) -> ShapeError {
    var error = self
    error.node = error.node ?? node
    return error
  }
}

extension ShapeError: CustomStringConvertible {
  public var description: String {
    let place = node.map { "\(operatorName) \"\($0)\"" } ?? operatorName
    return "\(place): expected \(expected), got \(actual)"
  }
}
