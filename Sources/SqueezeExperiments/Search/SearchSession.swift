public import Foundation
import SqueezeDesign
import SqueezeEngine
import SqueezeFormats
public import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
public import SqueezeTrain
import Synchronization

/// A search as its config says: proposes candidates, trains them, and keeps the front.
///
/// Every candidate is a run in the folder's database. What is proposed depends on scores alone, and a
/// training that was stopped goes on to the same bits, so a search that was killed ends as one that was not;
/// measured latencies are the exception, as no two measurements are alike.
public struct SearchSession: Sendable {
  public var config: SearchConfig
  /// The folder of the search.
  public var folder: URL
  /// The processes that share the candidates of a generation; all see the folder.
  public var communicator: any Communicator = SingleProcess()
  /// What trains; the engine where it is `nil`.
  public var runtime: (any TrainingRuntime)?

  /// Prepares a search.
  public init(_ config: SearchConfig, in folder: URL) {
    self.config = config
    self.folder = folder
  }

  /// The file of the state.
  public var stateFile: URL { folder.appendingPathComponent("search.json") }
  /// The folder of all trainings.
  public var runs: URL { folder.appendingPathComponent("runs") }

  /// What happens while a search goes on.
  public enum Event: Sendable {
    /// A search begins, or goes on from a state.
    case started(SearchState)
    /// A candidate was built and counted; it will be trained unless it says why not.
    case proposed(SearchState.Candidate)
    /// A candidate has trained so many epochs, to so many percent of right classes.
    case epoch(SearchState.Candidate, epoch: Int, accuracy: Double?)
    /// A candidate, or the reference, was trained as far as its round goes.
    case trained(SearchState.Candidate)
    /// So many of all candidates are done.
    case progress(done: Int, of: Int)
  }

  /// Searches until all candidates are tried, the space is used up or `shouldStop` says so.
  ///
  /// - Parameters:
  ///   - resume: go on from the folder's state.
  ///   - observe: gets every event, from several threads.
  ///   - shouldStop: asked after each step of a training; `true` saves and returns.
  /// - Returns: the state at the end.
  /// - Throws: ``ConfigError``, `SearchError`, and what a training throws.
  public func run(
    resume: Bool = false,
    observe: @Sendable (Event) -> Void = { _ in },
    shouldStop: @Sendable () -> Bool = { false }
  ) throws -> SearchState {
    let isFirst = communicator.rank == 0
    let base = try CandidateBuilder(config.start, of: config, measuresTime: isFirst)
    var state = try state(resume: resume)
    // Rank 0 must not write before the others have seen what is there.
    try communicator.barrier()
    // What is killed in its first training can be resumed too.
    if isFirst { try state.write(to: stateFile) }
    observe(.started(state))
    guard try compare(&state, observe, shouldStop) else { return state }
    while try !communicator.any(shouldStop()) {
      if state.pending == 0 {
        try propose(&state, base, observe)
        guard state.pending > 0 else { break }
        if isFirst { try state.write(to: stateFile) }
      }
      guard try train(&state, base, observe, shouldStop) else { break }
      for candidate in state.candidates.suffix(state.pending) {
        state.evolution.tell(candidate.genome, scores(of: candidate))
      }
      (state.pending, state.rounds) = (0, 0)
      if isFirst { try state.write(to: stateFile) }
      observe(.progress(done: state.candidates.count, of: config.candidates))
    }
    if isFirst { try state.write(to: stateFile) }
    return state
  }

  /// A candidate's values; one that is not known is worse than any, but a number that a file can hold.
  private func scores(of candidate: SearchState.Candidate) -> Scores {
    Scores(
      config.objectives.map { objective in
        let value = candidate.value(objective.name)
        return value.isNaN ? (objective.isMaximized ? -1e300 : 1e300) : value
      }
    )
  }

  private func state(resume: Bool) throws -> SearchState {
    // How many threads train changes no result.
    var training = config.training.settings
    training.values["threads"] = nil
    let text =
      ConfigWriter.text(config.settings, as: SearchSchema.root)
      + ConfigWriter.text(training, as: ExperimentSchema.root)
    guard resume else {
      guard !FileManager.default.fileExists(atPath: stateFile.path) else {
        throw RunError(folder.path, expected: "a new folder, or --resume", actual: "a search")
      }
      try FileManager.default.createDirectory(at: runs, withIntermediateDirectories: true)
      return SearchState(
        try AgeingEvolution(
          config.space(),
          objectives: config.objectives,
          populationSize: config.populationSize,
          sampleSize: config.sampleSize,
          seed: config.seed
        ),
        config: text
      )
    }
    let state = try SearchState(contentsOf: stateFile)
    guard state.config == text else {
      throw RunError(
        stateFile.path,
        expected: "the config that the search began with",
        actual: "another"
      )
    }
    return state
  }

