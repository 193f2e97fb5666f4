public import SqueezeGraph
public import SqueezeParameters
import SqueezeOperators
import SqueezeTensor

/// Puts weights on even grids that are symmetric about 0, so that zero stays exactly zero.
///
/// `w ≈ scale · q` with whole `q` in `−L…L`, `L = 2^(bits − 1) − 1`, and one scale per output channel
/// or one for the whole tensor. What is pruned stays 0; with ``isTrainable`` it keeps its mask.
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), §3; Krishnamoorthi, "Quantizing Deep Convolutional
/// Networks for Efficient Inference" (2018), §2.
public struct WeightQuantization: Rewrite, Hashable {
  /// What shares a scale.
  public enum Granularity: String, Sendable, Hashable, Codable, CaseIterable {
    case tensor, channel
  }

  /// The width of an integer, 2 to 8 bits.
  public var bits: Int
  /// Other widths for some parameters, by key.
  public var bitsByKey: [String: Int]
  public var granularity: Granularity
  /// How the largest weight of the grid is chosen.
  public var rule: RangeRule
  /// Whether real weights go on training behind the grid, as ``StraightThroughInteger``.
  public var isTrainable: Bool
  /// The parameters that are changed; `nil` means every ``SqueezeGraph/Model/weightKeys``.
  public var keys: Set<String>?

  /// Creates the method.
  public init(
    bits: Int = 8,
    bitsByKey: [String: Int] = [:],
    granularity: Granularity = .channel,
    rule: RangeRule = .minMax,
    isTrainable: Bool = false,
    keys: Set<String>? = nil
  ) {
    self.bits = bits
    self.bitsByKey = bitsByKey
    self.granularity = granularity
    self.rule = rule
    self.isTrainable = isTrainable
    self.keys = keys
  }

  /// The model with integer weights.
  ///
  /// - Throws: ``QuantizationError`` for a width outside `2...8`, an unknown key, or weights that are not
  ///   finite.
  public func apply(to model: consuming Model) throws -> Model {
    let axes = model.outputAxes
    for key in try model.chosenWeights(keys, also: bitsByKey.keys) {
      guard let encoding = model.parameters[key] else { continue }
      model.parameters[key] = try quantized(encoding, key, outputAxis: axes[key] ?? 0)
    }
    return model
  }

  /// One parameter on its grid.
  ///
  /// - Parameters:
  ///   - encoding: any encoding of reals.
  ///   - key: its key, for its width and errors.
  ///   - outputAxis: the axis of its output channels.
  /// - Returns: ``UniformInteger``, or ``StraightThroughInteger`` where it goes on training.
  /// - Throws: ``QuantizationError`` as ``apply(to:)``.
  public func quantized(
    _ encoding: any ParameterEncoding,
    _ key: String,
    outputAxis: Int = 0
  ) throws(QuantizationError) -> any ParameterEncoding {
    let bits = bitsByKey[key] ?? bits
    guard (2...8).contains(bits) else {
      throw QuantizationError("bits of \"\(key)\"", expected: "2 to 8", actual: "\(bits)")
    }
    let weights = encoding.decoded()
    try QuantizationError.requireFinite(weights.scalars, key)
    let axis = granularity == .channel && weights.shape.rank > outputAxis ? outputAxis : nil
    let rule = SymmetricScale(bits: bits, rule: rule)
    let scales = weights.channels(along: axis).map { rule.scale(of: $0[...]) }
    let zeros = [Int32](repeating: 0, count: scales.count)
    let latent = StraightThroughInteger(
      weights,
      scales: scales,
      zeroPoints: zeros,
      bits: bits,
      axis: axis,
      mask: encoding.keptElements
    )
    if isTrainable { return latent }
    let rounded = latent.rounded
    // The grid of two's complement has one integer more below than above; a symmetric one does not.
    let limit = Int32(rule.limit)
    return UniformInteger(
      shape: rounded.shape,
      integers: rounded.integers.map { max($0, -limit) },
      scales: scales,
      zeroPoints: zeros,
      bits: bits,
      axis: axis
    )
  }
}

extension Tensor {
  /// The elements of each slice along an axis, or all as one.
  func channels(along axis: Int?) -> [[Float]] {
    guard let axis else { return [scalars] }
    let (inner, count) = (shape.count(from: axis + 1), shape[axis])
    return (0..<count).map { channel in
      (0..<shape.count(before: axis)).flatMap { block in
        let start = (block * count + channel) * inner
        return scalars[start..<start + inner]
      }
    }
  }
}

extension Model {
  /// The axis of the output channels for every weight where it is not the first.
  var outputAxes: [String: Int] {
    var axes: [String: Int] = [:]
    for node in nodes where (node.op as? TransposedConvolution)?.groups == 1 {
      axes[Model.key(node.name, "weight")] = 1
    }
    return axes
  }
}
