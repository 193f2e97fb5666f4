import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// What the rounding of a model's layers needs to know from runs on calibration inputs.
struct RoundingCalibration {
  /// The original model.
  let model: Model
  let inputs: [[String: Tensor]]
  let runtime: any Runtime

  /// Prepares a model: batch normalizations and constants are folded.
  ///
  /// - Throws: ``CalibrationError`` without inputs, and where the model is unsound.
  init(folding model: Model, inputs: [[String: Tensor]], runtime: any Runtime) throws {
    guard let first = inputs.first else {
      throw CalibrationError("calibration", expected: "at least one input", actual: "none")
    }
    self.model = try model.applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
    self.inputs = inputs
    self.runtime = runtime
    _ = try self.model.infer(first.mapValues(\.shape))
  }

  // MARK: Moments

  /// The layers of the model, with the moments of their inputs.
  func layers(keepsZeros: Bool, progress: (Double) throws -> Void) throws -> [RoundedLayer] {
    let places = RoundedLayer.places(in: model)
    guard !places.isEmpty else {
      throw CalibrationError("model", expected: "layers with weights", actual: "none")
    }
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

  /// Rounds the layers one after the other, each aiming at what makes good the errors of those before it.
  ///
  /// - Parameters:
  ///   - layers: the layers; they get new moments and new aims.
  ///   - limit: the most inputs to look at.
  ///   - round: puts a layer, by its number, into the model.
  ///   - progress: told which part of the layers is done.
  /// - Throws: ``CalibrationError`` where a value is not finite, and what runs and `progress` throw.
  func compensate(
    _ layers: inout [RoundedLayer],
    limit: Int,
    round: (Int, RoundedLayer, inout Model) -> Void,
    progress: (Double) throws -> Void
  ) throws {
    let groups = groups(of: layers)
    let positions = groups.map { group in
      model.nodes.firstIndex { $0.name == layers[group.lowerBound].node.name } ?? 0
    }
    let inference = try model.infer(inputs[0].mapValues(\.shape))
    let bytes = ActivationWalk.bytes(positions, in: model, inference)
    let samples = evenlySpread(min(limit, max(8, Self.memoryLimit / (2 * max(1, bytes)))))
    var before = ActivationWalk(samples, runtime: runtime)
    var now = ActivationWalk(samples, runtime: runtime)
    var rounded = model
    for (index, group) in groups.enumerated() {
      try before.advance(to: positions[index], in: model)
      try now.advance(to: positions[index], in: rounded)
      let input = layers[group.lowerBound].input
      // What comes straight from outside has no errors.
      if !model.inputs.contains(where: { $0.name == input }) {
        var moments = group.map { InputCovariance(layers[$0].patches, hasOriginal: true) }
        for (original, current) in zip(before.values, now.values) {
          let (original, current) = (
            try Self.finite(original[input], input), try Self.finite(current[input], input)
          )
          for layer in moments.indices { moments[layer].add(current, original: original) }
        }
        for (layer, moments) in zip(group, moments) {
          layers[layer] = layers[layer].compensating(moments, part: Self.part)
        }
      }
      for layer in group { round(layer, layers[layer], &rounded) }
      try progress(Double(index + 1) / Double(groups.count))
    }
  }

  /// The bytes that values between layers may take; there are fewer inputs where they would take more.
  private static let memoryLimit = 512_000_000
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
