import Foundation
import SqueezeExperiments
import SqueezeRecipes
import SqueezeTestSupport
import SqueezeTrain
import Testing

@Suite struct RecipeExamplesTests {
  static let files: [URL] = {
    let folder = TestData.packageFolder.appendingPathComponent("Examples/compress")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let ofFolder = names.filter { $0.hasSuffix(".yaml") }.sorted()
      .map { folder.appendingPathComponent($0) }
    return ofFolder + [vgg.appendingPathComponent("compress.yaml")]
  }()

  static let vgg = TestData.packageFolder.appendingPathComponent("Examples/DeepCompressionVGG")

  @Test func thereAreExamples() { #expect(Self.files.count >= 5) }

  @Test("an example of a recipe is read, with the training it names", arguments: files)
  func reads(_ file: URL) throws {
    let recipe = try Recipe(contentsOf: file)
    let training = try #require(recipe.trainingConfig)
    _ = try ExperimentConfig(contentsOf: training)
  }

  @Test("a training of the VGG is read", arguments: 1...3)
  func readsTrainings(_ number: Int) throws {
    let config = try ExperimentConfig(
      contentsOf: Self.vgg.appendingPathComponent("train-\(number).yaml")
    )
    #expect(config.seed == UInt64(number))
  }

  /// Its goal is for networks of at most 100 million MACs.
  @Test func theVGGIsSmallEnough() throws {
    let config = try ExperimentConfig(contentsOf: Self.vgg.appendingPathComponent("train-1.yaml"))
    let network = try NetworkSetup(config).network(classes: 10)
    let cost = try network.model.initialized(seed: 1).cost()
    #expect(cost.parameters == 8_561_442)
    #expect(cost.macs <= 100_000_000)
  }
}
