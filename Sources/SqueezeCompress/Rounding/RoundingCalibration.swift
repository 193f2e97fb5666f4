import SqueezeGraph
import SqueezeTensor

/// What the rounding of a model's layers needs to know from runs on calibration inputs.
struct RoundingCalibration {
  /// The original model.
  let model: Model
  let inputs: [[String: Tensor]]
  let runtime: any Runtime

  // MARK: Moments

  /// The layers of the model, with the moments of their inputs.
  func layers(keepsZeros: Bool, progress: (Double) throws -> Void) throws -> [RoundedLayer] {
    let places = RoundedLayer.places(in: model)
    var moments = places.map { InputCovariance($0.patches) }
    let run = try runtime.prepared(model.giving(places.map(\.input)))
    for (index, sample) in inputs.enumerated() {
      let values = sample.merging(try run(sample)) { $1 }
      for (layer, place) in places.enumerated() {
        moments[layer].add(try Self.finite(values[place.input], place.input))
      }
      try progress(Double(index + 1) / Double(inputs.count))
    }
    return zip(places, moments).map {
      RoundedLayer($0, of: model, covariance: $1, keepsZeros: keepsZeros)
    }
  }

  private static func finite(_ tensor: Tensor?, _ name: String) throws -> Tensor {
    guard let tensor, tensor.type.isReal else {
      throw CalibrationError("value \"\(name)\"", expected: "real numbers", actual: "none")
    }
    for value in tensor.scalars where !value.isFinite {
      throw CalibrationError("value \"\(name)\"", expected: "finite numbers", actual: "\(value)")
    }
    return tensor
  }

  // MARK: Sensitivities

  /// Measures how much errors of each layer matter.
  ///
  /// - Returns: the distortion against the original model, on the first inputs.
  func measureSensitivities(
    of layers: inout [RoundedLayer],
    progress: (Double) throws -> Void
  ) throws -> OutputDistortion {
    let run = try runtime.prepared(model)
    let distortion = OutputDistortion(model, outputs: try probes.map(run))
    let sensitivity = LayerSensitivity(
      model: model,
      inputs: probes,
      runtime: runtime,
      distortion: distortion
    )
    for index in layers.indices {
      layers[index].sensitivity = try sensitivity(layers[index])
      try progress(Double(index + 1) / Double(layers.count))
    }
    return distortion
  }

  /// The inputs on which models are compared.
  var probes: [[String: Tensor]] { evenlySpread(LayerSensitivity.inputLimit) }

  /// So many of the inputs, from all parts of their list.
  func evenlySpread(_ limit: Int) -> [[String: Tensor]] {
    let count = min(limit, inputs.count)
    return (0..<count).map { inputs[$0 * inputs.count / count] }
  }

  // MARK: Errors of earlier layers

  /// Layers next to each other that share an input.
  func groups(of layers: [RoundedLayer]) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    for index in layers.indices {
      if let last = groups.last, layers[last.lowerBound].input == layers[index].input {
        groups[groups.count - 1] = last.lowerBound..<index + 1
      } else {
        groups.append(index..<index + 1)
      }
    }
    return groups
  }

  /// Lets layers that share an input aim at what makes good the errors of those before them.
  func compensate(
    _ layers: inout [RoundedLayer],
    _ group: Range<Int>,
    _ rounded: Model,
    limit: Int
  ) throws {
    let input = layers[group.lowerBound].input
    // What comes straight from outside has no errors.
    guard !model.inputs.contains(where: { $0.name == input }) else { return }
    let before = try runtime.prepared(model.giving([input]))
    let now = try runtime.prepared(rounded.giving([input]))
    var moments = group.map { InputCovariance(layers[$0].patches, hasOriginal: true) }
    for sample in evenlySpread(limit) {
      let original = try Self.finite(try before(sample)[input], input)
      let current = try Self.finite(try now(sample)[input], input)
      for index in moments.indices { moments[index].add(current, original: original) }
    }
    for (layer, moments) in zip(group, moments) {
      layers[layer] = layers[layer].compensating(moments, part: Self.part)
    }
  }

  /// The part of the way that layers go to make good earlier errors.
  private static let part = 0.5
}

extension Model {
  /// The part of the model that makes some values, for its outputs.
  func giving(_ names: [String]) -> Model {
    var model = self
    let given = Set(inputs.map(\.name))
    var seen: Set<String> = []
    model.outputs = names.filter { !given.contains($0) && seen.insert($0).inserted }
    // A model of no outputs is none: the first node's will do.
    if model.outputs.isEmpty, let first = nodes.first?.outputs.first { model.outputs = [first] }
    model.removeUnusedNodes()
    return model
  }
}