  /// Trains the training's own network, where the config asks for it; `false` where it was stopped.
  private func compare(
    _ state: inout SearchState,
    _ observe: @Sendable (Event) -> Void,
    _ shouldStop: @Sendable () -> Bool
  ) throws -> Bool {
    let epochs = config.training.epochs
    guard config.compares, state.reference == nil else { return true }
    let isFirst = communicator.rank == 0
    let builder = try CandidateBuilder(config.training, of: config, measuresTime: isFirst)
    var reference = SearchState.Candidate(number: 0, genome: Genome([]), boosters: "")
    let model = try builder.model("")
    try builder.measure(model, &reference)
    try shareTime(of: &reference)
    if isFirst { try ModelFile.save(model, to: file(of: reference)) }
    observe(.proposed(reference))
    guard let results = try trainRound([reference], until: epochs, observe, shouldStop) else {
      return false
    }
    (reference.accuracy, reference.epochs) = (results[0], epochs)
    state.reference = reference
    if isFirst { try state.write(to: stateFile) }
    return true
  }

  /// Gives the time that rank 0 measured to all, so that all rank candidates alike.
  private func shareTime(of candidate: inout SearchState.Candidate) throws {
    guard config.objectives.contains(where: { $0.name == "latency" }) else { return }
    candidate.milliseconds = try communicator.sum([candidate.milliseconds ?? 0])[0]
  }

  // MARK: - Proposing

  /// Asks for the candidates of the next generation and builds them.
  private func propose(
    _ state: inout SearchState,
    _ base: CandidateBuilder,
    _ observe: (Event) -> Void
  ) throws {
    let count = min(config.generation, config.candidates - state.candidates.count)
    for _ in 0..<max(0, count) {
      guard let genome = state.evolution.next() else { return }
      var candidate = SearchState.Candidate(
        number: state.candidates.count + 1,
        genome: genome,
        boosters: state.evolution.space.text(of: genome)
      )
      do {
        var model = try base.model(candidate.boosters)
        try base.measure(model, &candidate)
        try shareTime(of: &candidate)
        if config.inherits, let parent = nearest(to: genome, in: state) {
          model.inherit(from: try ModelFile.load(run(of: parent).file("model.sqz")))
        }
        if communicator.rank == 0 {
          try ModelFile.save(model, to: file(of: candidate))
        }
      } catch let error as BoosterError {
        candidate.remark = "\(error)"
      }
      if candidate.remark == nil {
        candidate.remark = config.objectives.filter { $0.name != "accuracy" }
          .first { $0.excess(candidate.value($0.name)) > 0 }
          .map { "beyond the budget of \($0.name)" }
      }
      state.candidates.append(candidate)
      state.pending += 1
      observe(.proposed(candidate))
    }
  }

  /// The trained candidate with most choices in common, the latest of several.
  private func nearest(to genome: Genome, in state: SearchState) -> SearchState.Candidate? {
    state.candidates.dropLast(state.pending).filter { $0.epochs == config.training.epochs }.max {
      let (a, b) = ($0.genome.common(with: genome), $1.genome.common(with: genome))
      return (a, $0.number) < (b, $1.number)
    }
  }

  private func run(of candidate: SearchState.Candidate) -> RunFolder {
    RunFolder(runs.appendingPathComponent(candidate.run))
  }

  /// The network as its training begins.
  private func file(of candidate: SearchState.Candidate) -> URL {
    runs.appendingPathComponent("\(candidate.run).sqz")
  }

  // MARK: - Training

  /// Trains the pending candidates, round by round; `false` where it was stopped.
  private func train(
    _ state: inout SearchState,
    _ base: CandidateBuilder,
    _ observe: @Sendable (Event) -> Void,
    _ shouldStop: @Sendable () -> Bool
  ) throws -> Bool {
    let first = state.candidates.count - state.pending
    var open = (first..<state.candidates.count).filter { state.candidates[$0].remark == nil }
    for (number, round) in try config.rounds(open.count).enumerated() where !open.isEmpty {
      if number < state.rounds {
        open = open.filter { state.candidates[$0].epochs >= round.epochs }
        continue
      }
      if number > 0 {
        let order = SuccessiveHalving.survivors(
          of: open.map { scores(of: state.candidates[$0]) },
          keeping: round.candidates,
          by: config.objectives
        )
        open = order.map { open[$0] }.sorted()
      }
      let results = try trainRound(
        open.map { state.candidates[$0] },
        until: round.epochs,
        observe,
        shouldStop
      )
      guard let results else { return false }
      for (position, accuracy) in zip(open, results) {
        state.candidates[position].accuracy = accuracy
        state.candidates[position].epochs = round.epochs
      }
      state.rounds = number + 1
      if communicator.rank == 0 { try state.write(to: stateFile) }
    }
    return true
  }

