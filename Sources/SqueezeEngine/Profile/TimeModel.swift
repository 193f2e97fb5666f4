/// How long steps take on one machine at full pace, as a sum of parts that were fitted to steps measured on it.
///
/// `t = overhead + a · MACs + b · activation bytes + c · weight bytes`, with parts of its own for every kernel and none
/// below 0: the roofline's terms, added instead of the largest taken, each at the rate that the kernel reaches. The
/// parts are those of the least mean relative error, found by iteratively reweighted least squares.
public struct TimeModel: Sendable, Hashable, Codable {
  /// The parts of one kernel.
  public struct Parts: Sendable, Hashable, Codable {
    /// Seconds of a step that does nothing.
    public var overhead: Double
    public var secondsPerMAC: Double
    public var secondsPerActivationByte: Double
    public var secondsPerWeightByte: Double
    /// How many steps they were fitted to.
    public var steps: Int

    /// The time of a step in seconds.
    public func seconds(_ work: Roofline.Work) -> Double {
      overhead + secondsPerMAC * Double(work.macs)
        + secondsPerActivationByte * Double(work.activationBytes)
        + secondsPerWeightByte * Double(work.weightBytes)
    }
  }

  /// By kernel; of one measured less than ``fewestSteps`` times the parts are those of all steps, times a factor.
  public var kernels: [String: Parts]
  /// For kernels that were not measured: fitted to all steps.
  public var others: Parts
  /// What was measured, by name.
  public var networks: [String]

  /// Fewer steps say little of four parts: they would be met and all others missed.
  public static let fewestSteps = 8

  /// Fits parts to measured steps, such as ``ExecutionProfile/stepsAtFullPace``.
  ///
  /// - Precondition: one of the steps took time.
  public init(fitting steps: [ExecutionProfile.Step], of networks: [String]) {
    let timed = steps.filter { $0.seconds > 0 }
    precondition(!timed.isEmpty, "no step took time")
    let others = Self.parts(of: timed)
    kernels = Dictionary(grouping: timed, by: \.kernel).mapValues {
      $0.count >= Self.fewestSteps ? Self.parts(of: $0) : Self.scaled(others, to: $0)
    }
    self.others = others
    self.networks = networks
  }

  /// The time of a step in seconds.
  public func seconds(kernel: String, _ work: Roofline.Work) -> Double {
    (kernels[kernel] ?? others).seconds(work)
  }

  // MARK: Fitting

  /// Parts times the median factor by which some steps took longer.
  private static func scaled(_ parts: Parts, to steps: [ExecutionProfile.Step]) -> Parts {
    let factors = steps.map { $0.seconds / max(parts.seconds($0.work), 1e-12) }.sorted()
    let factor = factors[factors.count / 2]
    return Parts(
      overhead: factor * parts.overhead,
      secondsPerMAC: factor * parts.secondsPerMAC,
      secondsPerActivationByte: factor * parts.secondsPerActivationByte,
      secondsPerWeightByte: factor * parts.secondsPerWeightByte,
      steps: steps.count
    )
  }

  /// Units in which all parts are of the order of 1: microseconds, and those per million.
  private static func terms(_ work: Roofline.Work) -> [Double] {
    [1, Double(work.macs), Double(work.activationBytes), Double(work.weightBytes)].enumerated().map
    {
      $0.offset == 0 ? $0.element : $0.element * 1e-6
    }
  }

  private static func parts(of steps: [ExecutionProfile.Step]) -> Parts {
    // Each equation is divided by its time, so that a residual is a relative error.
    let rows = steps.map { step in terms(step.work).map { $0 / (step.seconds * 1e6) } }
    var weights = [Double](repeating: 1, count: rows.count)
    var solution = [Double](repeating: 0, count: 4)
    for _ in 0..<30 {
      solution = nonnegativeSolution(rows, weights, from: solution)
      // Weights of 1 / |residual| make squares into absolute values.
      weights = rows.map { row in
        1 / max(abs(zip(row, solution).reduce(-1) { $0 + $1.0 * $1.1 }), 0.02)
      }
    }
    return Parts(
      overhead: solution[0] * 1e-6,
      secondsPerMAC: solution[1] * 1e-12,
      secondsPerActivationByte: solution[2] * 1e-12,
      secondsPerWeightByte: solution[3] * 1e-12,
      steps: steps.count
    )
  }

  /// The least squares of `row · x = 1` with no `x` below 0, by turns over the coordinates.
  private static func nonnegativeSolution(
    _ rows: [[Double]],
    _ weights: [Double],
    from start: [Double]
  ) -> [Double] {
    let count = start.count
    var products = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var sums = [Double](repeating: 0, count: count)
    for (row, weight) in zip(rows, weights) {
      for i in 0..<count {
        sums[i] += weight * row[i]
        for j in 0..<count { products[i][j] += weight * row[i] * row[j] }
      }
    }
    var solution = start
    for _ in 0..<500 {
      var change = 0.0
      for i in 0..<count where products[i][i] > 0 {
        let known = zip(products[i], solution).reduce(0) { $0 + $1.0 * $1.1 }
        let next = max(0, solution[i] + (sums[i] - known) / products[i][i])
        change = max(change, abs(next - solution[i]) / max(next, 1e-9))
        solution[i] = next
      }
      if change < 1e-6 { break }
    }
    return solution
  }
}
