import SqueezeGraph
import SqueezeOperators

/// What every imported graph goes through: nodes without use and without effect disappear.
enum ONNXCleanup {
  /// The rewrites that keep a network's parameters as they are.
  private static let rewrites: [any Rewrite] = []

  /// The model without superfluous nodes, checked once more as a whole.
  static func apply(to model: Model) throws(FormatError) -> Model {
    var model = model
    model.removeUnusedNodes()
    do {
      for rewrite in rewrites { model = try rewrite.apply(to: model) }
    } catch {
      throw FormatError("graph", expected: "a sound graph", actual: "\(error)")
    }
    _ = try model.inferSample()
    return model
  }
}
