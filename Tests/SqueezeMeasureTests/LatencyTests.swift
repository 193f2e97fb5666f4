import SqueezeEngine
import SqueezeGraph
import SqueezeMeasure
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct LatencyTests {
  let model = Model(
    name: "relu",
    inputs: [ModelInput("x", [1, 8])],
    outputs: ["y"],
    nodes: [Node("y", ReLU(), inputs: ["x"])]
  )

  @Test func countsItsRuns() throws {
    var runs: [Int] = []
    let latency = try Latency(of: CompiledModel(model), iterations: 7, warmUp: 2) {
      runs.append($0)
    }
    #expect(runs == Array(1...7))
    #expect(latency.sortedSeconds.count == 7)
    #expect(latency.sortedSeconds == latency.sortedSeconds.sorted())
    #expect(latency.minimum > 0)
    #expect(latency.minimum <= latency.median && latency.median <= latency.p95)
    #expect(latency.median == latency.sortedSeconds[3])
    #expect(latency.quantile(1) == latency.sortedSeconds[6])
  }

  @Test func everyStepHasATime() throws {
    let compiled = try CompiledModel(model)
    let times = try compiled.stepTimes(iterations: 3)
    #expect(times.count == compiled.steps.count)
    #expect(times.allSatisfy { $0 >= 0 })
  }

  @Test func theProcessHoldsMemory() {
    let before = ProcessMemory.peakBytes
    let block = [Float](repeating: 1, count: 16_000_000)
    #expect(block.reduce(0, +) > 0)
    #expect(before > 1_000_000)
    #expect(ProcessMemory.peakBytes >= 64_000_000)
  }
}
