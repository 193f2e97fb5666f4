import Foundation
import SqueezeExperiments
import SqueezeTestSupport
import Testing

@Suite struct ConfigWriterTests {
  /// Every config of the package: those to start from, and the examples.
  static let texts: [String] = {
    let folder = TestData.packageFolder.appendingPathComponent("Examples")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let examples = names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap {
      try? String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
    }
    return StartingConfig.names.compactMap(StartingConfig.text) + examples
  }()

  @Test("a resolved config reads as the same", arguments: texts)
  func roundTrips(_ text: String) throws {
    let folder = URL(fileURLWithPath: "/")
    let config = try ExperimentConfig(text, file: "a.yaml", folder: folder)
    let again = try ExperimentConfig(config.text, file: "b.yaml", folder: folder)
    #expect(again.settings == config.settings)
    #expect(again.text == config.text)
    // What was left out is there now.
    #expect(config.text.contains("seed: 1"))
  }

  @Test func thereAreExamples() { #expect(Self.texts.count >= 8) }

  @Test func writesOddTexts() throws {
    var config = try config()
    for text in ["", "null", "a: b", "# no remark", "10", "π \"'"] {
      config.settings.values["name"] = .text(text)
      let again = try ExperimentConfig(config.text, file: "b.yaml", folder: config.folder)
      #expect(again.settings.text("name") == text)
    }
  }
}
