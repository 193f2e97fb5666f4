import Foundation
import SqueezeExperiments
import Testing

@Suite struct ConfigReaderTests {
  @Test func fillsInWhatIsLeftOut() throws {
    let config = try config()
    #expect(config.name == "test")
    #expect(config.epochs == 2)
    #expect(config.seed == 1)
    #expect(config.dataPath == "/configs/pictures")
    #expect(config.data.text("kind") == "classes")
    #expect(config.data.numbers("mean") == [0])
    #expect(config.settings.variants("loss").map(\.variant) == ["cross_entropy"])
    #expect(config.settings.settings("schedule")?.variant == "constant")
    #expect(config.settings.settings("checkpoints")?.boolean("required") == true)
  }

  @Test("a plain word, keys and lists of both mean the same")
  func acceptsShorthands() throws {
    #expect(try config("augment: flip").settings == config("augment: [{name: flip}]").settings)
    #expect(
      try config("weight_decay: 5e-4").settings
        == config("weight_decay: {weights: 0.0005}").settings
    )
    #expect(try config("schedule: cosine").settings == config("schedule: {name: cosine}").settings)
    #expect(try config("clip: 1_0").settings.number("clip") == 10)
  }

  @Test("a misspelt key is named with its line and the nearest key")
  func namesTypos() throws {
    let text = """
      network: lenet-5
      data: pictures
      optimizer:
        name: sgd
        rate: 0.1
        momentun: 0.9
      epochs: 2
      batch: 8
      """
    let message = message(text)
    #expect(message.hasPrefix("test.yaml:6: expected a key of sgd: name, rate, momentum, nesterov"))
    #expect(message.contains("\"momentun\" (did you mean momentum?)"))
  }

  @Test(
    "each mistake is told with its line",
    arguments: [
      ("batch: 0", "test.yaml:6: expected batch to be a whole number from 1 to 65536, got 0"),
      ("seed: x", "test.yaml:6: expected seed to be a whole number from 0, got x"),
      ("epochs: 3", "expected YAML, got the key epochs twice"),
      ("loss: cross_entropi", "did you mean cross_entropy?"),
      ("augment: [{nam: flip}]", "test.yaml:6: expected one augmentation"),
      ("schedule: {name: step}", "test.yaml:6: expected milestones in step"),
      ("schedule: {name: sgd}", "expected one schedule: constant, step, cosine"),
      ("ema: 1", "expected ema to be a number from 0 to 0.999999"),
      ("ema: nan", "expected ema"),
      ("checkpoints: {required: perhaps}", "expected required to be true or false, got perhaps"),
      ("checkpoints: 7", "expected the keys every_steps, best, patience, required of checkpoints"),
      ("weight_decay: [1]", "weight_decay"),
      ("metrics: {a: 1}", "expected metrics to be a list of some of error, mean_iou"),
      ("metrics: [eror]", "did you mean error?"),
      ("clip: \"", "test.yaml:"),
      ("initializer: he-norml", "did you mean he-normal?"),
    ]
  )
  func namesMistakes(_ change: String, _ expected: String) throws {
    do {
      _ = try config(change)
      Issue.record("\(change) was accepted")
    } catch let error as ConfigError {
      // The key batch stands in the least config already.
      let text = change.hasPrefix("batch") ? "" : "\(error)"
      if change.hasPrefix("batch") { #expect("\(error)".contains("twice")) }
      if !text.isEmpty { #expect(text.contains(expected), "\(text)") }
    }
  }

  @Test func namesWhatIsMissing() {
    #expect(message("") == "test.yaml: expected the keys \(keys), got an empty file")
    #expect(message("3").contains("something without keys"))
    #expect(message("network: lenet-5").contains("expected data in config"))
    #expect(
      message("batch: 0\n").contains("test.yaml:1: expected batch to be a whole number from 1")
    )
  }

  private var keys: String {
    ExperimentSchema.root.fields.map(\.key).joined(separator: ", ")
  }

  @Test func refusesWhatIsNoConfig() {
    #expect(message(String(repeating: "a", count: 2 << 20)).contains("at most 1048576 bytes"))
    #expect(message("a: [1, 2").contains("expected YAML"))
    #expect(message("a: &x [*x]").isEmpty == false)
  }

  @Test("cut and changed texts throw or read, and never trap")
  func survivesDamage() throws {
    let text = StartingConfig.text(of: "segmentation") ?? ""
    var bytes = Array(text.utf8)
    for index in stride(from: 0, to: bytes.count, by: 7) {
      _ = message(String(decoding: bytes.prefix(index), as: UTF8.self))
      let old = bytes[index]
      for byte in [UInt8(ascii: ":"), UInt8(ascii: "["), 0, 0xFF] {
        bytes[index] = byte
        _ = message(String(decoding: bytes, as: UTF8.self))
      }
      bytes[index] = old
    }
  }
}
