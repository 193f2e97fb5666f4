import Foundation
import Squeeze
import Testing

@Suite struct ModelsTests {
  @Test func listsNetworksWithStableKeys() throws {
    let result = try SqueezeProcess.run("models", "--json")
    let list = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
    )
    let names = list.compactMap { $0["name"] as? String }
    #expect(names == NetworkCatalog.all.map(\.name))
    let net = try #require(list.first { $0["name"] as? String == "squeezenet-v1.0" })
    #expect(net["parameters"] as? Int == 1_248_424)
    #expect(net["input_shape"] as? [Int] == [1, 3, 224, 224])
    #expect(net["bytes"] as? Int == 4 * 1_248_424)
    #expect((net["macs"] as? Int ?? 0) > 800_000_000)
    #expect((net["source"] as? String ?? "").contains("Iandola"))
    #expect(try SqueezeProcess.run("models").output.contains("mobilenet-v2"))
  }

  @Test func buildsAndRuns() throws {
    let folder = try SqueezeProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["shufflenet-v2-x1.0", "u-net"] {
      for format in ["onnx", "sqz"] {
        let file = folder.appendingPathComponent("\(name).\(format)").path
        var arguments = ["new", name, "--classes", "3", "--input", "3,32,48", "--batch", "2"]
        arguments += ["--seed", "4", "-o", file, "--json"]
        if name == "u-net" { arguments += ["--base", "4"] }
        let json = try SqueezeProcess.run(arguments).json()
        #expect(json["input_shape"] as? [Int] == [2, 3, 32, 48])
        let total = try #require(
          try SqueezeProcess.run("inspect", file, "--json").json()["total"] as? [String: Int]
        )
        #expect(total["parameters"] == json["parameters"] as? Int)
        #expect(total["macs"] == json["macs"] as? Int)
      }
      let files = ["onnx", "sqz"].map { folder.appendingPathComponent("\(name).\($0)").path }
      #expect(try SqueezeProcess.run("verify", files[0], files[1]).exitCode == 0)
    }
  }

  @Test(
    "a wrong option is named",
    arguments: [
      (["squeezenet"], "squeezenet-v1.0"), (["alexnet", "--base", "3"], "--base"),
      (["alexnet", "--input", "3,x,3"], "--input"),
    ]
  )
  func namesWrongOptions(_ arguments: [String], _ expected: String) throws {
    let result = try SqueezeProcess.run(["new"] + arguments + ["-o", "never.onnx"])
    #expect(result.exitCode == 64)
    #expect(result.errors.contains(expected))
  }

  @Test func saysThatAPictureIsTooSmall() throws {
    let result = try SqueezeProcess.run("new", "alexnet", "--input", "3,20,20", "-o", "never.onnx")
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("pool"))
  }
}
