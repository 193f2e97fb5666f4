public import SqueezeEngine
public import SqueezeMeasure
import SqueezeModels

/// Fits a ``TimeModel`` to this machine by measuring networks of the library.
public struct TimeCalibration: Sendable {
  /// The networks that are measured.
  ///
  /// The SqueezeNets for ImageNet, MobileNetV2 and U-Net are not among them, so that
  /// predictions can be judged by networks of kinds that were not measured.
  public static let networks = [
    "alexnet", "vgg-small", "squeezenet-small", "resnet-9", "resnet-18", "densenet-bc-40",
    "densenet-121", "mobilenet-v1", "shufflenet-v2-x1.0", "xception", "enet",
  ]

  public var threads: Int
  /// Over how many runs the medians are taken.
  public var iterations: Int

  /// Creates a calibration.
  public init(threads: Int, iterations: Int = 10) {
    (self.threads, self.iterations) = (threads, iterations)
  }

  /// Measures the networks, some ten seconds, and fits.
  ///
  /// - Parameters:
  ///   - machine: what is known of this machine.
  ///   - networks: the names of those to measure.
  ///   - progress: is told each network's name and how many of how many are done.
  /// - Returns: the fit to the steps of all networks together.
  /// - Throws: what compiling or running throws.
  public func measure(
    on machine: Machine,
    networks: [String] = TimeCalibration.networks,
    progress: (_ network: String, _ done: Int, _ of: Int) -> Void = { _, _, _ in }
  ) throws -> TimeModel {
    var steps: [ExecutionProfile.Step] = []
    for (index, name) in networks.enumerated() {
      guard let network = NetworkCatalog.network(named: name) else {
        preconditionFailure("no network is called \(name)")
      }
      progress(name, index, networks.count)
      let model = try network.model(network.published, seed: 1)
      let compiled = try CompiledModel(model, threadCount: threads)
      steps += try ExecutionProfile(
        of: compiled,
        model,
        shapes: [:],
        on: machine,
        iterations: iterations
      ).stepsAtFullPace
    }
    return TimeModel(fitting: steps, of: networks)
  }

  /// What is remembered for this machine, else measured and kept.
  ///
  /// What cannot be kept is measured again next time.
  public func remembered(
    on machine: Machine,
    cache: MachineCache = MachineCache(),
    renew: Bool = false,
    progress: (_ network: String, _ done: Int, _ of: Int) -> Void = { _, _, _ in }
  ) throws -> TimeModel {
    let set = try InstructionSet.chosen()
    if !renew, let known = cache.times(set, threads: threads) { return known }
    let measured = try measure(on: machine, progress: progress)
    try? cache.store(measured, set, threads: threads)
    return measured
  }
}
