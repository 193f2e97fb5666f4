import Foundation
import SqueezeDesign
import SqueezeFormats
package import SqueezeGraph
import SqueezeModels
import SqueezeOperators
package import SqueezeTensor

/// The network that a config names: of the library, of a file, or of layers.
package struct NetworkSetup {
  let config: ExperimentConfig

  package init(_ config: ExperimentConfig) { self.config = config }

  /// The network before its weights are set.
  package struct Network {
    package var model: Model
    /// Whether it comes from a file, with weights worth keeping.
    package var hasWeights: Bool
  }

  /// The shape of one input that the config asks for; `nil` where it leaves that to the network.
  var inputShape: Shape? {
    (config.network.integers("input") ?? config.data.integers("input")).map { Shape($0) }
  }

  /// Builds the network.
  ///
  /// - Parameters:
  ///   - classes: the classes of the data; `nil` where it has none.
  ///   - input: the shape of one sample, where the config does not say it.
  /// - Returns: a model whose parameters may be blank.
  /// - Throws: ``ConfigError`` that names the line, or the error of a file.
  package func network(classes: Int?, input: Shape? = nil) throws -> Network {
    var network = try plainNetwork(classes: classes, input: input)
    guard let text = config.network.text("boosters") else { return network }
    do {
      let model = network.hasWeights ? network.model : try Self.blank(network.model)
      network.model = try model.applying(try BoosterCatalog.parse(text))
    } catch let error as BoosterError {
      throw config.error(
        config.network,
        key: "boosters",
        expected: "boosters that fit the network",
        actual: "\(error)"
      )
    }
    return network
  }

  /// The network with zeros for parameters that it lacks, as layers of a config do.
  private static func blank(_ model: Model) throws(ShapeError) -> Model {
    var model = model
    var specs: [String: TensorSpec] = [:]
    for input in model.inputs { specs[input.name] = TensorSpec(input.shape(), input.type) }
    for node in model.nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: inputs)) {
        specs[name] = spec
      }
      for parameter in try node.op.parameters(for: inputs) {
        let key = Model.key(node.name, parameter.name)
        if model.parameters[key] == nil {
          model.parameters[key] = Constant.encoding(
            of: Tensor(zeros: parameter.spec.shape, type: parameter.spec.type)
          )
        }
      }
    }
    return model
  }

  /// The network before its boosters.
  private func plainNetwork(classes: Int?, input: Shape?) throws -> Network {
    let settings = config.network
    let shape = inputShape ?? input
    switch (settings.text("name"), settings.has("layers")) {
    case (let name?, false):
      return ExperimentConfig.isModelFile(name)
        ? Network(model: try ModelFile.load(config.url(name)), hasWeights: true)
        : Network(model: try library(name, classes: classes, shape), hasWeights: false)
    case (nil, true):
      guard let shape else {
        throw config.error(
          settings,
          key: "input",
          expected: "input, the shape of one sample, beside layers",
          actual: "none"
        )
      }
      var builder = LayerNetwork(config)
      return Network(
        model: try builder.model(settings.variants("layers"), input: shape),
        hasWeights: false
      )
    case (nil, false), (_?, true):
      throw config.error(
        key: "network",
        expected: "either a name or layers",
        actual: settings.has("layers") ? "both" : "none"
      )
    }
  }

  private func library(_ name: String, classes: Int?, _ shape: Shape?) throws -> Model {
    guard let network = NetworkCatalog.network(named: name) else {
      let names = NetworkCatalog.all.map(\.name)
      throw config.error(
        config.network,
        key: "name",
        expected: "an .onnx or .sqz file or one of \(names.joined(separator: ", "))",
        actual: Spelling.suggestion(for: name, among: names)
      )
    }
    var options = network.published
    if let shape { options.input = shape }
    if let classes = config.network.integer("classes") ?? classes { options.classes = classes }
    if let width = config.network.integer("base_width") {
      guard options.baseWidth != nil else {
        throw config.error(
          config.network,
          key: "base_width",
          expected: "a network whose width can be chosen",
          actual: name
        )
      }
      options.baseWidth = width
    }
    return try network.structure(options)
  }

  /// The network that is learned from, where the config names one.
  ///
  /// - Throws: ``ConfigError`` for a name that is no model file, or the error of the file.
  func teacher() throws -> Model? {
    guard let settings = config.settings.settings("teacher"), let name = settings.text("model")
    else { return nil }
    guard ExperimentConfig.isModelFile(name) else {
      throw config.error(
        settings,
        key: "model",
        expected: "an .onnx or .sqz file",
        actual: name
      )
    }
    return try ModelFile.load(config.url(name))
  }

  /// The parameters that the config freezes, by key.
  ///
  /// - Throws: ``ConfigError`` for a name that fits no parameter.
  package func frozen(in model: Model) throws(ConfigError) -> Set<String> {
    let keys = model.parameters.keys.sorted()
    var frozen: Set<String> = []
    for name in config.settings.texts("frozen") {
      let matching =
        name.hasSuffix("*")
        ? keys.filter { $0.hasPrefix(name.dropLast()) } : keys.filter { $0 == name }
      guard !matching.isEmpty else {
        throw config.error(
          key: "frozen",
          expected: "a parameter such as \(keys.first ?? "conv1.weight")",
          actual: Spelling.suggestion(for: name, among: keys)
        )
      }
      frozen.formUnion(matching)
    }
    return frozen
  }
}
