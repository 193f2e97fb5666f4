public import SqueezeGraph
public import SqueezeParameters

/// Chooses how many bits each parameter gets: few where errors hurt little.
///
/// Each parameter has options of some bytes and some error. Of all choices the one with the smallest sum of
/// errors within a budget of bytes is sought, or the fewest bytes within a budget of error: beginning
/// with the fewest bytes of every parameter, the step that takes most error away per byte comes next.
/// Only options on the lower convex hull are steps, so the result is the best one for its size.
/// Source: Dong et al., "HAWQ-V2" (2020), §3 (errors add up over layers); Shoham and Gersho,
/// "Efficient Bit Allocation for an Arbitrary Set of Quantizers" (1988).
public struct MixedPrecision: Sendable, Hashable {
  /// What one width of one parameter costs.
  public struct Option: Sendable, Hashable, Codable {
    public var bits: Int
    public var bytes: Int
    /// What the width does to the model, such as accuracy lost; at least 0, and additive over parameters.
    public var error: Double

    /// Creates an option.
    public init(bits: Int, bytes: Int, error: Double) {
      self.bits = bits
      self.bytes = bytes
      self.error = error
    }
  }

  /// What may be spent on all parameters together.
  public enum Budget: Sendable, Hashable {
    case bytes(Int)
    case error(Double)
  }

  public var budget: Budget

  /// Creates a choice within a budget.
  public init(_ budget: Budget) { self.budget = budget }

  /// The option of every parameter.
  ///
  /// - Parameter options: at least one option for every parameter, by key.
  /// - Returns: one of the options for every key.
  /// - Throws: ``QuantizationError`` where the budget cannot be met.
  public func choose(_ options: [String: [Option]]) throws(QuantizationError) -> [String: Option] {
    var chosen: [String: Option] = [:]
    var steps: [(key: String, option: Option, gain: Double)] = []
    for key in options.keys.sorted() {
      let hull = Self.hull(options[key] ?? [])
      guard let first = hull.first else {
        throw QuantizationError("options of \"\(key)\"", expected: "at least one", actual: "none")
      }
      chosen[key] = first
      for (small, large) in zip(hull, hull.dropFirst()) {
        let gain = (small.error - large.error) / Double(large.bytes - small.bytes)
        steps.append((key, large, gain))
      }
    }
    var bytes = chosen.values.reduce(0) { $0 + $1.bytes }
    var error = chosen.keys.sorted().reduce(0.0) { $0 + (chosen[$1]?.error ?? 0) }
    // The gains of one parameter fall along its hull, so a stable order keeps its steps in order.
    let order = steps.enumerated().sorted {
      $0.element.gain != $1.element.gain
        ? $0.element.gain > $1.element.gain : $0.offset < $1.offset
    }
    var full: Set<String> = []
    for step in order.map(\.element) where !full.contains(step.key) {
      if case .error(let limit) = budget, error <= limit { break }
      guard let old = chosen[step.key] else { continue }
      if case .bytes(let limit) = budget, bytes + step.option.bytes - old.bytes > limit {
        // A smaller step of another parameter may still fit.
        full.insert(step.key)
        continue
      }
      bytes += step.option.bytes - old.bytes
      error += step.option.error - old.error
      chosen[step.key] = step.option
    }
    switch budget {
    case .bytes(let limit) where bytes > limit:
      throw QuantizationError("mixed precision", expected: "\(limit) bytes", actual: "\(bytes)")
    case .error(let limit) where error > limit * (1 + 1e-9):
      throw QuantizationError("mixed precision", expected: "error \(limit)", actual: "\(error)")
    default: return chosen
    }
  }

  /// The options that no mixture of others beats, fewest bytes first.
  private static func hull(_ options: [Option]) -> [Option] {
    var hull: [Option] = []
    for option in options.sorted(by: { ($0.bytes, $0.error) < ($1.bytes, $1.error) }) {
      if let last = hull.last, option.error >= last.error || option.bytes == last.bytes { continue }
      while hull.count > 1 {
        let (a, b) = (hull[hull.count - 2], hull[hull.count - 1])
        let before = (a.error - b.error) / Double(b.bytes - a.bytes)
        let after = (b.error - option.error) / Double(option.bytes - b.bytes)
        if after < before { break }
        hull.removeLast()
      }
      hull.append(option)
    }
    return hull
  }

  /// What each width does to each parameter of a model, all others left as they are.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - bits: the widths to try, 2 to 8.
  ///   - method: how weights are quantized; its widths are replaced and its keys are the ones scanned.
  ///   - bytes: the bytes of a parameter as it would be stored; by default its ``storedBits`` in bytes.
  ///   - error: how wrong a model is, such as 1 − accuracy or the divergence of its scores.
  /// - Returns: the options of every parameter; an error is the rise above that of the model itself.
  /// - Throws: ``QuantizationError`` as `method` does, and what `error` throws.
  public static func options(
    of model: Model,
    bits: [Int] = [2, 3, 4, 5, 6, 8],
    method: WeightQuantization = WeightQuantization(rule: .meanSquaredError),
    bytes: (_ encoded: any ParameterEncoding) throws -> Int = { ($0.storedBits + 7) / 8 },
    error: (_ model: Model) throws -> Double
  ) throws -> [String: [Option]] {
    let plain = try error(model)
    var options: [String: [Option]] = [:]
    for key in try model.chosenWeights(method.keys) {
      for width in bits {
        var single = method
        (single.bits, single.bitsByKey, single.keys) = (width, [:], [key])
        let quantized = try single.apply(to: model)
        guard let encoding = quantized.parameters[key] else { continue }
        options[key, default: []].append(
          Option(
            bits: width,
            bytes: try bytes(encoding),
            error: max(0, try error(quantized) - plain)
          )
        )
      }
    }
    return options
  }
}
