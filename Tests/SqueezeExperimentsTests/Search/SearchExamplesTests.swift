import Foundation
import SqueezeExperiments
import SqueezeTestSupport
import Testing

@Suite struct SearchExamplesTests {
  static let files: [URL] = {
    let folder = TestData.packageFolder.appendingPathComponent("Examples/search")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder.appendingPathComponent($0) }
  }()

  @Test func thereAreExamples() { #expect(!Self.files.isEmpty) }

  @Test("an example of a search is read, with the training it names", arguments: files)
  func reads(_ file: URL) throws {
    let config = try SearchConfig(contentsOf: file)
    #expect(config.candidates > 0)
    #expect(try config.space().genes.count > 0)
  }
}
