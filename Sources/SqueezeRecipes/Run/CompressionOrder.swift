public import Foundation
import SqueezeData
import SqueezeExperiments
public import SqueezeGraph
public import SqueezeTensor

/// What somebody asks for: a model, data, and a recipe or a goal that a plan is made for.
public struct CompressionOrder {
  public var model: Model
  /// The plan; `nil` makes one.
  public var recipe: Recipe?
  /// The config that retraining follows, instead of the recipe's.
  public var trainingConfig: URL?
  /// Where the data lies, instead of where the config says.
  public var data: String?
  public var preprocessing: Preprocessing?
  public var targetBytes: Int?
  /// As ``RecipeGoal/setDrop(_:)`` and ``RecipeGoal/setLatency(_:)`` read them.
  public var maxDrop: String?
  public var maxLatency: String?
  /// `float32` or `int8`, instead of the recipe's.
  public var precision: String?
  public var calibration: Int?
  public var limit: Int?
  public var seed: UInt64?
  public var threads: Int
  /// The bytes of the model's file.
  public var inputBytes: Int
  public var folder: URL

  /// Creates an order.
  public init(
    model: Model,
    recipe: Recipe? = nil,
    trainingConfig: URL? = nil,
    data: String? = nil,
    preprocessing: Preprocessing? = nil,
    targetBytes: Int? = nil,
    maxDrop: String? = nil,
    maxLatency: String? = nil,
    precision: String? = nil,
    calibration: Int? = nil,
    limit: Int? = nil,
    seed: UInt64? = nil,
    threads: Int = 1,
    inputBytes: Int,
    folder: URL
  ) {
    self.model = model
    self.recipe = recipe
    self.trainingConfig = trainingConfig
    self.data = data
    self.preprocessing = preprocessing
    self.targetBytes = targetBytes
    self.maxDrop = maxDrop
    self.maxLatency = maxLatency
    self.precision = precision
    self.calibration = calibration
    self.limit = limit
    self.seed = seed
    self.threads = threads
    self.inputBytes = inputBytes
    self.folder = folder
  }

  /// Opens the data, makes a plan where there is none, and carries it out; see ``CompressionRun/run(resume:observe:shouldStop:)``.
  public func run(
    resume: Bool = false,
    observe: (RecipeEvent) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> CompressionOutcome {
    let data = try openData()
    let goal = try goal()
    var plan: Recipe
    if let recipe {
      plan = recipe
    } else {
      plan = try RecipePlanner(
        data: data,
        goal: goal,
        folder: folder,
        threads: threads,
        isInteger: precision == "int8"
      ).recipe(observe: observe, shouldStop: shouldStop)
    }
    if let seed { plan.seed = seed }
    if let calibration { plan.calibration = calibration }
    if let precision { plan.settings.values["precision"] = .text(precision) }
    return try CompressionRun(
      plan,
      data: data,
      goal: goal,
      inputBytes: inputBytes,
      folder: folder,
      threads: threads
    ).run(resume: resume, observe: observe, shouldStop: shouldStop)
  }

  private func goal() throws -> RecipeGoal {
    var goal = try recipe?.goal(parameterBytes: model.denseBytes) ?? RecipeGoal()
    if let targetBytes { goal.bytes = targetBytes }
    if let maxDrop, !goal.setDrop(maxDrop) {
      throw RecipeError("largest drop", expected: "points such as 0.5%", actual: maxDrop)
    }
    if let maxLatency, !goal.setLatency(maxLatency) {
      throw RecipeError("longest time", expected: "a time such as 5ms or 1.1x", actual: maxLatency)
    }
    return goal
  }

  private func openData() throws -> RecipeData {
    let samples = calibration ?? recipe?.calibration ?? Self.standardCalibration
    let seed = seed ?? recipe?.seed ?? 1
    if let url = trainingConfig ?? recipe?.trainingConfig {
      var config = try ExperimentConfig(contentsOf: url)
      if let data { config.dataPath = data }
      config.seed = seed
      config.threads = threads
      return try RecipeData(
        training: config,
        model: model,
        calibration: samples,
        teaching: recipe?.settings.settings("teach")
      )
    }
    guard let data else {
      throw RecipeError(
        "data",
        expected: "--data, or a training config that names some",
        actual: "none"
      )
    }
    return try RecipeData(
      pictures: data,
      model: model,
      preprocessing: preprocessing,
      calibration: samples,
      limit: limit,
      seed: seed
    )
  }

  private static let standardCalibration = 200
}
