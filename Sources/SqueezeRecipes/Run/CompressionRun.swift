public import Foundation
import SqueezeCompress
import SqueezeExperiments
import SqueezeFormats
import SqueezeGraph
import SqueezeTrain

/// A compression as a recipe says: steps with a checkpoint after each, then the gate.
public struct CompressionRun {
  public var recipe: Recipe
  public var data: RecipeData
  /// What the result has to be.
  public var goal: RecipeGoal
  /// The bytes of the file that the model came from.
  public var inputBytes: Int
  /// Holds what a stopped compression goes on from.
  public var folder: URL
  /// How many threads share the work; results do not depend on it.
  public var threads: Int
  private let steps: [any RecipeStep]

  /// Prepares a compression.
  ///
  /// - Parameters:
  ///   - recipe: what to do.
  ///   - data: samples, and the model that is compressed.
  ///   - goal: what has to come out.
  ///   - inputBytes: the bytes of the model's file.
  ///   - folder: for checkpoints; made where it is not there.
  ///   - threads: how many share the work.
  /// - Throws: `ConfigError` for a recipe whose values do not go together.
  public init(
    _ recipe: Recipe,
    data: RecipeData,
    goal: RecipeGoal,
    inputBytes: Int,
    folder: URL,
    threads: Int
  ) throws {
    self.recipe = recipe
    self.data = data
    self.goal = goal
    self.inputBytes = inputBytes
    self.folder = folder
    self.threads = threads
    var steps = try recipe.steps
    let calibrates = steps.contains { $0 is CalibrateStep }
    if recipe.settings.text("precision") == "int8", !calibrates { steps.append(CalibrateStep()) }
    self.steps = steps
  }

  /// The steps in words.
  public var plan: [String] { steps.map(\.summary) }

  /// How the file codes its symbols.
  var writer: SQZWriter {
    SQZWriter(coder: recipe.settings.text("coder").flatMap { .init(rawValue: $0) } ?? .standard)
  }

