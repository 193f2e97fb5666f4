import Foundation
import SqueezeExperiments
import SqueezeGraph
import SqueezeTrain

/// Retrains what is still free: kept weights, centroids, scales, biases and normalizations.
struct TrainStep: RecipeStep {
  let epochs: Double
  let settings: Settings
  let onlyShrinks = false

  init(_ settings: Settings) {
    self.settings = settings
    epochs = settings.number("epochs") ?? 1
  }

  var summary: String {
    let rate = settings.number("rate").map { " at a rate of \(Words.number($0))" } ?? ""
    return "train \(Words.epochs(epochs))\(rate)"
  }

  func apply(to model: Model, _ context: StepContext) throws -> Model {
    let retraining = try context.retraining("train")
    let total = retraining.batches(epochs)
    return try retraining.train(
      model,
      Retraining.Span(
        seen: retraining.batches(context.epochsBefore),
        batches: 0..<total,
        total: total
      ),
      learning: retraining.learning(settings),
      folder: context.folder,
      threads: context.threads,
      observe: { event in
        guard case .step(let step) = event else { return }
        context.progress(
          Double(step.step) / Double(step.totalSteps),
          "loss \(Words.number(step.loss)), \(Int(step.samplesPerSecond)) samples/s"
        )
      },
      shouldStop: context.shouldStop
    )
  }
}

extension Retraining {
  /// The batches of some epochs, at least one; none of none.
  func batches(_ epochs: Double) -> Int {
    epochs > 0 ? max(1, Int((epochs * Double(batchesPerEpoch)).rounded())) : 0
  }
}

/// Numbers in plans and remarks.
enum Words {
  /// A number with up to four significant digits.
  static func number(_ value: Double) -> String { String(format: "%.4g", value) }

  /// `1 epoch`, `2.5 epochs`.
  static func epochs(_ count: Double) -> String {
    count == 1 ? "1 epoch" : "\(number(count)) epochs"
  }

  /// A fraction in percent, such as `95 %`.
  static func percent(_ fraction: Double) -> String { "\(number(100 * fraction)) %" }
}
