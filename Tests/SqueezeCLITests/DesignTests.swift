import Foundation
import Squeeze
import Testing

@Suite struct DesignTests {
  @Test func rewritesAndTakesBack() throws {
    let folder = try SqueezeProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func file(_ name: String) -> String { folder.appendingPathComponent(name).path }
    #expect(
      try SqueezeProcess.run("new", "vgg-small", "--base", "8", "-o", file("a.sqz")).exitCode == 0
    )
    let boosters = "fc-to-conv; channel-reduction(ratio=0.5, nodes=conv2*)"
    let json = try SqueezeProcess.run(
      "rewrite",
      file("a.sqz"),
      file("b.sqz"),
      "--apply",
      boosters,
      "--json"
    ).json()
    let steps = try #require(json["steps"] as? [[String: Any]])
    #expect(steps.map { $0["fidelity"] as? String } == ["exact", "retrain"])
    let after = try #require(json["after"] as? [String: Int])
    let inspected = try SqueezeProcess.run("inspect", file("b.sqz"), "--json").json()
    #expect((inspected["total"] as? [String: Int])?["parameters"] == after["parameters"])
    let text = try SqueezeProcess.run("rewrite", file("a.sqz"), file("c.sqz"), "--apply", boosters)
    #expect(text.output.contains("must be retrained") && text.output.contains("all steps"))
    let undone = try SqueezeProcess.run("rewrite", file("b.sqz"), file("b.sqz"), "--undo", "--json")
      .json()
    #expect(undone["undone"] as? [String] == ["channel-reduction(ratio=0.5, nodes=conv2*)"])
    #expect(try SqueezeProcess.run("rewrite", file("b.sqz"), file("b.sqz"), "--undo").exitCode == 0)
    #expect(try SqueezeProcess.run("verify", file("a.sqz"), file("b.sqz")).exitCode == 0)
    let again = try SqueezeProcess.run("rewrite", file("b.sqz"), file("b.sqz"), "--undo")
    #expect(again.exitCode == 1 && again.errors.contains("a history of rewrites"))
  }

  @Test func explainsBoosters() throws {
    let list = try SqueezeProcess.run("rewrite", "--list")
    #expect(BoosterCatalog.all.allSatisfy { list.output.contains($0.about.name) })
    let wrong = try SqueezeProcess.run("rewrite", "a.sqz", "b.sqz", "--apply", "fc-to-conf")
    #expect(wrong.exitCode == 64 && wrong.errors.contains("did you mean fc-to-conv?"))
    #expect(try SqueezeProcess.run("rewrite", "a.sqz").exitCode == 64)
  }

  @Test func comparesAndJudges() throws {
    let result = try SqueezeProcess.run(
      "compare",
      "alexnet",
      "squeezenet-v1.0",
      "--hardware",
      "raspberry-pi-4",
      "--json"
    )
    let models = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
    )
    #expect(models.map { $0["parameters"] as? Int } == [61_100_840, 1_248_424])
    #expect(((models[0]["seconds"] as? [String: Double])?["raspberry-pi-4"] ?? 0) > 0)
    let devices = try SqueezeProcess.run("devices")
    #expect(devices.output.contains("v100") && devices.output.contains("1389"))
    let folder = try SqueezeProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("lenet.sqz").path
    #expect(try SqueezeProcess.run("new", "lenet-5", "-o", file).exitCode == 0)
    let inspected = try SqueezeProcess.run("inspect", file, "--hardware", "v100,cortex-m7")
    #expect(inspected.output.contains("energy, modelled") && inspected.output.contains("flash"))
    let json = try SqueezeProcess.run("inspect", file, "--hardware", "v100", "--json").json()
    #expect((json["hardware"] as? [[String: Any]])?.count == 1 && json["total"] != nil)
    let named = try SqueezeProcess.run("inspect", "lenet-5", "--json").json()
    let (total, other) = (json["total"] as? [String: Int], named["total"] as? [String: Int])
    #expect(other?["file_bytes"] == nil && (total?["file_bytes"] ?? 0) > 0)
    #expect(other?["macs"] == total?["macs"] && (other?["macs"] ?? 0) > 0)
    for command in ["benchmark", "profile"] {
      let timed = try SqueezeProcess.run(command, "lenet-5", "--iterations", "2", "--json")
      #expect(timed.exitCode == 0 && timed.output.contains("lenet-5"))
    }
    for command in [["inspect"], ["compare"], ["new", "-o", file]] {
      let wrong = try SqueezeProcess.run(command + ["lenet5"])
      #expect(wrong.exitCode == 64 && wrong.errors.contains("did you mean lenet-5?"))
    }
    let unknown = try SqueezeProcess.run("inspect", file, "--hardware", "v10")
    #expect(unknown.exitCode == 1 && unknown.errors.contains("did you mean v100?"))
  }
}
