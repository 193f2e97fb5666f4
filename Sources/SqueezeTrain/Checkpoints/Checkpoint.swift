public import SqueezeGraph
public import SqueezeParameters
import SqueezeTensor

/// Everything a training needs to go on as if it had never stopped.
public struct Checkpoint: Sendable {
  /// Where the training stands.
  public var state: TrainingState
  /// Every parameter of the model by key; of trained ones that are not dense, the encoding as training
  /// began.
  public var parameters: [String: any ParameterEncoding]
  /// Lists of floats by what they are and the parameter's key.
  var lists: [ListName: [Float]]

  /// What a list of floats is for.
  struct ListName: Hashable, Comparable {
    enum Role: String, CaseIterable {
      /// The free scalars in full precision, of encodings that are not dense.
      case values
      /// The optimizer's slots.
      case slots
      /// The averages of free scalars.
      case average
      /// The averages of statistics.
      case statisticAverage
    }

    var role: Role
    var key: String

    static func < (a: ListName, b: ListName) -> Bool {
      (a.role.rawValue, a.key) < (b.role.rawValue, b.key)
    }
  }

  /// Parameters alone, exactly as they are: nothing to go on training from.
  public init(parameters: [String: any ParameterEncoding]) {
    self.init(state: TrainingState(), parameters: parameters, lists: [:])
  }

  init(
    state: TrainingState,
    parameters: [String: any ParameterEncoding],
    lists: [ListName: [Float]]
  ) {
    self.state = state
    self.parameters = parameters
    self.lists = lists
  }

  /// A graph with the checkpoint's parameters.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:expected:actual:)`` where it has other parameters.
  public func model(_ graph: Model) throws(TrainingError) -> Model {
    var model = graph
    for key in graph.parameters.keys {
      guard var encoding = parameters[key] else {
        throw .checkpoint("checkpoint", expected: "parameter \(key)", actual: "none")
      }
      if let values = lists[ListName(role: .values, key: key)] { encoding.free = values }
      model.parameters[key] = encoding
    }
    return model
  }
}

/// Where a training stands.
public struct TrainingState: Sendable, Hashable, Codable {
  /// The steps done.
  public var step = 0
  /// The epochs done.
  public var epoch = 0
  /// The batches done of the epoch after those.
  public var batch = 0
  /// The seed of dropout.
  public var seed: UInt64 = 0
  /// The sum of the losses of the epoch's samples so far, and their number.
  public var epochLoss = 0.0
  public var epochSamples = 0
  /// The seconds of the epoch's steps so far.
  public var epochSeconds = 0.0
  /// The best metric so far and its epoch, from 1.
  public var bestValue: Double?
  public var bestEpoch: Int?
  /// The epochs done.
  public var history: [EpochReport] = []
  /// What the result depends on, by name; must be the same to go on.
  public var settings: [String: String] = [:]
}
