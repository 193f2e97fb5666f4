public import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// The first thing in which two models differ.
///
/// Equal models have equal inputs, outputs and nodes, and parameters that decode to the same bits,
/// however they are encoded. Names of the models, labels and metadata do not count.
public struct ModelComparison: Sendable, Hashable {
  /// A difference between two models.
  public struct Difference: Sendable, Hashable, CustomStringConvertible {
    /// What differs, such as `node "conv1"`.
    public var place: String
    public var first: String
    public var second: String

    public var description: String { "\(place): \(first) in the first, \(second) in the second" }
  }

  /// The first difference in the order inputs, outputs, nodes, parameters; `nil` where there is none.
  public let difference: Difference?

  /// Whether the models have equal graphs and bit-identical parameters.
  public var areEqual: Bool { difference == nil }

  /// Compares two models.
  public init(_ first: Model, _ second: Model) {
    difference =
      Self.inputs(first, second) ?? Self.nodes(first, second) ?? Self.parameters(first, second)
  }

  // MARK: Graph

  private static func inputs(_ a: Model, _ b: Model) -> Difference? {
    for index in 0..<max(a.inputs.count, b.inputs.count) {
      let (x, y) = (a.inputs[at: index], b.inputs[at: index])
      if x != y {
        return Difference(
          place: "input \(index)",
          first: x.map { "\($0)" } ?? "none",
          second: y.map { "\($0)" } ?? "none"
        )
      }
    }
    guard a.outputs == b.outputs else {
      return Difference(place: "outputs", first: "\(a.outputs)", second: "\(b.outputs)")
    }
    return nil
  }

  private static func nodes(_ a: Model, _ b: Model) -> Difference? {
    for index in 0..<max(a.nodes.count, b.nodes.count) {
      let (x, y) = (a.nodes[at: index], b.nodes[at: index])
      if x != y {
        return Difference(place: "node \(index)", first: text(x), second: text(y))
      }
    }
    return nil
  }

  private static func text(_ node: Node?) -> String {
    guard let node else { return "none" }
    return "\"\(node.name)\" \(node.op) \(node.inputs) → \(node.outputs)"
  }

  // MARK: Parameters

  private static func parameters(_ a: Model, _ b: Model) -> Difference? {
    // Nodes are equal here, so their order serves both; orphans come last, by name.
    let order = Dictionary(
      a.nodes.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    func position(_ key: String) -> Int {
      key.lastIndex(of: ".").flatMap { order[String(key[..<$0])] } ?? Int.max
    }
    let keys = Set(a.parameters.keys).union(b.parameters.keys).map { (position($0), $0) }
    for (_, key) in keys.sorted(by: <) {
      let place = "parameter \"\(key)\""
      guard let x = a.parameters[key] else {
        return Difference(place: place, first: "none", second: "one")
      }
      guard let y = b.parameters[key] else {
        return Difference(place: place, first: "one", second: "none")
      }
      if let difference = tensors(x.decoded(), y.decoded(), place) { return difference }
    }
    return nil
  }

  private static func tensors(_ x: Tensor, _ y: Tensor, _ place: String) -> Difference? {
    guard x.spec == y.spec else {
      return Difference(place: place, first: "\(x.spec)", second: "\(y.spec)")
    }
    guard !x.isBitIdentical(to: y) else { return nil }
    if x.type.isReal {
      for i in x.scalars.indices where x.scalars[i].bitPattern != y.scalars[i].bitPattern {
        let values = ("\(x.scalars[i])", "\(y.scalars[i])")
        return Difference(place: "\(place), element \(i)", first: values.0, second: values.1)
      }
    }
    for i in x.integers.indices where x.integers[i] != y.integers[i] {
      let values = ("\(x.integers[i])", "\(y.integers[i])")
      return Difference(place: "\(place), element \(i)", first: values.0, second: values.1)
    }
    return nil
  }
}

extension Array {
  /// The element at a position, or `nil` beyond the end.
  fileprivate subscript(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
