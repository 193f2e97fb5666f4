/// The learning rate of every step.
///
/// A pure function of the step, so a training that goes on after a stop needs no state of it.
public protocol Schedule: Sendable {
  /// Everything the result depends on, as text; a training goes on only under the same settings.
  var settings: String { get }

  /// The rate of one step.
  ///
  /// - Parameters:
  ///   - step: the steps done before, `0..<total`.
  ///   - total: the steps of the whole training.
  ///   - stepsPerEpoch: the steps of one epoch.
  /// - Returns: the learning rate.
  func rate(step: Int, of total: Int, stepsPerEpoch: Int) -> Double
}

extension Schedule {
  public var settings: String { "\(self)" }
}
