import ArgumentParser
import Foundation
import Squeeze

/// `squeeze search`: lets the machine look for a smaller network.
struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Search for a network that is smaller and as good.",
    discussion: """
      CONFIG is a YAML file: --schema explains every key. It names a training, a network where the search \
      begins (the training's otherwise), and genes: choices and ranges of what boosters do to it, such as \
      "| width(multiplier=0.25...0.75 by 0.25)". Candidates are proposed by regularized evolution, \
      trained, and those stay that no other beats in everything. Every candidate is a run of its own \
      (squeeze runs --runs FOLDER/runs); FOLDER/report.html shows the front. With compare: true \
      the training's own network is trained as well, and the report says which candidates beat it in everything.

      Ctrl-C finishes the step, saves and says how to go on; a search that was killed and resumed finds \
      what an uninterrupted one finds, measured latencies aside. The data that judges candidates has \
      chosen them: what a network is worth, other data must say.

      mpirun -n N squeeze search … shares the candidates of a generation (built with --traits MPI).

      EXAMPLES
        squeeze search Examples/search/squeezenet-cifar10.yaml --data cifar-10/ --run small
        squeeze search search.yaml --run small --resume
      """
  )

  @Argument(help: "The config.")
  var config: String?
  @Option(help: ArgumentHelp("The data, instead of the training config's.", valueName: "path"))
  var data: String?
  @Option(help: "How many threads each training has.")
  var threads: Int?
  @Option(name: .customLong("run"), help: ArgumentHelp("The search's folder.", valueName: "folder"))
  var folder: String?
  @Flag(help: "Go on with the search in --run.")
  var resume = false
  @Flag(help: "Print every key of a config and what it means.")
  var schema = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads: expected 1 to 256, got \(threads)")
    }
    if config == nil, !schema { throw ValidationError("expected a config or --schema") }
  }

  func run() throws {
    if schema { return Console.print(SearchSchema.text, terminator: "") }
    guard let path = config else { return }
    StopSignal.install()
    var config = try SearchConfig(contentsOf: URL(fileURLWithPath: path))
    if let data { config.training.dataPath = URL(fileURLWithPath: data).path }
    config.training.threads =
      threads ?? max(1, config.training.threads / max(1, config.workers * MPIJob.localSize()))
    var session = SearchSession(
      config,
      in: URL(fileURLWithPath: folder ?? "searches/\(config.name)")
    )
    let state: SearchState? = try Ranks.run { communicator in
      let isFirst = communicator.rank == 0
      session.communicator = communicator
      let progress = SearchProgress(config)
      let state = try session.run(
        resume: resume,
        observe: { if isFirst { progress.show($0) } },
        shouldStop: { StopSignal.isSet }
      )
      return isFirst ? state : nil
    }
    guard let state else { return }
    let report = SearchReport(config, state)
    try Files.write(report.page.text, to: session.folder.appendingPathComponent("report.html").path)
    if StopSignal.isSet {
      Console.note(
        "stopped after \(state.candidates.count) candidates; go on with:\n"
          + "  squeeze search \(path)\(data.map { " --data \($0)" } ?? "") "
          + "--run \(session.folder.relativePath) --resume"
      )
    }
    if output.json {
      try Console.json(report.json)
    } else {
      Console.print(report.table.text, terminator: "")
      if let verdict = report.verdict { Console.print(verdict) }
      Console.print("\(session.folder.relativePath)/report.html shows it all.")
    }
    if StopSignal.isSet { throw ExitCode(StopSignal.exitCode) }
  }
}
