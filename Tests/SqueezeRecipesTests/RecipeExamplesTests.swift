import Foundation
import SqueezeExperiments
import SqueezeRecipes
import SqueezeTestSupport
import Testing

@Suite struct RecipeExamplesTests {
  static let files: [URL] = {
    let folder = TestData.packageFolder.appendingPathComponent("Examples/compress")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder.appendingPathComponent($0) }
  }()

  @Test func thereAreExamples() { #expect(Self.files.count >= 4) }

  @Test("an example of a recipe is read, with the training it names", arguments: files)
  func reads(_ file: URL) throws {
    let recipe = try Recipe(contentsOf: file)
    let training = try #require(recipe.trainingConfig)
    _ = try ExperimentConfig(contentsOf: training)
  }
}
