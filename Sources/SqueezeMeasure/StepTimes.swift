public import SqueezeEngine
import SqueezeTensor

extension CompiledModel {
  /// The median time of every step in seconds over some runs on seeded random inputs.
  ///
  /// - Parameters:
  ///   - iterations: the number of runs.
  ///   - between: called before each run.
  /// - Returns: the times in the order of the steps.
  /// - Throws: what a run throws.
  /// - Precondition: `iterations` is positive.
  public func stepTimes(iterations: Int, between: () -> Void = {}) throws -> [Double] {
    var random = SeededGenerator(seed: 1)
    var inputs: [String: Tensor] = [:]
    for (name, spec) in self.inputs.sorted(by: { $0.key < $1.key }) {
      inputs[name] = random.tensor(spec)
    }
    var times = [[Double]](repeating: [], count: steps.count)
    for _ in 0..<iterations {
      between()
      for (step, time) in try profile(inputs).times.enumerated() {
        times[step].append(time.inSeconds)
      }
    }
    return times.map { $0.sorted()[$0.count / 2] }
  }
}