  /// Trains some candidates side by side, over workers and ranks.
  ///
  /// - Returns: the percent of right classes of each; `nil` where it was stopped.
  private func trainRound(
    _ candidates: [SearchState.Candidate],
    until epochs: Int,
    _ observe: @Sendable (Event) -> Void,
    _ shouldStop: @Sendable () -> Bool
  ) throws -> [Double]? {
    // Rank 0 has written the networks once all are here.
    try communicator.barrier()
    let own = candidates.indices.filter { $0 % communicator.size == communicator.rank }
    let results = Mutex<[Int: Result<Double, any Error>]>([:])
    let next = Atomic<Int>(0)
    @Sendable func tell(_ index: Int, _ accuracy: Double) {
      guard !accuracy.isNaN else { return }
      var candidate = candidates[index]
      (candidate.accuracy, candidate.epochs) = (accuracy, epochs)
      observe(.trained(candidate))
    }
    DispatchQueue.concurrentPerform(iterations: min(config.workers, max(1, own.count))) { _ in
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard place < own.count, !shouldStop() else { return }
        let index = own[place]
        let result = Result {
          try accuracy(of: candidates[index], until: epochs, observe, shouldStop)
        }
        results.withLock { $0[index] = result }
        if let accuracy = try? result.get() { tell(index, accuracy) }
      }
    }
    // NaN: stopped before it was evaluated.
    var values = [Double](repeating: 0, count: candidates.count)
    for index in own { values[index] = try results.withLock { try $0[index]?.get() } ?? .nan }
    values = try communicator.sum(values)
    for index in candidates.indices where !own.contains(index) { tell(index, values[index]) }
    return values.contains(where: \.isNaN) ? nil : values
  }

  /// Trains a candidate until an epoch ends; NaN where it was stopped before.
  private func accuracy(
    of candidate: SearchState.Candidate,
    until epochs: Int,
    _ observe: (Event) -> Void,
    _ shouldStop: () -> Bool
  ) throws -> Double {
    var training = config.training
    let file = self.file(of: candidate).path
    training.settings.values["network"] = .settings(Settings(nil, ["name": .text(file)]))
    training.settings.values["initializer"] = "keep"
    training.settings.values["name"] = .text("\(config.name) \(candidate.run)")
    let folder = run(of: candidate)
    let isWhole = epochs >= training.epochs
    if !isWhole || FileManager.default.fileExists(atPath: folder.file("result.json").path),
      let done = folder.accuracy(after: epochs)
    {
      return done
    }
    var session = TrainingSession(training, runtime: runtime)
    session.evaluator = FastRuntime(threadCount: training.threads)
    var reached = 0
    _ = try session.run(
      in: folder,
      resume: folder.hasCheckpoint,
      observe: { event in
        guard case .evaluated(let report) = event else { return }
        reached = report.epoch
        let error = RunMetrics.errorPercent(report.metrics)
        observe(.epoch(candidate, epoch: reached, accuracy: error.map { 100 - $0 }))
      },
      shouldStop: { shouldStop() || (reached >= epochs && !isWhole) }
    )
    if let accuracy = folder.accuracy(after: epochs) { return accuracy }
    guard reached < epochs else {
      throw config.training.error(key: "data", expected: "classes and test data", actual: "none")
    }
    return .nan
  }
}

extension RunFolder {
  /// The percent of right classes after an epoch, as the database remembers it.
  fileprivate func accuracy(after epochs: Int) -> Double? {
    let errors = try? RunDatabase(folder: parent).metrics(of: name, named: "test_error")
    return errors?.first { $0.epoch == epochs }.map { 100 - $0.value }
  }
}

extension Genome {
  /// How many choices two candidates share.
  fileprivate func common(with other: Genome) -> Int {
    zip(choices, other.choices).count { $0 == $1 }
  }
}

extension Model {
  /// Takes the parameters of another model where key and shape are the same.
  fileprivate mutating func inherit(from other: Model) {
    for (key, value) in parameters {
      if let old = other.parameters[key], old.shape == value.shape { parameters[key] = old }
    }
  }
}
