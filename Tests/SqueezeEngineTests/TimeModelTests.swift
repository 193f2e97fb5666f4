import SqueezeEngine
import SqueezeTensor
import Testing

@Suite struct TimeModelTests {
  private static let roofline = Roofline(
    peakGMACsPerSecond: 100,
    levels: [.init(name: "DRAM", bytes: nil, threads: 1, gigabytesPerSecond: 10)]
  )

  private static func step(
    _ kernel: String,
    _ work: Roofline.Work,
    _ seconds: Double,
    operatorName: String = "Convolution"
  ) -> ExecutionProfile.Step {
    .init(
      nodes: [kernel],
      operatorName: operatorName,
      kernel: kernel,
      outputShape: [],
      seconds: seconds,
      work: work,
      limit: roofline.limit(of: work)
    )
  }

  private static func work(_ random: inout SeededGenerator) -> Roofline.Work {
    .init(
      macs: Int.random(in: 0...100_000_000, using: &random),
      activationBytes: Int.random(in: 1_000...10_000_000, using: &random),
      weightBytes: Int.random(in: 0...4_000_000, using: &random),
      runBytes: 0
    )
  }

  /// Steps of a kernel whose time is 2 µs + MACs / 40·10⁹ + activations / 8·10⁹ + weights / 20·10⁹.
  private static func steps(_ kernel: String, _ count: Int, seed: UInt64)
    -> [ExecutionProfile.Step]
  {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let work = work(&random)
      let time =
        2e-6 + Double(work.macs) / 40e9 + Double(work.activationBytes) / 8e9 + Double(
          work.weightBytes
        )
        / 20e9
      return step(kernel, work, time)
    }
  }

  @Test("the parts behind exact times are found")
  func exactParts() throws {
    let model = TimeModel(fitting: Self.steps("A", 30, seed: 1), of: ["n"])
    let parts = try #require(model.kernels["A"])
    #expect(parts.steps == 30)
    #expect(abs(parts.secondsPerMAC * 40e9 - 1) < 0.01)
    #expect(abs(parts.secondsPerActivationByte * 8e9 - 1) < 0.01)
    #expect(abs(parts.secondsPerWeightByte * 20e9 - 1) < 0.05)
    for step in Self.steps("A", 10, seed: 2) {
      #expect(abs(model.seconds(kernel: "A", step.work) / step.seconds - 1) < 0.02)
    }
  }

  @Test("a processor at half its pace takes twice as long, and is predicted to")
  func pace() {
    func profile(_ steps: [ExecutionProfile.Step], pace: Double) -> ExecutionProfile {
      let slow = steps.map {
        var step = $0
        step.seconds /= pace
        return step
      }
      return ExecutionProfile(
        steps: slow,
        machine: Machine(processor: "x", logicalProcessors: 1, peaks: [], levels: [], curve: []),
        instructionSet: .v3,
        threads: 1,
        roofline: Self.roofline,
        pace: pace
      )
    }
    let measured = [
      profile(Self.steps("A", 20, seed: 7), pace: 0.5),
      profile(Self.steps("A", 20, seed: 8), pace: 0.8),
    ]
    let model = TimeModel(fitting: measured.flatMap(\.stepsAtFullPace), of: [])
    let later = TimePrediction(model, profile(Self.steps("A", 20, seed: 9), pace: 0.25))
    #expect(later.medianError < 0.02)
  }

  @Test("a few steps that the machine disturbed do not move the others' prediction")
  func outliers() {
    var steps = Self.steps("A", 40, seed: 3)
    for index in stride(from: 0, to: 40, by: 10) { steps[index].seconds *= 5 }
    let model = TimeModel(fitting: steps, of: [])
    for step in Self.steps("A", 10, seed: 4) {
      #expect(abs(model.seconds(kernel: "A", step.work) / step.seconds - 1) < 0.15)
    }
  }

  @Test("no part is negative, and a kernel that was measured seldom scales those of all")
  func nonnegative() {
    var random = SeededGenerator(seed: 5)
    // The more work, the less time: no part explains that.
    let steps = (1...12).map { number in
      Self.step("A", Self.work(&random), 1e-3 / Double(number))
    }
    let few = [0.5, 1, 2].map { Self.step("B", Self.work(&random), $0) }
    let model = TimeModel(fitting: steps + few, of: [])
    for parts in [model.others] + Array(model.kernels.values) {
      #expect(parts.overhead >= 0 && parts.secondsPerMAC >= 0)
      #expect(parts.secondsPerActivationByte >= 0 && parts.secondsPerWeightByte >= 0)
    }
    let factors = few.map { $0.seconds / model.others.seconds($0.work) }.sorted()
    let work = Self.work(&random)
    let scaled = factors[1] * model.others.seconds(work)
    #expect(abs(model.seconds(kernel: "B", work) / scaled - 1) < 1e-9)
    #expect(model.seconds(kernel: "unknown", work) == model.others.seconds(work))
  }

  @Test("the error is the median over nodes, forms left out, and does not look at measured times")
  func prediction() {
    let model = TimeModel(fitting: Self.steps("A", 30, seed: 1), of: ["n"])
    var measured = Self.steps("A", 3, seed: 6)
    let expected = measured.map { model.seconds(kernel: "A", $0.work) }
    measured[0].seconds = expected[0] / 1.1
    measured[1].seconds = expected[1] / 1.5
    measured[2].seconds = expected[2] / 1.2
    let form = Self.step("Conversion", measured[0].work, 1, operatorName: "")
    let prediction = TimePrediction(
      model,
      ExecutionProfile(
        steps: measured + [form],
        machine: Machine(
          processor: "x",
          logicalProcessors: 1,
          peaks: [],
          levels: [],
          curve: []
        ),
        instructionSet: .v3,
        threads: 1,
        roofline: Self.roofline
      )
    )
    #expect(prediction.steps.prefix(3).map(\.predicted) == expected)
    #expect(abs(prediction.medianError - 0.2) < 1e-6)
    #expect(prediction.worst(2).map { ($0.error * 10).rounded() } == [5, 2])
    #expect(prediction.networks == ["n"])
    #expect(prediction.totalSeconds > expected.reduce(0, +))
  }
}
