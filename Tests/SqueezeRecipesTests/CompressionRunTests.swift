import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeRecipes
import SqueezeReport
import Testing

/// Whole compressions of a network of three layers, on pictures of two classes.
@Suite struct CompressionRunTests {
  let task: TinyTask
  let model: Model

  init() throws {
    task = try TinyTask()
    model = try task.model()
  }

  private static let steps = """
      - {kind: prune, sparsity: 0.6, gradual: 2, phases: 4, settle: 1, rate: 0.02, schedule: cosine}
      - {kind: quantize, to: codebook, bits: 4}
      - {kind: train, epochs: 1, rate: 0.0005}
      - {kind: quantize, to: float16, of: rest}
    """

  @Test("a chain of steps makes a small file that keeps its zeros and is accepted")
  func compresses() throws {
    let recipe = try task.recipe(Self.steps)
    let outcome = try task.run(recipe, model).run()
    #expect(outcome.verdict.isAccepted)
    #expect(outcome.records.count == 5)
    #expect(outcome.file.count < outcome.records[0].bytes)
    #expect(outcome.layers.rows.count == 3)
    #expect(outcome.layers.fileBytes == outcome.file.count)
    let parts = outcome.layers.rows.reduce(0) { $0 + $1.bytes }
    #expect(
      parts + outcome.layers.otherBytes + outcome.layers.directoryBytes == outcome.file.count
    )
    for row in outcome.layers.rows {
      #expect(row.encoding == "masked-codebook")
      #expect(row.sparsity >= 0.55, "\(row.key) \(row.sparsity)")
    }
    // The file on its own is the model that was judged.
    let read = try SQZReader(bytes: outcome.file).model()
    #expect(ModelComparison(read, outcome.model).areEqual)
  }

  @Test("stopped at any moment, a compression goes on to the same bits", arguments: [3, 9, 14, 30])
  func resumes(_ moment: Int) throws {
    let recipe = try task.recipe(Self.steps)
    let whole = try task.run(recipe, model, name: "whole").run()
    var asked = 0
    let run = try task.run(recipe, model, name: "stopped")
    do {
      _ = try run.run(shouldStop: {
        asked += 1
        return asked == moment
      })
      Issue.record("was not stopped in \(asked) moments")
    } catch is RecipeInterruption {}
    // Without --resume nothing is overwritten.
    #expect(throws: RecipeError.self) { _ = try run.run() }
    var estimates: [Double?] = []
    let resumed = try run.run(
      resume: true,
      observe: { if case .progress(_, let left, _) = $0 { estimates.append(left) } }
    )
    #expect(resumed.file == whole.file)
    // What an earlier run did says nothing of this one's pace.
    #expect(estimates.first == .some(nil))
    #expect(estimates.contains { $0 != nil })
    #expect(resumed.records.map(\.bytes) == whole.records.map(\.bytes))
  }

  @Test("the model that comes in teaches where the recipe says so, also after a stop")
  func teaches() throws {
    let steps = "  - {kind: prune, sparsity: 0.5}\n  - {kind: train, epochs: 2}"
    let alone = try task.run(try task.recipe(steps), model, name: "alone").run()
    let teach = "teach: {temperature: 2, share: 1}"
    let taught = try task.run(try task.recipe(steps, teach), model, name: "taught").run()
    #expect(taught.file != alone.file)
    var asked = 0
    let run = try task.run(try task.recipe(steps, teach), model, name: "stopped")
    #expect(throws: RecipeInterruption.self) {
      _ = try run.run(shouldStop: {
        asked += 1
        return asked == 5
      })
    }
    #expect(try run.run(resume: true).file == taught.file)
  }

  @Test("a recipe with another end goes on after the steps it shares", arguments: [true, false])
  func goesOnWithAnotherEnd(_ finished: Bool) throws {
    var asked = 0
    let begun = try task.run(try task.recipe(Self.steps), model, name: "begun")
    // Either to the end, or into the training of step 3.
    _ = try? begun.run(
      observe: { if case .began(3, _, _) = $0 { asked = finished ? 0 : 1 } },
      shouldStop: {
        if asked > 0 { asked += 1 }
        return asked > 2
      }
    )
    let other = try task.recipe(Self.steps.replacing("bits: 4", with: "bits: 3"))
    let fresh = try task.run(other, model, name: "fresh").run()
    var done: Int?
    let outcome = try task.run(other, model, name: "begun").run(
      resume: true,
      observe: { if case .plan(_, let steps) = $0 { done = steps } }
    )
    #expect(done == 1)
    #expect(outcome.file == fresh.file)
    #expect(outcome.records.map(\.bytes) == fresh.records.map(\.bytes))
  }

  @Test("a shorter recipe takes what was done, a longer one adds to it")
  func addsAndLeavesOutSteps() throws {
    let steps = "  - {kind: prune, sparsity: 0.5}\n  - {kind: quantize, to: float16}"
    let short = try task.recipe(steps)
    let long = try task.recipe("\(steps)\n  - {kind: prune, sparsity: 0.9}")
    let first = try task.run(short, model, name: "a").run()
    let added = try task.run(long, model, name: "a").run(resume: true)
    #expect(added.records.count == 4)
    #expect(added.file == (try task.run(long, model, name: "b").run().file))
    #expect(try task.run(short, model, name: "a").run(resume: true).file == first.file)
  }

  @Test func anotherRecipeDoesNotGoOn() throws {
    _ = try task.run(try task.recipe(Self.steps), model).run()
    let other = try task.recipe("  - {kind: prune, sparsity: 0.5}")
    #expect(throws: RecipeError.self) { _ = try task.run(other, model).run(resume: true) }
  }

  @Test("retraining by another config does not go on; other threads do")
  func anotherTrainingDoesNotGoOn() throws {
    let recipe = try task.recipe("  - {kind: prune, sparsity: 0.5}")
    let first = try task.run(recipe, model).run()
    func change(_ text: String, to other: String) throws {
      let config = TinyTask.config.replacing(text, with: other)
      try Data(config.utf8).write(to: task.folder.appendingPathComponent("tiny.yaml"))
    }
    try change("threads: 1", to: "threads: 2")
    #expect(try task.run(recipe, model).run(resume: true).file == first.file)
    try change("rate: 0.05", to: "rate: 0.04")
    #expect(throws: RecipeError.self) { _ = try task.run(recipe, model).run(resume: true) }
  }

  @Test("what is worse than asked is refused, and the layer to blame is named")
  func refuses() throws {
    let keys = model.weightKeys
    let only = try task.recipe(
      "  - {kind: prune, sparsity: 0, layers: {\(keys[1]): 0.98}}"
    )
    let goal = RecipeGoal(bytes: 10, drop: -0.5, seconds: 1e-12)
    let outcome = try task.run(only, model, goal: goal).run()
    #expect(!outcome.verdict.isAccepted)
    #expect(outcome.verdict.complaints.map(\.about) == ["accuracy", "size", "latency"])
    #expect(outcome.verdict.complaints[0].layer == keys[1])
    #expect(outcome.verdict.complaints[0].repair.contains("sparsity"))
    #expect(outcome.verdict.complaints[1].layer != nil)
  }

  @Test("steps that only shrink are left out once the file is small enough")
  func stopsAtTheTarget() throws {
    let steps = """
        - {kind: quantize, to: float16}
        - {kind: prune, sparsity: 0.9}
      """
    let recipe = try task.recipe(steps, "stop: true")
    let goal = RecipeGoal(bytes: 1_000_000, drop: 1)
    let outcome = try task.run(recipe, model, goal: goal).run()
    #expect(outcome.records.map(\.isSkipped) == [false, true, true])
    #expect(outcome.layers.rows.allSatisfy { $0.encoding == "dense" })
  }

  @Test("integers train behind their grid and are rounded in the file")
  func trainsIntegers() throws {
    let steps = """
        - {kind: prune, sparsity: 0.5}
        - {kind: quantize, to: integer, bits: 4}
        - {kind: train, epochs: 1, rate: 0.001}
      """
    let outcome = try task.run(try task.recipe(steps), model).run()
    for row in outcome.layers.rows {
      #expect(row.encoding == "integer")
      #expect(row.bits == 4)
      #expect(row.sparsity >= 0.45, "\(row.key) \(row.sparsity)")
    }
  }

  @Test func integersForActivations() throws {
    let recipe = try task.recipe("  - {kind: quantize, to: float16, of: rest}", "precision: int8")
    let run = try task.run(recipe, model)
    #expect(run.plan.count == 2)
    let outcome = try run.run()
    #expect(outcome.accuracy.after.mean > 0.7)
    #expect(outcome.energyAfter.arithmetic < outcome.energyBefore.arithmetic)
  }

  @Test func retrainingNeedsData() throws {
    let data = try RecipeData(
      pictures: task.folder.appendingPathComponent("data").path,
      model: model,
      calibration: 8,
      seed: 1
    )
    #expect(!data.canRetrain)
    #expect(data.judged.sampleCount == 24)
    let run = try CompressionRun(
      try task.recipe("  - {kind: train, epochs: 1}"),
      data: data,
      goal: RecipeGoal(),
      inputBytes: 1000,
      folder: task.folder.appendingPathComponent("b"),
      threads: 1
    )
    #expect(throws: RecipeError.self) { _ = try run.run() }
  }

  @Test("the report is one page that loads nothing")
  func reports() throws {
    let steps = """
        - {kind: prune, sparsity: 0.5, scope: sensitivity}
        - {kind: quantize, to: codebook, bits: 5}
      """
    let outcome = try task.run(try task.recipe(steps), model).run()
    #expect(outcome.scans.count == 1)
    let text = CompressionReport(outcome).page.text
    for part in [
      "Accuracy against size", "Sensitivity before step 1", "Weights before and after", "viewport",
      "prefers-color-scheme: dark", outcome.layers.rows[0].key,
    ] { #expect(text.contains(part), "\(part)") }
    #expect(
      !text.contains("<script") && !text.contains("src=\"http") && !text.contains("href=\"http")
    )
    let json = try JSONText.encode(CompressionSummary(outcome, output: "x.sqz"))
    for key in [
      "input_bytes", "output_bytes", "ratio", "top1_before", "top1_after", "ms_before", "ms_after",
      "accepted",
    ] { #expect(json.contains("\"\(key)\""), "\(key)") }
  }

  @Test("without a recipe a plan is made for the goal")
  func plans() throws {
    let folder = task.folder.appendingPathComponent("planned")
    let order = CompressionOrder(
      model: model,
      data: task.folder.appendingPathComponent("data").path,
      targetBytes: 2_000,
      maxDrop: "100",
      calibration: 16,
      inputBytes: 1_000_000,
      folder: folder
    )
    var plan: [String] = []
    let outcome = try order.run(observe: { if case .plan(let steps, _) = $0 { plan = steps } })
    #expect(outcome.file.count <= 2_000)
    #expect(outcome.verdict.isAccepted)
    #expect(plan.contains { $0.contains("round") })
  }
  /// The network with one channel so large, and unused, that a grid for all of them has room for no other.
  private func crowded() throws -> Model {
    var model = model
    let norm = try #require(model.nodes.first { $0.op is BatchNormalization })
    let second = try #require(model.nodes.last { $0.op is Convolution })
    for (name, number) in [("scale", Float(0)), ("bias", 1e6)] {
      let key = Model.key(norm.name, name)
      var tensor = try #require(model.parameters[key]).decoded()
      tensor.scalars[0] = number
      model.parameters[key] = Dense(tensor)
    }
    let key = Model.key(second.name, "weight")
    var weight = try #require(model.parameters[key]).decoded()
    let (channel, taps) = (weight.shape.count(from: 1), weight.shape.count(from: 2))
    for output in 0..<weight.shape[0] {
      for tap in 0..<taps { weight.scalars[output * channel + tap] = 0 }
    }
    model.parameters[key] = Dense(weight)
    return model
  }

  @Test(
    "a plan for whole numbers counts what they lose, and rounds weights only where that leaves room"
  )
  func plansForIntegers() throws {
    for (model, rounds) in [(try crowded(), false), (model, true)] {
      let order = CompressionOrder(
        model: model,
        data: task.folder.appendingPathComponent("data").path,
        maxDrop: "1%",
        precision: "int8",
        calibration: 16,
        inputBytes: 1_000_000,
        folder: task.folder.appendingPathComponent("planned-\(rounds)")
      )
      var (plan, notes): ([String], [String]) = ([], [])
      _ = try order.run(
        observe: {
          if case .plan(let steps, _) = $0 { plan = steps }
          if case .note(let text) = $0 { notes.append(text) }
        }
      )
      #expect(notes.contains { $0.contains("whole numbers alone") }, "\(notes)")
      #expect(plan.contains { $0.contains("round weights") } == rounds, "\(plan) \(notes)")
      #expect(plan.count { $0.contains("calibrate activations") } == 1, "\(plan)")
    }
  }
}
