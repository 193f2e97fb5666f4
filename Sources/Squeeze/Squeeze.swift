@_exported import SqueezeCompress
@_exported import SqueezeData
@_exported import SqueezeDesign
@_exported import SqueezeEngine
@_exported import SqueezeEntropy
@_exported import SqueezeExperiments
@_exported import SqueezeFormats
@_exported import SqueezeGraph
@_exported import SqueezeMPI
@_exported import SqueezeMeasure
@_exported import SqueezeMetrics
@_exported import SqueezeModels
@_exported import SqueezeOperators
@_exported import SqueezeParameters
@_exported import SqueezeRecipes
@_exported import SqueezeReport
@_exported import SqueezeTensor
@_exported import SqueezeTrain

/// Which Squeeze this is.
public enum SqueezeVersion {
  /// The version in the form `major.minor.patch`.
  public static let current = "0.1.0"
}
