import Foundation
import SqueezeExperiments
import SqueezeRecipes
import Testing

@Suite struct RecipeTests {
  @Test("every example is a recipe", arguments: StartingRecipe.names)
  func readsExamples(_ name: String) throws {
    let text = try #require(StartingRecipe.text(of: name))
    let recipe = try Recipe(text, file: "\(name).yaml", folder: URL(fileURLWithPath: "/x"))
    #expect(try !recipe.steps.isEmpty)
    // What was resolved reads as the same again.
    let again = try Recipe(recipe.text, file: "\(name).yaml", folder: recipe.folder)
    #expect(again.settings == recipe.settings)
  }

  @Test func readsStepsInOrder() throws {
    let recipe = try Recipe(
      """
      train: ../net.yaml
      goal: {size: 27KB, ratio: 10, max_drop: 0.1, max_latency: 2x}
      steps:
        - {kind: prune, sparsity: 0.9, layers: {"fc*": 0.5, fc1.weight: 0.95}, gradual: 2, settle: 1}
        - {kind: quantize, to: codebook, bits: 4}
        - {kind: train, epochs: 3}
      """,
      file: "small.yaml",
      folder: URL(fileURLWithPath: "/recipes/a")
    )
    #expect(recipe.name == "small")
    #expect(recipe.trainingConfig?.path == "/recipes/net.yaml")
    #expect(try recipe.steps.map(\.epochs) == [3, 0, 3])
    #expect(try recipe.steps.map(\.onlyShrinks) == [false, true, false])
    let summary = try #require(try recipe.steps.first?.summary)
    #expect(summary.contains("90 %") && summary.contains("fc1.weight 95 %"))
    let goal = try recipe.goal(parameterBytes: 1_000_000)
    #expect(goal.bytes == 27_000)
    #expect(goal.drop == 0.001)
    #expect(goal.slowdown == 2)
    #expect(try recipe.goal(parameterBytes: 100_000).bytes == 10_000)
  }

  @Test(
    "a mistake is told with its line and what was meant",
    arguments: [
      ("steps:\n  - {kind: prun, sparsity: 0.5}", "test.yaml:2", "did you mean prune"),
      ("steps:\n  - {kind: prune}", "test.yaml:2", "sparsity"),
      ("steps:\n  - {kind: prune, sparsity: 2}", "test.yaml:2", "from 0 to 0.9999"),
      ("steps:\n  - {kind: quantize, to: codebook, bits: 14}", "test.yaml:2", "1 to 12"),
      (
        "steps:\n  - kind: quantize\n    to: integer\n    layers: {a: 1.5}", "test.yaml:4", "2 to 8"
      ),
      ("steps:\n  - {kind: quantize, to: integer, of: rest}", "test.yaml:2", "float16"),
      ("steps:\n  - {kind: prune, sparsity: 0.5, pattern: 2-4}", "test.yaml:2", "2:4"),
      ("steps:\n  - {kind: prune, sparsity: 0.5, layers: {a: many}}", "test.yaml:2", "a number"),
      ("goal: {size: big}\nsteps:\n  - {kind: train, epochs: 1}", "test.yaml:1", "400KB"),
      ("goal: {max_latency: slow}\nsteps: [{kind: train, epochs: 1}]", "test.yaml:1", "5ms"),
      ("steps: []", "test.yaml", "at least one step"),
    ]
  )
  func namesMistakes(_ text: String, _ place: String, _ expected: String) {
    let message = message(text)
    #expect(message.contains(place) && message.contains(expected), "\(message)")
  }

  @Test func schemaNamesEveryKey() {
    let text = RecipeSchema.root.text
    for key in ["sparsity", "gradual", "settle", "codebook", "max_latency", "calibration", "range"]
    {
      #expect(text.contains(key), "\(key)")
    }
  }
}
