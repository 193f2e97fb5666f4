public import SqueezeGraph

/// Boosters applied one after the other, each of which can be taken back.
public struct RewriteHistory: Sendable {
  /// One booster, and what it did.
  public struct Step: Sendable {
    /// The booster in the language, such as `fire-module(nodes=conv3)`.
    public var booster: String
    public var changes: [NodeChange]
    public var before: ModelCost
    public var after: ModelCost

    /// How much of the function is kept: as much as by the change that keeps least.
    public var fidelity: Fidelity {
      let order = Fidelity.allCases
      return changes.map(\.fidelity).max {
        (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0)
      } ?? .exact
    }

    /// The largest error of a fit; `nil` where nothing was fitted.
    public var error: Double? { changes.compactMap(\.error).max() }
  }

  public private(set) var model: Model
  public private(set) var steps: [Step] = []
  private var earlier: [Model] = []

  /// Begins with a model.
  public init(_ model: Model) { self.model = model }

  /// Applies a booster.
  ///
  /// - Throws: what the booster throws; the model then stays as it is.
  public mutating func apply(_ booster: any Booster) throws {
    let boosted = try booster.boosted(model)
    let step = Step(
      booster: booster.text,
      changes: boosted.changes,
      before: try model.cost(),
      after: try boosted.model.cost()
    )
    earlier.append(model)
    model = boosted.model
    steps.append(step)
  }

  /// Takes the last booster back: the model is again what it was, bit for bit.
  ///
  /// - Returns: the step, or `nil` where there is none.
  @discardableResult public mutating func undo() -> Step? {
    guard let last = earlier.popLast() else { return nil }
    model = last
    return steps.popLast()
  }
}
