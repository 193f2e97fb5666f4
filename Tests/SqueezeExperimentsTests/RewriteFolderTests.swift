import Foundation
import SqueezeDesign
import SqueezeExperiments
import SqueezeFormats
import SqueezeGraph
import SqueezeModels
import SqueezeTestSupport
import Testing

@Suite struct RewriteFolderTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("rewrite-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func areIdentical(_ a: Model, _ b: Model) -> Bool {
    a.nodes == b.nodes && a.inputs == b.inputs && a.outputs == b.outputs
      && a.parameters.keys == b.parameters.keys
      && a.parameters.allSatisfy { key, value in b.parameters[key]?.isEqual(to: value) == true }
  }

  @Test("every step is taken back exactly", arguments: ["sqz", "onnx"])
  func undoes(_ format: String) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (source, small, smaller) = (
      folder.appendingPathComponent("a.\(format)"), folder.appendingPathComponent("b.\(format)"),
      folder.appendingPathComponent("c.\(format)")
    )
    try ModelFile.save(LeNet5.structure().withRandomParameters(seed: 2), to: source)
    let original = try ModelFile.load(source)
    let first = try BoosterCatalog.parse(
      "fc-to-conv; kernel-reduction(by=random, nodes=conv2*); width"
    )
    .filter { !($0 is KernelReduction) }
    _ = try RewriteFolder.rewrite(first, original, from: source, to: small)
    let second = try BoosterCatalog.parse("low-rank(factor=1.5)")
    let history = try RewriteFolder.rewrite(
      second,
      try ModelFile.load(small),
      from: small,
      to: smaller
    )
    #expect(history.steps.count == 1)
    #expect(
      try RewriteFolder(for: smaller).steps().map(\.booster) == [
        "fc-to-conv", "width", "low-rank(factor=1.5)",
      ]
    )
    // Back over both calls, in place, step by step.
    var undone: [String] = []
    for expected in 0..<3 {
      let result = try RewriteFolder(for: smaller).undo(try ModelFile.load(smaller), to: smaller)
      undone += result.undone
      if expected == 0 { #expect(areIdentical(result.model, try ModelFile.load(small))) }
    }
    #expect(undone == ["low-rank(factor=1.5)", "width", "fc-to-conv"])
    #expect(areIdentical(try ModelFile.load(smaller), original))
    // All at once, to another file.
    let back = folder.appendingPathComponent("back.sqz")
    let all = try RewriteFolder(for: small).undo(try ModelFile.load(small), all: true, to: back)
    #expect(all.undone.count == 2)
    #expect(areIdentical(try ModelFile.load(back), original))
  }

  @Test func refusesTheHistoryOfAnotherModel() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (source, small) = (
      folder.appendingPathComponent("a.sqz"), folder.appendingPathComponent("b.sqz")
    )
    let model = try LeNet5.structure().withRandomParameters(seed: 2)
    #expect(throws: RewriteFolderError.self) {
      try RewriteFolder(for: small).undo(model, to: small)
    }
    _ = try RewriteFolder.rewrite([FullyConnectedToConvolution()], model, from: source, to: small)
    #expect(throws: RewriteFolderError.self) {
      try RewriteFolder(for: small).undo(model, to: small)
    }
    // Nothing is written where a booster does not fit.
    let never = folder.appendingPathComponent("never.sqz")
    #expect(throws: BoosterError.self) {
      try RewriteFolder.rewrite(
        [FireModule(nodes: NodePattern("x"))],
        model,
        from: source,
        to: never
      )
    }
    #expect(!FileManager.default.fileExists(atPath: never.path))
    #expect(!FileManager.default.fileExists(atPath: never.path + ".history"))
  }
}

@Suite struct BoostedNetworkTests {
  private func config(_ network: String) throws -> ExperimentConfig {
    try ExperimentConfig(
      "network: \(network)\ndata: {path: x}\noptimizer: {name: sgd, rate: 0.1}\nepochs: 1\nbatch: 1\n",
      file: "x.yaml",
      folder: URL(fileURLWithPath: "/")
    )
  }

  /// Done-when 3: the small network of the pair has at least 50 times fewer parameters.
  @Test func theExamplesArePairs() throws {
    let folder = TestData.packageFolder.appendingPathComponent("Examples/AlexNetToSqueezeNet")
    let parameters = try ["alexnet-cifar10", "boosted-cifar10"].map { name in
      let config = try ExperimentConfig(contentsOf: folder.appendingPathComponent("\(name).yaml"))
      let network = try NetworkSetup(config).network(classes: 10)
      return try network.model.cost().parameters
    }
    #expect(parameters[0] >= 50 * parameters[1])
  }

  @Test func layersAreBoostedToo() throws {
    let text =
      "{input: [3, 8, 8], boosters: fc-to-global-pool, layers: [{kind: conv, channels: 8, kernel: 3}, relu, "
      + "flatten, {kind: fc, features: 5}, softmax]}"
    let model = try NetworkSetup(config(text)).network(classes: 5).model
    #expect(model.parameters["fc4.weight"]?.shape == [5, 8, 1, 1])
  }

  @Test func mistakesNameTheLine() throws {
    for text in [
      "{name: lenet-5, boosters: fc-to-cnv}", "{name: lenet-5, boosters: fire-module(nodes=x)}",
    ] {
      let config = try config(text)
      let error = #expect(throws: ConfigError.self) {
        try NetworkSetup(config).network(classes: 10)
      }
      #expect(error?.line == 1 && error?.expected == "boosters that fit the network")
    }
  }
}
