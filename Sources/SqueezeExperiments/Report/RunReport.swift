import Foundation
import SqueezeMetrics
import SqueezeReport
import SqueezeTrain

/// Everything about a run on one page.
struct RunReport {
  var run: RunRecord
  var metrics: [RunMetric]
  /// The last evaluation's; `nil` where there are no classes.
  var confusion: ConfusionMatrix?
  var classes: [String]
  var judgements: Judgements?
  /// What was odd, such as skipped samples.
  var remarks: [String] = []

  /// The page.
  var page: HTMLPage {
    var page = HTMLPage(run.experiment, subtitle: subtitle)
    page.figures(figures)
    for remark in remarks { page.paragraph(remark) }
    page.heading("Curves")
    page.chart(RunPlot.losses(metrics))
    for metric in names(perEpoch: true) where !metric.hasSuffix("loss") && metric != "train_seconds"
    {
      page.chart(RunPlot.chart(metric, of: [(RunPlot.title(metric), metrics)]))
    }
    for metric in names(perEpoch: false) {
      page.chart(RunPlot.chart(metric, of: [(RunPlot.title(metric), metrics)]))
    }
    if let confusion { add(confusion, to: &page) }
    if let judgements { add(judgements, to: &page) }
    page.heading("Epochs")
    page.table(epochs)
    page.heading("Machine and config")
    page.paragraph(
      "\(run.machine), \(run.threads) threads, seed \(run.seed), build \(run.version). "
        + "Identity \(run.identity.prefix(12)), data \(run.data.prefix(12))"
        + (run.weightsHash.map { ", weights \($0.prefix(12))" } ?? "") + "."
    )
    page.preformatted(run.config)
    return page
  }

  private var subtitle: String {
    let formatter = ISO8601DateFormatter()
    let state = run.reason.map { "\(run.state.rawValue): \($0)" } ?? run.state.rawValue
    return "\(run.name), begun \(formatter.string(from: run.started)), \(state)"
  }

  private var figures: [(value: String, name: String)] {
    var figures: [(value: String, name: String)] = []
    if let error = run.testError {
      figures.append((Units.percent(error / 100), "test error"))
    }
    if let error = run.bestTestError {
      figures.append((Units.percent(error / 100), "least test error"))
    }
    if let loss = run.testLoss { figures.append((String(format: "%.4f", loss), "test loss")) }
    if let epochs = run.epochs { figures.append(("\(epochs)", "epochs")) }
    if let steps = run.steps { figures.append((Units.grouped(steps), "steps")) }
    if let seconds = run.seconds { figures.append((Units.seconds(seconds), "time")) }
    if let rate = run.samplesPerSecond { figures.append((Units.rounded(rate), "samples/s")) }
    return figures
  }

  private func names(perEpoch: Bool) -> [String] {
    let steps: Set<String> = ["loss", "rate", "gradient_norm", "samples_per_second"]
    return Set(metrics.map(\.name)).sorted().filter { steps.contains($0) != perEpoch }
  }

  private var epochs: Table {
    let names = names(perEpoch: true)
    let byEpoch = Dictionary(grouping: metrics.filter { names.contains($0.name) }, by: \.epoch)
    return Table(
      [.init("epoch", .right)] + names.map { .init(RunPlot.title($0), .right) },
      rows: byEpoch.keys.sorted().map { epoch in
        ["\(epoch)"]
          + names.map { name in
            byEpoch[epoch]?.first { $0.name == name }.map { String(format: "%.4g", $0.value) } ?? ""
          }
      }
    )
  }

  /// The most classes of which every pair is shown.
  private static let matrixLimit = 30

  private func add(_ confusion: ConfusionMatrix, to page: inout HTMLPage) {
    guard confusion.classes > 1, confusion.total > 0 else { return }
    page.heading("Confusion")
    let names = (0..<confusion.classes).map { $0 < classes.count ? classes[$0] : "\($0)" }
    if confusion.classes <= Self.matrixLimit {
      page.heatMap(
        names: names,
        rowTitle: "actual",
        columnTitle: "predicted",
        (0..<confusion.classes).map { actual in
          let all = max(1, confusion.actualCount(of: actual))
          return (0..<confusion.classes).map { predicted in
            let count = confusion[actual: actual, predicted: predicted]
            return (Double(count) / Double(all), count == 0 ? "" : "\(count)")
          }
        }
      )
    }
    page.table(
      Table(
        [
          .init("class"), .init("members", .right), .init("found", .right),
          .init("precision", .right),
        ],
        rows: names.indices.map { index in
          [
            names[index], "\(confusion.actualCount(of: index))",
            confusion.recall(of: index).map(Units.percent) ?? "no member",
            confusion.precision(of: index).map(Units.percent) ?? "never said",
          ]
        }
      )
    )
  }

  private func add(_ judgements: Judgements, to page: inout HTMLPage) {
    func caption(_ judgement: Judgements.Judgement) -> String {
      func name(_ index: Int) -> String { index < classes.count ? classes[index] : "\(index)" }
      let share = Units.percent(Double(judgement.probability))
      return judgement.actual == judgement.predicted
        ? "\(name(judgement.actual)), \(share)"
        : "\(name(judgement.predicted)) (\(share)) instead of \(name(judgement.actual))"
    }
    for (title, list) in [("Wrong", judgements.wrong), ("Right", judgements.right)]
    where !list.isEmpty {
      page.heading("\(title), the surest of \(judgements.count) samples")
      page.gallery(list.map { ($0.picture, caption($0)) })
    }
  }
}
