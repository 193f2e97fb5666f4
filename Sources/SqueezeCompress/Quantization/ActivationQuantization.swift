public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
public import SqueezeTensor

/// Puts the activations and weights of a model of floats on grids of 8 bits.
///
/// The range of each value is the smallest and the largest number it takes on some inputs; its grid
/// is asymmetric and unsigned, `scale = (max − min) / 255`, with 0 a point of it. Weights are signed
/// and symmetric, one scale per output channel, `scale = max |w| / 127`. The result has pairs of
/// QuantizeLinear and DequantizeLinear around convolutions, fully connected layers, pools, sums and
/// concatenations; other operators keep computing with reals.
///
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), §2.1 and §3; Nagel et al., "A White Paper on Neural
/// Network Quantization" (2021), §3.
public struct ActivationQuantization: Sendable {
  /// Creates the method.
  public init() {}

  /// Whether a model has quantized activations already.
  public static func isQuantized(_ model: Model) -> Bool {
    model.nodes.contains { $0.op is QuantizeLinear }
  }

  /// The model on grids.
  ///
  /// - Parameters:
  ///   - model: a model of floats.
  ///   - inputs: what the ranges are taken from, at least one; each a tensor for every input.
  ///   - run: runs a model on one of them.
  /// - Returns: the model with integer weights and pairs around its layers.
  /// - Throws: ``CalibrationError`` without inputs or where a value is not finite, and what `run`
  ///   throws.
  public func apply(
    to model: Model,
    calibratedOn inputs: [[String: Tensor]],
    using run: ModelRun
  ) throws -> Model {
    guard !inputs.isEmpty else {
      throw CalibrationError("calibration", expected: "at least one input", actual: "none")
    }
    let model = try model.applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
    let inference = try model.infer(inputs[0].mapValues(\.shape))
    let graph = QuantizationGraph(model, inference)
    var ranges: [String: ClosedRange<Float>] = [:]
    var observed = model
    observed.outputs = graph.values.filter { name in
      !model.inputs.contains { $0.name == name }
    }
    for sample in inputs {
      var values = sample
      if !observed.outputs.isEmpty { values.merge(try run(observed, sample)) { $1 } }
      for name in graph.values {
        guard let tensor = values[name] else { continue }
        let range = try Self.range(of: tensor, name)
        ranges[name] = ranges[name].map { $0.union(range) } ?? range
      }
    }
    graph.shareRanges(&ranges)
    return graph.quantized(ranges.mapValues(Self.grid))
  }

  /// The range of a tensor, 0 included.
  private static func range(
    of tensor: Tensor,
    _ name: String
  ) throws(CalibrationError) -> ClosedRange<Float> {
    var (lower, upper) = (Float(0), Float(0))
    for value in tensor.scalars {
      guard value.isFinite else {
        throw CalibrationError("value \"\(name)\"", expected: "finite numbers", actual: "\(value)")
      }
      lower = min(lower, value)
      upper = max(upper, value)
    }
    return lower...upper
  }

  /// The grid of 256 points that covers a range.
  private static func grid(_ range: ClosedRange<Float>) -> QuantizationGrid {
    let width = range.upperBound - range.lowerBound
    guard width > 0, width / 255 > .leastNormalMagnitude, width.isFinite else {
      return QuantizationGrid(scale: 1, zeroPoint: 0)
    }
    let scale = width / 255
    let zero = Int((-range.lowerBound / scale).rounded(.toNearestOrEven))
    return QuantizationGrid(scale: scale, zeroPoint: min(max(zero, 0), 255))
  }
}

extension ClosedRange where Bound == Float {
  /// The smallest range that contains both.
  func union(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }
}

/// A calibration that cannot work.
public struct CalibrationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was wrong.
  public var place: String
  public var expected: String
  public var actual: String

  /// Creates an error that says what was expected and what came.
  public init(_ place: String, expected: String, actual: String) {
    self.place = place
    self.expected = expected
    self.actual = actual
  }

  public var description: String { "\(place): expected \(expected), got \(actual)" }
}
