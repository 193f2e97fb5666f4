import Foundation
import SqueezeExperiments
import SqueezeTestSupport
import Testing

@Suite struct SchemaTests {
  @Test func theTextNamesEveryKey() {
    let text = ExperimentSchema.text
    for key in ExperimentSchema.allKeys { #expect(text.contains("\(key): "), "\(key)") }
    #expect(text.contains("epochs: a whole number from 1 to 1000000 (required)"))
    #expect(text.contains("seed: a whole number from 0 (default 1)"))
  }

  @Test("the article names every key and everything that can be chosen")
  func theArticleIsComplete() throws {
    let file = TestData.packageFolder.appendingPathComponent(
      "Sources/SqueezeExperiments/SqueezeExperiments.docc/Configs.md"
    )
    let article = try String(contentsOf: file, encoding: .utf8)
    for key in ExperimentSchema.allKeys { #expect(article.contains("`\(key)`"), "\(key)") }
    let variants = [
      ExperimentSchema.losses, ExperimentSchema.optimizers, ExperimentSchema.schedules,
      ExperimentSchema.augmentations, LayerSchema.layers,
    ]
    for section in variants.flatMap(\.sections) {
      #expect(article.contains("`\(section.name)`"), "\(section.name)")
    }
  }

  @Test("every loss, optimizer and schedule of the schema can be built")
  func everythingCanBeBuilt() throws {
    for loss in ExperimentSchema.losses.sections {
      let setup = LearningSetup(try config("loss: {name: \(loss.name), weight: 2}"))
      #expect(try !setup.loss().settings.isEmpty)
    }
    for schedule in ExperimentSchema.schedules.sections {
      let more = schedule.name == "step" ? ", milestones: [1]" : ""
      let setup = LearningSetup(try config("schedule: {name: \(schedule.name)\(more)}"))
      #expect(setup.schedule.rate(step: 0, of: 10, stepsPerEpoch: 5) <= 0.1)
    }
    for optimizer in ExperimentSchema.optimizers.sections {
      var config = try config()
      config.settings.values["optimizer"] = .settings(Settings(optimizer.name, ["rate": 0.1]))
      #expect(!LearningSetup(config).optimizer.settings.isEmpty)
    }
  }

  @Test func warmUpDelaysASchedule() throws {
    let setup = LearningSetup(
      try config("schedule: {name: constant, warm_up_epochs: 1}")
    )
    let schedule = setup.schedule
    #expect(abs(schedule.rate(step: 0, of: 20, stepsPerEpoch: 10) - 0.01) < 1e-12)
    #expect(schedule.rate(step: 10, of: 20, stepsPerEpoch: 10) == 0.1)
  }
}
