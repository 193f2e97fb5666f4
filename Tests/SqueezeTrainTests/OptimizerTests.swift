import SqueezeTensor
import SqueezeTestSupport
import SqueezeTrain
import Testing

@Suite struct OptimizerTests {
  /// The values after some steps on one scalar, the gradient being the value itself.
  private func path(
    _ optimizer: any Optimizer,
    from start: Float = 1,
    rate: Float = 0.1,
    decay: Float = 0,
    steps: Int = 3
  ) -> [Float] {
    var values = [start]
    var slots = [Float](repeating: 0, count: optimizer.slotCount)
    return (1...steps).map { number in
      optimizer.update(
        &values,
        gradients: values,
        slots: &slots,
        OptimizerStep(rate: rate, number: number, weightDecay: decay)
      )
      return values[0]
    }
  }

  private func expect(_ actual: [Float], _ expected: [Float]) {
    #expect(actual.count == expected.count)
    for (a, e) in zip(actual, expected) { #expect(abs(a - e) < 1e-6, "\(actual) \(expected)") }
  }

  @Test("SGD by hand")
  func sgd() {
    expect(path(SGD()), [0.9, 0.81, 0.729])
    // v: 1, 0.9 + 0.9, 0.9 · 1.8 + 0.72
    expect(path(SGD(momentum: 0.9)), [0.9, 0.72, 0.486])
    // v: 1, 0.9 + 0.81, …; w −= 0.1 (g + 0.9 v)
    expect(path(SGD(momentum: 0.9, isNesterov: true), steps: 2), [0.81, 0.81 - 0.1 * 2.349])
    expect(path(SGD(), decay: 0.5, steps: 1), [0.85])
  }

  @Test("Adam and AdamW by hand")
  func adam() {
    // The first step has the length of the rate, whatever the gradient.
    expect(path(Adam(), steps: 1), [0.9])
    expect(path(Adam(), from: -40, steps: 1), [-39.9])
    expect(path(AdamW(), decay: 0.5, steps: 1), [0.95 - 0.1])
    // Two steps: m = 0.1 · 0.9 + 0.1 · 0.9, v = 0.001 · 0.999 + 0.001 · 0.81
    let (m, v): (Float, Float) = (0.18 / 0.19, (0.000_999 + 0.000_81) / (1 - 0.998_001))
    expect(path(Adam(), steps: 2), [0.9, 0.9 - 0.1 * m / v.squareRoot()])
  }

  @Test(
    "slices give the bits of the whole",
    arguments: [SGD(momentum: 0.9), Adam(), AdamW()] as [any Optimizer]
  )
  func slices(_ optimizer: any Optimizer) {
    var random = SeededGenerator(seed: 1)
    let start = (0..<1001).map { _ in random.uniform(-1, 1) }
    let gradients = (0..<1001).map { _ in random.uniform(-1, 1) }
    let step = OptimizerStep(rate: 0.01, number: 2, weightDecay: 0.1, gradientScale: 0.5)
    var whole = start
    var slots = [Float](repeating: 0.25, count: optimizer.slotCount * 1001)
    optimizer.update(&whole, gradients: gradients, slots: &slots, step)
    for range in [0..<1, 1..<500, 500..<1001] {
      var part = Array(start[range])
      var slots = [Float](repeating: 0.25, count: optimizer.slotCount * range.count)
      optimizer.update(&part, gradients: Array(gradients[range]), slots: &slots, step)
      #expect(part.map(\.bitPattern) == whole[range].map(\.bitPattern))
    }
  }

  @Test(
    "a step does not allocate",
    .enabled(if: Allocations.areCounted),
    arguments: [SGD(momentum: 0.9, isNesterov: true), Adam(), AdamW()] as [any Optimizer]
  )
  func allocations(_ optimizer: any Optimizer) {
    var values = [Float](repeating: 1, count: 1000)
    let gradients = values
    var slots = [Float](repeating: 0, count: optimizer.slotCount * 1000)
    let step = OptimizerStep(rate: 0.01, number: 1)
    optimizer.update(&values, gradients: gradients, slots: &slots, step)
    let count = Allocations.count {
      optimizer.update(&values, gradients: gradients, slots: &slots, step)
    }
    #expect(count == 0)
  }

  @Test("decay groups: the first that accepts a parameter")
  func decayGroups() {
    let plain = WeightDecay(0.1)
    #expect(plain.decay(of: "conv.weight", shape: [8, 3, 3, 3]) == 0.1)
    #expect(plain.decay(of: "conv.bias", shape: [8]) == 0)
    let groups = WeightDecay(
      0.1,
      groups: [
        .init(.key("a.bias"), decay: 0.3), .init(.named("bias"), decay: 0.2),
        .init(.node(prefix: "head"), decay: 0.5),
      ]
    )
    #expect(groups.decay(of: "a.bias", shape: [1]) == 0.3)
    #expect(groups.decay(of: "b.bias", shape: [1]) == 0.2)
    #expect(groups.decay(of: "head1.weight", shape: [1, 1]) == 0.5)
    #expect(groups.decay(of: "bn.scale", shape: [1]) == 0.1)
  }

  @Test("the average begins with a short memory")
  func averageDecay() {
    let average = ExponentialAverage(decay: 0.99)
    #expect(average.decay(step: 1) == 2.0 / 11)
    #expect(average.decay(step: 10_000) == 0.99)
    #expect(ExponentialAverage(decay: 0.99, warmsUp: false).decay(step: 1) == 0.99)
  }
}
