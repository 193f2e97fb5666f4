import Foundation
import SqueezeExperiments
import SqueezeGraph
import SqueezeModels
import SqueezeTrain
import Testing

@Suite struct LayerNetworkTests {
  static let layers = """
    network:
      input: [3, 8, 8]
      layers:
        - {kind: conv, name: a, channels: 4, kernel: 3, padding: 1, bias: false}
        - bn
        - {kind: relu, name: b}
        - {kind: conv, channels: 4, kernel: [1, 3], padding: [0, 1], groups: 2}
        - {kind: add, inputs: [b, conv4]}
        - {kind: concat, inputs: [a, add5]}
        - {kind: up_conv, channels: 2, kernel: 2, stride: 2}
        - {kind: maxpool, kernel: 2, stride: 2}
        - {kind: avgpool, kernel: 2, stride: 2}
        - {kind: dropout, ratio: 0.1}
        - global_pool
        - flatten
        - {kind: fc, features: 5}
        - softmax
    data: pictures
    optimizer: {name: sgd, rate: 0.1}
    epochs: 1
    batch: 1
    """

  private func read(_ text: String) throws -> ExperimentConfig {
    try ExperimentConfig(text, file: "net.yaml", folder: URL(fileURLWithPath: "/"))
  }

  @Test func buildsEveryKind() throws {
    let network = try NetworkSetup(read(Self.layers)).network(classes: nil)
    let model = try network.model.initialized(seed: 1)
    let inference = try model.infer(model.shapes(batch: 2))
    #expect(model.nodes.count == 14)
    #expect(inference.values[model.outputs[0]]?.shape == [2, 5])
    #expect(model.parameters["a.weight"]?.shape == [4, 3, 3, 3])
    #expect(model.parameters["a.bias"] == nil)
    #expect(model.parameters["conv4.weight"]?.shape == [4, 2, 1, 3])
    #expect(!network.hasWeights)
  }

  @Test("a layer that does not fit is named with its line")
  func namesLayers() throws {
    func message(_ old: String, _ new: String) -> String {
      do {
        let config = try read(Self.layers.replacing(old, with: new))
        _ = try NetworkSetup(config).network(classes: nil)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(message("inputs: [b, conv4]", "inputs: [b, conv44]").contains("did you mean conv4?"))
    #expect(message("inputs: [b, conv4]", "inputs: [b, conv44]").hasPrefix("net.yaml:8:"))
    #expect(message("inputs: [b, conv4]", "inputs: [b]").contains("layer \"add5\""))
    #expect(message("groups: 2", "groups: 3").hasPrefix("net.yaml:7: expected layer \"conv4\""))
    #expect(message("kind: relu, name: b", "kind: relu, name: a").contains("\"a\" again"))
    #expect(message("input: [3, 8, 8]", "classes: 2").contains("expected input"))
    #expect(message("kind: dropout", "kind: dropuot").contains("did you mean dropout?"))
  }

  @Test func takesLibraryNetworksAndFiles() throws {
    let lenet = try NetworkSetup(config(network: "lenet-5")).network(classes: 7)
    #expect(lenet.model.initialized().outputClasses == 7)
    do {
      _ = try NetworkSetup(config(network: "lenet5")).network(classes: 7)
      Issue.record("lenet5 was accepted")
    } catch {
      #expect("\(error)".contains("did you mean lenet-5?"))
    }
  }

  @Test func freezesByKeyAndBeginning() throws {
    let setup = NetworkSetup(try config("frozen: [conv1*, fc2.bias]"))
    let model = try setup.network(classes: 10).model
    #expect(try setup.frozen(in: model) == ["conv1.weight", "conv1.bias", "fc2.bias"])
    let wrong = NetworkSetup(try config("frozen: [fc2.bais]"))
    #expect(throws: ConfigError.self) { try wrong.frozen(in: model) }
  }
}

extension Model {
  fileprivate func initialized() -> Model { (try? initialized(seed: 1)) ?? self }

  fileprivate var outputClasses: Int? {
    (try? infer(shapes(batch: 1)))?.values[outputs[0]]?.shape.dimensions.last
  }
}
