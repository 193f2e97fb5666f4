import Foundation
import SqueezeCompress
import SqueezeGraph
public import SqueezeReport

/// Everything about a compression on one page.
public struct CompressionReport {
  private let outcome: CompressionOutcome

  /// Describes an outcome.
  public init(_ outcome: CompressionOutcome) { self.outcome = outcome }

  /// The page.
  public var page: HTMLPage {
    let name = outcome.original.name.isEmpty ? outcome.recipe.name : outcome.original.name
    var page = HTMLPage("\(name), compressed", subtitle: subtitle)
    page.figures(figures)
    for complaint in outcome.verdict.complaints {
      let layer = complaint.layer.map { ", most of all \($0)" } ?? ""
      page.paragraph(
        "Refused for its \(complaint.about): \(complaint.text)\(layer). Would help: \(complaint.repair)."
      )
    }
    page.heading("Before and after")
    page.table(outcome.comparison)
    page.paragraph(
      "Intervals are at 95 %: Wilson's for accuracies, of paired samples for their difference. Latencies are "
        + "medians of \(outcome.latency.runs) runs in turn. Energy is a model of 45 nm hardware that fetches weights "
        + "as they are stored and skips products with zeros; nothing of it is measured."
    )
    page.heading("Accuracy against size")
    page.chart(sizeChart)
    page.table(outcome.stepTable)
    page.heading("Layers")
    page.table(outcome.layers.table)
    if let blame = outcome.blame {
      page.heading("Where errors come from")
      page.paragraph(
        "The relative error of outputs on \(blame.samples) samples when one layer alone is exchanged, and when the "
          + "compressed model runs up to there. Worst first; at the model's output \(Words.number(blame.atOutput))."
      )
      page.table(blame.table)
    }
    for (step, scan) in outcome.scans.sorted(by: { $0.key < $1.key }) {
      page.heading("Sensitivity before step \(step)")
      page.chart(Self.chart(of: scan))
    }
    page.heading("Weights before and after")
    for key in outcome.model.weightKeys.prefix(Self.histogramLimit) {
      if let chart = histogram(key) { page.chart(chart) }
    }
    page.heading("Recipe")
    page.preformatted(outcome.recipe.text)
    return page
  }

  /// The most layers whose weights are drawn.
  private static let histogramLimit = 24

  private var subtitle: String {
    let verdict = outcome.verdict.isAccepted ? "accepted" : "refused"
    var asked = "asked for at most \(Words.number(100 * outcome.goal.drop)) points of loss"
    if let bytes = outcome.goal.bytes { asked += " and \(Units.grouped(bytes)) bytes" }
    return "\(outcome.recipe.name), \(verdict); \(asked)"
  }

  private var figures: [(value: String, name: String)] {
    let (accuracy, latency) = (outcome.accuracy, outcome.latency)
    return [
      (outcome.verdict.isAccepted ? "accepted" : "refused", "verdict"),
      (Units.bytes(outcome.file.count), "file"),
      ("\(Units.rounded(outcome.ratio))×", "smaller than float32"),
      (
        Units.percent(accuracy.after.mean),
        "accuracy, \(Units.percent(accuracy.before.mean)) before"
      ),
      (Units.seconds(latency.after), "latency, \(Units.seconds(latency.before)) before"),
      (Units.percent(outcome.model.weightSparsity), "weights that are zero"),
    ]
  }

  private var sizeChart: CurveChart {
    let points = outcome.records.filter { !$0.isSkipped }.map {
      CurveChart.Point(Double($0.bytes) / 1000, 100 * $0.accuracy)
    }
    var series = [CurveChart.Series("steps in order", points, isMarked: true)]
    series.append(CurveChart.Series("best of each size", Self.front(points), isMarked: true))
    return CurveChart(
      "accuracy in %",
      xLabel: "file in KB",
      series: series
    )
  }

  /// The points of which no other is smaller and at least as accurate: the Pareto front, by size.
  static func front(_ points: [CurveChart.Point]) -> [CurveChart.Point] {
    var front: [CurveChart.Point] = []
    for point in points.sorted(by: { ($0.x, -$0.y) < ($1.x, -$1.y) }) {
      if let last = front.last, point.y <= last.y { continue }
      front.append(point)
    }
    return front
  }

  private static func chart(of scan: SensitivityTable) -> CurveChart {
    CurveChart(
      "divergence when one layer alone is changed, in nats",
      xLabel: "sparsity of that layer",
      series: scan.rows.map { row in
        CurveChart.Series(
          row.item,
          zip(scan.levels, row.scores).map { .init($0, scan.baseline - $1) },
          isMarked: true
        )
      }
    )
  }

  private func histogram(_ key: String) -> CurveChart? {
    guard let before = outcome.original.parameters[key], let after = outcome.model.parameters[key]
    else { return nil }
    let old = WeightHistogram(before)
    let new = WeightHistogram(after, range: old.lower...max(old.upper, old.lower + 1e-9))
    func points(_ histogram: WeightHistogram) -> [CurveChart.Point] {
      zip(histogram.centres, histogram.counts).map { .init($0, Double($1)) }
    }
    let zeros = Units.percent(after.zeroFraction)
    return CurveChart(
      "\(key): weights other than zero (\(zeros) are zero)",
      xLabel: "weight",
      series: [.init("before", points(old)), .init("after", points(new))]
    )
  }
}
