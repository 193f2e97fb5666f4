import ArgumentParser
import Squeeze

extension Runs {
  /// `squeeze runs list`: all of them, the newest first.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List all runs, the newest first."
    )

    @OptionGroup var folder: FolderOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let runs = try folder.database().runs()
      if output.json { return try Console.json(["runs": runs.map(RunFacts.init)]) }
      let table = Table(
        [
          .init("run"), .init("state"), .init("begun"), .init("seed", .right),
          .init("epochs", .right), .init("error %", .right), .init("loss", .right),
          .init("time", .right), .init("samples/s", .right),
        ],
        rows: runs.map { run in
          [
            run.name, run.state.rawValue, Runs.time(run.started), "\(run.seed)",
            run.epochs.map { "\($0)" } ?? "", Runs.cell(run.testError, "%.2f"),
            Runs.cell(run.testLoss), run.seconds.map(Units.seconds) ?? "",
            run.samplesPerSecond.map(Units.rounded) ?? "",
          ]
        }
      )
      Console.print(table.text, terminator: "")
    }
  }

  /// `squeeze runs show`: one of them.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show a run: how it went, its files and its config."
    )

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var name: String
    @OptionGroup var folder: FolderOptions
    @OptionGroup var output: OutputOptions

    private struct Result: Encodable {
      var run: RunFacts
      var config: String
      var metrics: [RunMetric]
      var artefacts: [RunArtefact]
    }

    func run() throws {
      let database = try folder.database()
      let run = try database.run(name)
      let metrics = try database.metrics(of: run.name)
      let artefacts = try database.artefacts(of: run.name)
      if output.json {
        return try Console.json(
          Result(run: RunFacts(run), config: run.config, metrics: metrics, artefacts: artefacts)
        )
      }
      let reason = run.reason.map { ": \($0)" } ?? ""
      Console.print("\(run.name), \(run.state.rawValue)\(reason)")
      Console.print("begun \(Runs.time(run.started)) on \(run.machine), \(run.threads) threads")
      Console.print("seed \(run.seed), identity \(run.identity.prefix(12))\n")
      for name in ["loss", "train_loss", "test_loss", "test_error"] {
        let values = metrics.filter { $0.name == name }.map(\.value)
        guard let first = values.first, let last = values.last else { continue }
        Console.print(
          "\(name.padding(toLength: 11, withPad: " ", startingAt: 0)) \(Sparkline.text(values)) "
            + "\(Runs.cell(first)) → \(Runs.cell(last))"
        )
      }
      let table = Table(
        [.init("file"), .init("kind"), .init("bytes", .right)],
        rows: artefacts.map { [$0.path, $0.kind, Units.grouped($0.bytes)] }
      )
      Console.print("\n\(table.text)\n\(run.config)", terminator: "")
    }
  }
}
