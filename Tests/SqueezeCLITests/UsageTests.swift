import Foundation
import Testing

@Suite struct UsageTests {
  static let commands = [
    "inspect", "run", "evaluate", "convert", "verify", "benchmark", "profile", "probe",
    "operators", "models", "new", "train", "runs", "plan", "compress", "blame", "search", "demo",
    "rewrite", "compare", "devices",
  ]

  @Test("every command explains itself with examples", arguments: commands)
  func helps(_ command: String) throws {
    let result = try SqueezeProcess.run(command, "--help")
    #expect(result.exitCode == 0)
    #expect(result.output.contains("EXAMPLES"))
    #expect(result.output.contains("squeeze \(command)"))
    #expect(try SqueezeProcess.run("--help").output.contains("  \(command) "))
  }

  @Test func saysItsVersion() throws {
    let result = try SqueezeProcess.run("--version")
    #expect(result.output.split(separator: ".").count == 3)
    #expect(result.exitCode == 0)
  }

  @Test("wrong usage exits with 64", arguments: [["inspect"], ["fly"], ["run", "model.onnx"]])
  func refusesWrongUsage(_ arguments: [String]) throws {
    let result = try SqueezeProcess.run(arguments)
    #expect(result.exitCode == 64)
    #expect(result.errors.contains("Usage:"))
  }

  @Test("a wrong option value is named", arguments: ["preprocess", "coder", "threads"])
  func namesWrongValues(_ option: String) throws {
    let result =
      try option == "coder"
      ? SqueezeProcess.run("convert", "a.onnx", "b.sqz", "--coder", "zip")
      : SqueezeProcess.run("run", "a.onnx", "b.png", "--\(option)", "0")
    #expect(result.exitCode == 64)
    #expect(result.errors.contains("--\(option)"))
  }

  @Test("a missing file exits with 1 and is named", arguments: commands.prefix(7))
  func namesMissingFiles(_ command: String) throws {
    let more = [
      "run": ["x.png"], "evaluate": ["--data", "nowhere"], "convert": ["out.sqz"],
      "verify": ["other.onnx"],
    ]
    let result = try SqueezeProcess.run([command, "nowhere.onnx"] + (more[command] ?? []))
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("nowhere.onnx"))
    #expect(result.output.isEmpty)
  }

  @Test func writesCompletions() throws {
    for shell in ["bash", "zsh", "fish"] {
      let result = try SqueezeProcess.run("--generate-completion-script", shell)
      #expect(result.exitCode == 0)
      #expect(result.output.contains("benchmark"))
    }
  }
}
