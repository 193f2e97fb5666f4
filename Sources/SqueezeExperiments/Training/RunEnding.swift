import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeReport
import SqueezeTrain

/// What is written when a training ends: models, result, report and the last line in the database.
struct RunEnding {
  var run: RunRecord
  let folder: RunFolder
  let database: RunDatabase
  let session: TrainingSession
  var parts: TrainingSession.Parts?
  var remarks: [String] = []
  var traffic = Traffic()

  /// After a training that finished or was stopped.
  mutating func finish(_ result: TrainingResult) throws -> TrainingSummary {
    try ModelFile.save(result.model, to: folder.file("model.sqz"))
    if let best = result.best { try ModelFile.save(best, to: folder.file("best.sqz")) }
    let evaluation = try measure(result)
    noteData()
    var summary = TrainingSummary(result, evaluation, session.config, folder, traffic)
    summary.skippedSamples = parts?.data.skipped.count ?? 0
    summary.remarks = remarks
    run.state = result.end == .stopped ? .stopped : .finished
    run.reason = result.end == .outOfPatience ? "no better model for long" : nil
    (run.epochs, run.steps, run.seconds) = (summary.epochs, summary.steps, summary.seconds)
    (run.testError, run.testLoss) = (summary.testError, summary.testLoss)
    (run.bestTestError, run.weightsHash) = (summary.bestTestError, summary.weightsHash)
    run.samplesPerSecond = summary.samplesPerSecond
    close(model: result.model, evaluation: evaluation)
    summary.remarks = remarks
    try folder.write(try JSONText.encode(summary), to: "result.json")
    return summary
  }

  /// After something that ended the training; the last checkpoint stays.
  mutating func fail(_ error: any Error) {
    run.state = .failed
    run.reason = "\(error)"
    noteData()
    close(model: nil, evaluation: nil)
  }

  /// The last model on test data: the last epoch's evaluation where epochs are evaluated on it.
  private func measure(_ result: TrainingResult) throws -> Evaluation? {
    guard let parts else { return nil }
    guard let test = parts.data.test else {
      return result.history.last { $0.epoch == result.epochs }?.validation
    }
    guard result.end != .stopped else { return nil }
    let evaluator = ModelEvaluator(
      loss: parts.loss,
      runtime: session.evaluator,
      ignoredClass: DataSetup(config: session.config).ignoredClass
    )
    return try evaluator.evaluate(result.model, on: test)
  }

  private mutating func noteData() {
    guard let data = parts?.data else { return }
    remarks = data.remarks + remarks
    let skipped = data.skipped
    guard let first = skipped.first else { return }
    remarks.append(
      "\(skipped.count) samples could not be read and were skipped, such as \(first.name): "
        + first.reason
    )
  }

  /// Writes report and database; what fails here is a remark, for the models are safe already.
  private mutating func close(model: Model?, evaluation: Evaluation?) {
    run.ended = Date()
    do {
      try folder.write(try report(model, evaluation), to: "report.html")
    } catch {
      remarks.append("report.html could not be written: \(error)")
    }
    do {
      try database.end(run, artefacts: folder.artefacts)
    } catch {
      remarks.append("the database of runs could not be written: \(error)")
    }
  }

  private func report(_ model: Model?, _ evaluation: Evaluation?) throws -> String {
    var report = RunReport(
      run: run,
      metrics: try database.metrics(of: run.name),
      confusion: evaluation?.confusion,
      classes: parts?.data.classes ?? [],
      judgements: nil,
      remarks: remarks
    )
    if let model, let source = parts?.data.measured {
      let setup = DataSetup(config: session.config)
      report.judgements = try Judgements(
        model,
        runtime: session.evaluator,
        source: source,
        mean: setup.mean,
        deviation: setup.deviation
      )
    }
    return report.page.text
  }
}
