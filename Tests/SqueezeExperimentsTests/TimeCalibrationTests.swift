import Foundation
import SqueezeEngine
import SqueezeExperiments
import SqueezeMeasure
import Testing

@Suite struct TimeCalibrationTests {
  @Test("small networks are measured once, and what was fitted is kept")
  func measuresAndRemembers() throws {
    let folder = try TemporaryFolder()
    let cache = MachineCache(folder: folder.url)
    let machine = MachineProbe(threads: 1, duration: 0.001).measure()
    let calibration = TimeCalibration(threads: 1, iterations: 2)
    var named: [String] = []
    let times = try calibration.measure(on: machine, networks: ["vgg-small", "squeezenet-small"]) {
      name,
      _,
      count in
      named.append("\(name) of \(count)")
    }
    #expect(named == ["vgg-small of 2", "squeezenet-small of 2"])
    #expect(times.networks == ["vgg-small", "squeezenet-small"])
    #expect(times.kernels.count > 2)
    let set = try InstructionSet.chosen()
    #expect(cache.times(set, threads: 1) == nil)
    try cache.store(times, set, threads: 1)
    // Nothing is measured: the names of the networks would differ.
    let known = try calibration.remembered(on: machine, cache: cache)
    #expect(known == times)
    try Data("{".utf8).write(to: cache.timesFile(set, threads: 1))
    #expect(cache.times(set, threads: 1) == nil)
  }
}
