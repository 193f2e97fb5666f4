/// Every booster, and the language that names them.
public enum BoosterCatalog {
  /// Every booster; adding one adds one line here.
  public static let all: [any Booster.Type] = [
    FullyConnectedToConvolution.self,
    FullyConnectedToGlobalPool.self,
    GroupConvolution.self,
    DepthwisePointwise.self,
    DepthwiseShuffle.self,
    FilterStacking.self,
    KernelReduction.self,
    Downsampling.self,
    ChannelReduction.self,
    WidthMultiplier.self,
    ResolutionMultiplier.self,
    LowRank.self,
    FireModule.self,
  ]

  /// The booster of a name, or `nil`.
  public static func named(_ name: String) -> (any Booster.Type)? {
    all.first { $0.about.name == name }
  }

  /// The boosters that a text such as `fc-to-conv; group-convolution(groups=2)` names, in order.
  ///
  /// - Throws: ``BoosterError`` that names the character, what was expected and what came.
  public static func parse(_ text: String) throws(BoosterError) -> [any Booster] {
    var parser = BoosterParser(text)
    return try parser.boosters()
  }
}
