public import Foundation
public import SqueezeMetrics

/// What a ``Trainer`` tells while it works.
public enum TrainingEvent: Sendable {
  /// Training begins or goes on.
  case started(StartReport)
  /// Parameters changed once.
  case step(StepReport)
  /// An epoch ended; with metrics where it was evaluated.
  case evaluated(EpochReport)
  /// A checkpoint is complete on disk.
  case checkpoint(URL)
  /// Something is odd but training goes on.
  case warning(String)
  /// Training is over, or was stopped.
  case finished(TrainingResult)
}

/// What is known before the first step.
public struct StartReport: Sendable, Hashable, Codable {
  public var epochs: Int
  public var stepsPerEpoch: Int
  public var totalSteps: Int
  /// The steps done before, where training goes on.
  public var resumedAtStep: Int
  /// The scalars that the optimizer changes.
  public var freeScalars: Int
}

/// What one step did.
public struct StepReport: Sendable, Hashable, Codable {
  /// The steps done, this one included.
  public var step: Int
  public var totalSteps: Int
  /// The epoch, from 1.
  public var epoch: Int
  /// The mean loss over the samples of the step, before it.
  public var loss: Double
  /// The learning rate.
  public var rate: Double
  /// The norm of all gradients together, before clipping.
  public var gradientNorm: Double
  /// The samples of the step.
  public var samples: Int
  /// Samples per second of this step, its data included.
  public var samplesPerSecond: Double
  /// The seconds spent waiting for data.
  public var dataSeconds: Double
  /// What talking to other processes took; `nil` in a single process.
  public var communication: CommunicationReport?
}

/// What talking to the other processes took in one step, seen from one rank.
public struct CommunicationReport: Sendable, Hashable, Codable {
  /// How many processes train together.
  public var ranks: Int
  /// The seconds of the step without waiting for data or for other ranks.
  public var computeSeconds: Double
  /// The seconds that messages were under way, waiting for slower ranks included.
  public var communicationSeconds: Double
  /// The part of them in which nothing was computed.
  public var waitSeconds: Double
  /// The bytes of gradients and statistics that this rank sent.
  public var bytesSent: Int
}

/// What an epoch came to.
public struct EpochReport: Sendable, Hashable, Codable {
  /// The epoch, from 1.
  public var epoch: Int
  /// The steps done.
  public var step: Int
  /// The mean loss over the epoch's samples, each before its step.
  public var trainLoss: Double
  /// The seconds of its steps, without evaluation.
  public var trainSeconds: Double
  /// The facts about validation data; `nil` where there is none or the epoch is not evaluated.
  public var validation: Evaluation?
  /// Whether the model is the best so far.
  public var isBest: Bool

  /// The mean loss on validation data.
  public var validationLoss: Double? { validation?.loss }
  /// Metrics on validation data by name; see ``Evaluation/metrics``.
  public var metrics: [String: Double] { validation?.metrics ?? [:] }
  /// How often each class was taken for each other.
  public var confusion: ConfusionMatrix? { validation?.confusion }
}
