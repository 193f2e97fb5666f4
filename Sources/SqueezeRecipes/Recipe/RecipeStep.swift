public import Foundation
public import SqueezeFormats
public import SqueezeGraph
import SqueezeTensor
import SqueezeTrain

/// One step of a recipe: a model in, a smaller or better one out.
public protocol RecipeStep: Sendable {
  /// What the step does, in a line for the plan.
  var summary: String { get }
  /// The epochs of training it takes.
  var epochs: Double { get }
  /// Whether all it does is to make the model smaller, so that it may be left out once that is small enough.
  var onlyShrinks: Bool { get }

  /// Carries the step out.
  ///
  /// Whatever is saved in the context's folder is gone on from: a step that was stopped and begins again
  /// gives the same bits as one that was not.
  ///
  /// - Throws: ``RecipeError``, ``RecipeInterruption``, and what methods and training throw.
  func apply(to model: Model, _ context: StepContext) throws -> Model
}

extension RecipeStep {
  public var epochs: Double { 0 }
  public var onlyShrinks: Bool { true }
}

/// What a step has to work with.
public struct StepContext {
  public let data: RecipeData
  /// The model that compression began with.
  public let original: Model
  /// How many threads share the work; results do not depend on it.
  public let threads: Int
  /// Of every choice by chance.
  public let seed: UInt64
  /// The step's own folder, for what it goes on from after a stop.
  public let folder: URL
  /// The epochs of training that earlier steps took.
  public let epochsBefore: Double
  /// Whether a later step trains.
  public let trainsLater: Bool
  /// Makes the file, and says so how large a model is.
  public let writer: SQZWriter
  /// Told how far the step has come, in `0...1`, and a remark.
  public let progress: (Double, String) -> Void
  /// Whether to save and stop.
  public let shouldStop: () -> Bool

  /// Throws where there is a wish to stop.
  func goOn() throws(RecipeInterruption) { if shouldStop() { throw RecipeInterruption() } }

  /// What retraining needs.
  func retraining(_ step: String) throws(RecipeError) -> Retraining {
    guard let retraining = data.retraining else {
      throw RecipeError(
        step,
        expected: "data to train on: a training config by train: in the recipe or --train",
        actual: "none"
      )
    }
    return retraining
  }
}
