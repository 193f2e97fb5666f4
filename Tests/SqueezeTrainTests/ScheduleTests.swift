import SqueezeTrain
import Testing

@Suite struct ScheduleTests {
  private func rates(_ schedule: any Schedule, steps: Int, perEpoch: Int = 1) -> [Double] {
    (0..<steps).map { schedule.rate(step: $0, of: steps, stepsPerEpoch: perEpoch) }
  }

  private func expect(_ actual: [Double], _ expected: [Double]) {
    #expect(actual.count == expected.count)
    for (a, e) in zip(actual, expected) { #expect(abs(a - e) < 1e-12, "\(actual) \(expected)") }
  }

  @Test func constant() { expect(rates(ConstantRate(0.1), steps: 2), [0.1, 0.1]) }

  @Test("falls at the beginning of its epochs")
  func stepDecay() {
    let schedule = StepDecay(1, milestones: [1, 2.5], factor: 0.5)
    expect(rates(schedule, steps: 6, perEpoch: 2), [1, 1, 0.5, 0.5, 0.5, 0.25])
  }

  @Test("a half, a whole and the end of a cosine")
  func cosine() {
    expect(rates(CosineDecay(1, end: 0.2), steps: 2), [1, 0.6])
    #expect(CosineDecay(1, end: 0.2).rate(step: 9, of: 9, stepsPerEpoch: 1) == 0.2)
  }

  @Test("rises to the peak and falls to the end")
  func oneCycle() {
    expect(
      rates(OneCycle(peak: 1, rise: 0.5, start: 0, end: 0.2), steps: 4),
      [0, 0.5, 1, 0.6]
    )
    let cosine = OneCycle(peak: 1, rise: 0.5, start: 0, descent: .cosine)
    expect(rates(cosine, steps: 4), [0, 0.5, 1, 0.5])
    #expect(OneCycle(peak: 1).rate(step: 0, of: 10, stepsPerEpoch: 1) == 0.04)
    #expect(OneCycle(peak: 1, rise: 0).rate(step: 0, of: 10, stepsPerEpoch: 1) == 1)
  }

  @Test func polynomial() {
    expect(rates(PolynomialDecay(1, power: 2), steps: 2), [1, 0.25])
    expect(rates(PolynomialDecay(1, power: 1, end: 0.5), steps: 2), [1, 0.75])
  }

  @Test("rises to the other schedule, which then runs over the rest")
  func warmUp() {
    let schedule = WarmUp(.steps(2), before: CosineDecay(1))
    expect(rates(schedule, steps: 4), [0.5, 1, 1, 0.5])
    let epochs = WarmUp(.epochs(1.5), before: ConstantRate(0.3))
    expect(rates(epochs, steps: 4, perEpoch: 2), [0.1, 0.2, 0.3, 0.3])
    #expect(epochs.settings.contains("ConstantRate(rate: 0.3)"))
  }
}