  /// Carries the steps out and judges the result.
  ///
  /// - Parameters:
  ///   - resume: go on from the folder's last checkpoint; with another recipe, after the last step that both share.
  ///   - observe: gets every event.
  ///   - shouldStop: asked often; `true` saves and ends with an interruption.
  /// - Returns: the model and all facts about it, accepted or not.
  /// - Throws: ``RecipeInterruption``, ``RecipeError``, and what methods and training throw.
  public func run(
    resume: Bool = false,
    observe: (RecipeEvent) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> CompressionOutcome {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var state = try begin(resume: resume)
    observe(.plan(steps: plan, done: state.stepsDone))
    for remark in data.remarks { observe(.note(remark)) }
    var model = data.model
    if state.stepsDone > 0 { model = try load(after: state.stepsDone) }
    if state.records.isEmpty {
      let scores = try data.scores(of: model, threads: threads) { _ in try Self.goOn(shouldStop) }
      state.before = scores
      state.records.append(
        try record(0, "the model as it came", model, seconds: 0, scores: scores)
      )
      try state.write(folder)
    }
    let pace = Pace(steps: steps.map(\.epochs))
    while state.stepsDone < steps.count {
      let number = state.stepsDone + 1
      let step = steps[number - 1]
      let clock = ContinuousClock()
      let start = clock.now
      if skips(step, state) {
        observe(.skipped(step: number, reason: "the file is small enough"))
        var record = state.records[state.records.count - 1]
        (record.step, record.summary, record.isSkipped) = (number, step.summary, true)
        record.seconds = 0
        state.records.append(record)
      } else {
        observe(.began(step: number, of: steps.count, summary: step.summary))
        model = try carryOut(step, number, on: model, pace, observe, shouldStop)
        let finished = model.finished
        let scores = try data.scores(of: finished, threads: threads)
        state.records.append(
          try record(
            number,
            step.summary,
            finished,
            seconds: (clock.now - start).seconds,
            scores: scores
          )
        )
      }
      // The state names the model, so the model is written first.
      try StepModel.save(model, to: RunState.model(folder, after: number))
      try state.write(folder)
      clear(number)
      observe(.finished(state.records[number]))
    }
    return try outcome(of: model.finished, state, observe)
  }

  private func carryOut(
    _ step: any RecipeStep,
    _ number: Int,
    on model: Model,
    _ pace: Pace,
    _ observe: (RecipeEvent) -> Void,
    _ shouldStop: () -> Bool
  ) throws -> Model {
    try withoutActuallyEscaping(observe) { observe in
      try withoutActuallyEscaping(shouldStop) { shouldStop in
        let context = StepContext(
          data: data,
          original: data.model,
          threads: threads,
          seed: recipe.seed &+ UInt64(number),
          folder: RunState.folder(folder, of: number),
          epochsBefore: steps[..<(number - 1)].reduce(0) { $0 + $1.epochs },
          trainsLater: steps[number...].contains { $0.epochs > 0 },
          writer: writer,
          progress: { share, remark in
            let (done, left) = pace.place(step: number, share: share)
            observe(.progress(done: done, secondsLeft: left, remark: remark))
          },
          shouldStop: shouldStop
        )
        try context.goOn()
        return try step.apply(to: model, context)
      }
    }
  }

  /// Whether a step would only make smaller what is small enough.
  private func skips(_ step: any RecipeStep, _ state: RunState) -> Bool {
    guard recipe.settings.boolean("stop"), let bytes = goal.bytes, step.onlyShrinks,
      let last = state.records.last
    else { return false }
    return last.bytes <= bytes
  }

  private static func goOn(_ shouldStop: () -> Bool) throws {
    if shouldStop() { throw RecipeInterruption() }
  }

  // MARK: - Remembering

  private func begin(resume: Bool) throws -> RunState {
    let identities = StepIdentities(recipe, steps: steps, data: data, goal: goal)
    var state = RunState(identities: identities)
    if let before = try RunState.read(folder) {
      guard resume else {
        throw RecipeError(
          folder.path,
          expected: "a new folder, or --resume",
          actual: "a compression under way"
        )
      }
      let common = before.identities.commonSteps(identities)
      guard let common, common > 0 || before.stepsDone == 0 else {
        throw RecipeError(
          folder.path,
          expected: "the model and data of before, and a recipe that begins with the same step",
          actual: "others"
        )
      }
      state = before
      state.identities = identities
      // A step under way goes on only as the step it was.
      if common <= before.stepsDone {
        try state.goBack(to: common, in: folder)
      } else {
        try state.write(folder)
      }
    }
    let text = Data(recipe.text.utf8)
    try text.write(to: folder.appendingPathComponent("recipe.yaml"), options: .atomic)
    return state
  }

  private func load(after step: Int) throws -> Model {
    var model = try StepModel.load(RunState.model(folder, after: step))
    (model.labels, model.preprocessing) = (data.model.labels, data.model.preprocessing)
    return model
  }

  /// Removes what a step saved on its way; the model after it stays, for a recipe with another end.
  private func clear(_ step: Int) {
    let files = FileManager.default
    let scan = RunState.folder(folder, of: step).appendingPathComponent(Sensitivity.file)
    if let data = try? Data(contentsOf: scan) {
      try? data.write(to: RunState.scan(folder, of: step))
    }
    try? files.removeItem(at: RunState.folder(folder, of: step))
  }

  private func record(
    _ step: Int,
    _ summary: String,
    _ model: Model,
    seconds: Double,
    scores: SampleScores
  ) throws -> StepRecord {
    StepRecord(
      step: step,
      summary: summary,
      seconds: seconds,
      bytes: try writer.bytes(of: model).count,
      sparsity: model.weightSparsity,
      accuracy: scores.mean
    )
  }
}

extension Model {
  /// The model as it is written: without the real weights that trained behind grids.
  var finished: Model { LatentWeightRemoval().apply(to: self) }
}

extension Duration {
  /// The time in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
