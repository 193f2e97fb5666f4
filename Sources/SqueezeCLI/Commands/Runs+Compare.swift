import ArgumentParser
import Foundation
import Squeeze

extension Runs {
  /// `squeeze runs compare`: what differs between runs.
  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compare",
      abstract: "Compare runs: results, and the lines of their configs that differ."
    )

    @Argument(help: "The runs, two or more.")
    var runs: [String]
    @OptionGroup var folder: FolderOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard runs.count >= 2 else { throw ValidationError("expected at least two runs") }
    }

    private struct Result: Encodable {
      var runs: [RunFacts]
      var same_identity: Bool
      var same_weights: Bool
      var config_differences: [RunComparison.Difference]
    }

    func run() throws {
      let database = try folder.database()
      let found = try runs.map { try database.run($0) }
      let comparison = RunComparison(found)
      if output.json {
        return try Console.json(
          Result(
            runs: found.map(RunFacts.init),
            same_identity: comparison.haveSameIdentity,
            same_weights: comparison.haveSameWeights,
            config_differences: comparison.differences
          )
        )
      }
      Console.print(comparison.table.text)
      if comparison.haveSameIdentity { Console.print("They do the same: config, code and data.") }
      if comparison.haveSameWeights { Console.print("Their weights are the same, bit for bit.") }
      for difference in comparison.differences {
        let values = difference.values.map { $0 ?? "–" }.joined(separator: "  |  ")
        Console.print("\(difference.key): \(values)")
      }
    }
  }

  /// `squeeze runs plot`: curves as a picture.
  struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "plot",
      abstract: "Draw the curves of runs beside each other as SVG."
    )

    @Argument(help: "The runs.")
    var runs: [String]
    @Option(help: "What to draw, such as loss, test_loss, test_error or rate.")
    var metric = "test_error"
    @Option(
      name: [.customShort("o"), .customLong("output")],
      help: ArgumentHelp("The file to write.", valueName: "file")
    )
    var destination: String
    @OptionGroup var folder: FolderOptions
    @OptionGroup var output: OutputOptions

    private struct Result: Encodable {
      var output: String
      var metric: String
      var runs: [String]
      var points: [Int]
    }

    func run() throws {
      let database = try folder.database()
      let curves = try runs.map { name in
        let run = try database.run(name)
        return (name: run.name, metrics: try database.metrics(of: run.name))
      }
      let chart = RunPlot.chart(metric, of: curves)
      guard !chart.series.isEmpty else {
        let known = Set(curves.flatMap(\.metrics).map(\.name)).sorted().joined(separator: ", ")
        throw RunError(
          "--metric",
          expected: "one of \(known.isEmpty ? "none: nothing was recorded" : known)",
          actual: metric
        )
      }
      try Files.write(chart.svg, to: destination)
      let result = Result(
        output: destination,
        metric: metric,
        runs: chart.series.map(\.name),
        points: chart.series.map(\.points.count)
      )
      if output.json { return try Console.json(result) }
      Console.print("\(destination): \(metric) of \(result.runs.joined(separator: ", "))")
    }
  }
}
