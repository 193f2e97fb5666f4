public import SqueezeReport

/// Curves of one run or of several beside each other.
public enum RunPlot {
  /// One chart of a metric.
  ///
  /// - Parameters:
  ///   - metric: the metric's name, such as `test_error`.
  ///   - runs: what to call each run, and its metrics.
  /// - Returns: a chart with one curve per run that has the metric, over epochs for what is known once an
  ///   epoch, else over steps.
  public static func chart(
    _ metric: String,
    of runs: [(name: String, metrics: [RunMetric])]
  ) -> CurveChart {
    let curves = runs.map { run in (run.name, run.metrics.filter { $0.name == metric }) }
      .filter { !$0.1.isEmpty }
    let isPerEpoch = curves.allSatisfy { curve in
      Set(curve.1.map(\.epoch)).count == curve.1.count
    }
    return CurveChart(
      title(metric),
      xLabel: isPerEpoch ? "epoch" : "step",
      series: curves.map { name, metrics in
        .init(
          name,
          metrics.map { .init(Double(isPerEpoch ? $0.epoch : $0.step), $0.value) }
        )
      },
      isLogarithmic: metric.hasSuffix("loss")
    )
  }

  /// A metric's name as people read it.
  static func title(_ metric: String) -> String {
    switch metric {
    case "loss": "loss of each step"
    case "rate": "learning rate"
    case "gradient_norm": "norm of gradients"
    case "samples_per_second": "samples per second"
    case "train_loss": "training loss"
    case "test_loss": "test loss"
    case "test_error": "test error in %"
    default: metric.replacing("_", with: " ")
    }
  }

  /// Training and test loss of a run over epochs, in one chart.
  static func losses(_ metrics: [RunMetric]) -> CurveChart {
    func points(_ name: String) -> [CurveChart.Point] {
      metrics.filter { $0.name == name }.map { .init(Double($0.epoch), $0.value) }
    }
    return CurveChart(
      "loss",
      xLabel: "epoch",
      series: [
        .init("training", points("train_loss")), .init("test", points("test_loss")),
      ].filter { !$0.points.isEmpty },
      isLogarithmic: true
    )
  }
}
