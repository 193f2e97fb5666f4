import SqueezeGraph
import SqueezeOperators

/// What every imported graph goes through: nodes without use and without effect disappear.
enum ONNXCleanup {
  /// Batch normalization is left for the engine to fold, so that a network can still be trained.
  private static let rewrites: [any Rewrite] = [
    BiasFolding(), BinarizePattern(), ChannelShufflePattern(), IdentityRemoval(),
  ]

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
